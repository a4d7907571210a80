"""Learns kind and agency from the corpus; deterministic for a seed. Called by `canaliza train`, never while serving.

Two linear learners are blended in one matrix: support vectors for what separates neighbours, complement naive Bayes for
agencies with few examples (blend and features chosen by cross-validation over authors: docs/decisions/0002).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import GroupKFold
from sklearn.naive_bayes import ComplementNB
from sklearn.svm import LinearSVC
from spacy.language import Language

from nlp.corpus import Example, corpus_digest
from nlp.features import read_features
from nlp.linear import LinearModel
from nlp.normalise import read_words
from nlp.pipeline import build_pipeline

FOLDS = 5
BAYES_ALPHA = 0.3
SECOND_AGENCY_WEIGHT = 0.5  # an agency that an officer would accept too
COMPETENCE_AUTHOR = "catalogue"
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Recipe:
    """`margin`: the support vectors' C. `bayes`: share of naive Bayes. `balance`: power of a rarity as its weight."""

    margin: float
    bayes: float
    balance: float


KIND_RECIPE = Recipe(margin=1.0, bayes=0.0, balance=0.8)
AGENCY_RECIPE = Recipe(margin=0.3, bayes=0.6, balance=0.5)


@dataclass(frozen=True)
class Sample:
    """A text with the label it teaches. `author` keeps one voice out of both halves of a split."""

    text: str
    label: str
    author: str
    weight: float = 1.0


def train(
    examples: Sequence[Example], competences: Mapping[str, Iterable[str]], *, seed: int, progress: Progress
) -> Language:
    """A trained pipeline. `competences`: words of each agency's catalogue entry, learnt as short texts of its own."""
    digest = corpus_digest([*examples])
    kinds = fit(kind_samples(examples), KIND_RECIPE, seed=seed, progress=progress, what="kind of message")
    agencies = fit(agency_samples(examples, competences), AGENCY_RECIPE, seed=seed, progress=progress, what="agency")
    meta = {
        "version": f"1.{len(examples)}.{int(digest[:6], 16)}",
        "description": f"Corpus {digest[:12]}, {len(examples)} messages, {len(agencies.labels)} agencies, seed {seed}",
    }
    return build_pipeline(kinds, agencies, meta)


def fit(samples: Sequence[Sample], recipe: Recipe, *, seed: int, progress: Progress, what: str) -> LinearModel:
    """Weights from all samples; the temperature from scores of authors that the weights had not seen."""
    progress(f"{what}: features of {len(samples)} texts")
    names = [feature_names(sample.text) for sample in samples]
    temperature = _temperature(samples, names, recipe, seed=seed, progress=progress, what=what)
    progress(f"{what}: final weights")
    return _learn(samples, names, recipe, seed=seed, temperature=temperature)


def kind_samples(examples: Iterable[Example]) -> list[Sample]:
    return [Sample(e.text, e.kind.value, e.author) for e in examples]


def agency_samples(examples: Iterable[Example], competences: Mapping[str, Iterable[str]]) -> list[Sample]:
    samples = []
    for example in examples:
        for rank, agency in enumerate(example.agencies):
            samples.append(Sample(example.text, agency, example.author, SECOND_AGENCY_WEIGHT if rank else 1.0))
    for agency, texts in competences.items():
        samples += [Sample(text, agency, COMPETENCE_AUTHOR) for text in texts]
    return samples


def feature_names(text: str) -> list[str]:
    return [feature.name for feature in read_features(read_words(text))]


def _temperature(
    samples: Sequence[Sample], names: Sequence[list[str]], recipe: Recipe, *, seed: int, progress: Progress, what: str
) -> float:
    """What makes the softmax's probabilities true on unseen authors (Guo et al. 2017, temperature scaling)."""
    groups = np.array([sample.author for sample in samples])
    folds = GroupKFold(min(FOLDS, len(set(groups))))
    scored: list[tuple[NDArray[np.float64], int]] = []
    for number, (known, unseen) in enumerate(folds.split(groups, groups=groups), start=1):
        progress(f"{what}: calibration {number} of {folds.get_n_splits()}")
        model = _learn([samples[i] for i in known], [names[i] for i in known], recipe, seed=seed, temperature=1.0)
        places = {label: at for at, label in enumerate(model.labels)}
        for i in unseen:
            if samples[i].author != COMPETENCE_AUTHOR and samples[i].label in places:
                logs = np.log(model.probabilities(read_features(read_words(samples[i].text))) + 1e-12)
                scored.append((logs.astype(np.float64), places[samples[i].label]))
    if not scored:
        return 1.0
    found = minimize_scalar(lambda log_t: _loss(scored, float(np.exp(log_t))), bounds=(-4, 2), method="bounded")
    return float(np.exp(found.x))


def _loss(scored: Sequence[tuple[NDArray[np.float64], int]], temperature: float) -> float:
    """Mean negative log likelihood."""
    total = 0.0
    for logs, right in scored:
        scaled = logs / temperature
        total += float(np.log(np.exp(scaled - scaled.max()).sum()) + scaled.max() - scaled[right])
    return total / len(scored)


def _learn(
    samples: Sequence[Sample], names: Sequence[list[str]], recipe: Recipe, *, seed: int, temperature: float
) -> LinearModel:
    vectorizer = TfidfVectorizer(analyzer=_as_is, sublinear_tf=True, dtype=np.float32)
    matrix: csr_matrix[Any] = vectorizer.fit_transform(names)
    labels = np.array([sample.label for sample in samples])
    balance = _balance(labels, recipe.balance) * np.array([sample.weight for sample in samples])
    svm = LinearSVC(C=recipe.margin, random_state=seed).fit(matrix, labels, sample_weight=balance)
    bayes = ComplementNB(alpha=BAYES_ALPHA, norm=True).fit(matrix, labels, sample_weight=balance)
    svm_weights, svm_intercept = _both_classes(svm.coef_, svm.intercept_)
    spread = _spread(matrix, svm_weights) / _spread(matrix, bayes.feature_log_prob_)
    weights = svm_weights + recipe.bayes * spread * bayes.feature_log_prob_
    return LinearModel(
        labels=tuple(str(label) for label in svm.classes_),
        vocabulary={str(name): int(row) for name, row in vectorizer.vocabulary_.items()},
        idf=vectorizer.idf_.astype(np.float32),
        weights=np.ascontiguousarray(weights.T, dtype=np.float32),
        intercept=svm_intercept.astype(np.float32),
        temperature=temperature,
    )


def _as_is(names: list[str]) -> list[str]:
    return names


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


def _spread(matrix: "csr_matrix[Any]", weights: NDArray[Any]) -> float:
    """Typical distance of a text's scores from their mean, so that two learners can be blended."""
    return float(np.mean(np.std(matrix[:2000] @ weights.T, axis=1)))
