"""The linear learners of one head: support vectors for what separates neighbours, complement naive Bayes for labels
with few examples, blended (docs/decisions/0002). Called by `learners`."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.naive_bayes import ComplementNB
from sklearn.svm import LinearSVC

SPREAD_OVER = 2000  # texts, of the first
NEAR = 0.05  # to the best weights; nearer takes a quarter more time and answers alike (measured on unseen voices)


@dataclass(frozen=True)
class Recipe:
    """`margin`: the support vectors' C. `bayes`: share of naive Bayes. `balance`: power of a rarity as its weight."""

    margin: float
    bayes: float
    balance: float


@dataclass(frozen=True)
class Learnt:
    """A head's weights: labels × features."""

    labels: tuple[str, ...]
    weights: NDArray[Any]
    intercept: NDArray[Any]


def learn_linear(
    texts: "csr_matrix[Any]", labels: NDArray[Any], counts: NDArray[Any], recipe: Recipe, alpha: float, *, seed: int
) -> Learnt:
    """`labels`, `counts`: what each text teaches, and how much it counts. `alpha`: naive Bayes's smoothing."""
    if len(set(labels)) == 1:  # nothing to tell apart yet
        return Learnt((str(labels[0]),), np.zeros((1, texts.shape[1])), np.zeros(1))
    balance = _balance(labels, recipe.balance) * counts
    svm = LinearSVC(C=recipe.margin, random_state=seed, tol=NEAR).fit(texts, labels, sample_weight=balance)
    weights, intercept = _both_classes(svm.coef_, svm.intercept_)
    if recipe.bayes:
        bayes = ComplementNB(alpha=alpha, norm=True).fit(texts, labels, sample_weight=balance)
        few = texts[:SPREAD_OVER]
        # What a feature says of all labels alike changes no ranking, but it would fill the table's eight bits.
        likely = bayes.feature_log_prob_ - bayes.feature_log_prob_.mean(axis=0)
        weights = weights + recipe.bayes * spread(few @ weights.T) / spread(few @ likely.T) * likely
    return Learnt(tuple(str(label) for label in svm.classes_), weights, intercept)


def _balance(labels: NDArray[Any], power: float) -> NDArray[np.float64]:
    """Rare labels count more: unbalanced, every message would be a petition; fully balanced, too few would be."""
    found, counts = np.unique(labels, return_counts=True)
    often = dict(zip(found, counts, strict=True))
    rarity: NDArray[np.float64] = counts.mean() / np.array([often[label] for label in labels])
    return rarity**power


def _both_classes(weights: NDArray[Any], intercept: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """With two labels the learner keeps one row; the other is its mirror."""
    if len(weights) > 1:
        return weights, intercept
    return np.vstack([-weights, weights]), np.concatenate([-intercept, intercept])


def spread(scores: NDArray[Any]) -> float:
    """Typical distance of a text's scores from their mean, so that two learners can be blended. Texts × labels."""
    return float(np.mean(np.std(scores, axis=1)))
