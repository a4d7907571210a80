"""Learns kind, agency and emergency from the corpus; deterministic for a seed. Called by `canaliza train`, never while
serving.

Two linear learners are blended in one table: support vectors for what separates neighbours, complement naive Bayes for
agencies with few examples (docs/decisions/0002). What can be chosen stands in `recipe.yaml`.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from ruamel.yaml import YAML
from scipy.sparse import csr_matrix
from sklearn.model_selection import GroupKFold
from sklearn.naive_bayes import ComplementNB
from sklearn.svm import LinearSVC
from spacy.language import Language

from nlp.calibration import Scored, find_temperature, find_thresholds, find_worth
from nlp.concepts import Concepts
from nlp.corpus import Example, corpus_digest
from nlp.features import Unit, read_units
from nlp.normalise import read_words
from nlp.pipeline import AGENCY, EMERGENCY, KIND, NO_EMERGENCY, build_pipeline
from nlp.reading import MessageKind
from nlp.table import Head, Table, quantised

RECIPE = Path(__file__).parent / "recipe.yaml"
PROCESSES = 2
COMPETENCE_AUTHOR = "catalogue"
SPREAD_OVER = 2000  # texts
Progress = Callable[[str], None]
Units = Sequence[Unit]


@dataclass(frozen=True)
class Recipe:
    """`margin`: the support vectors' C. `bayes`: share of naive Bayes. `balance`: power of a rarity as its weight."""

    margin: float
    bayes: float
    balance: float


@dataclass(frozen=True)
class Sample:
    """Text number `text` with the label that it teaches to a head."""

    text: int
    label: str
    weight: float = 1.0


@dataclass(frozen=True)
class Material:
    """Everything that is learnt from. `authors`: of each text, so that one voice is not in both halves of a split."""

    texts: list[str]
    authors: list[str]
    samples: dict[str, list[Sample]]


@dataclass(frozen=True)
class Learnt:
    """A head's weights: labels × features."""

    labels: tuple[str, ...]
    weights: NDArray[Any]
    intercept: NDArray[Any]


def train(
    examples: Sequence[Example],
    competences: Mapping[str, Iterable[str]],
    concepts: Concepts,
    *,
    seed: int,
    progress: Progress,
) -> Language:
    """A trained pipeline. `competences`: words of each agency's catalogue entry, learnt as short texts of its own."""
    recipe = YAML(typ="safe").load(RECIPE)
    digest = corpus_digest([*examples])
    material = gather(examples, competences, recipe["second_agency"])
    progress(f"Features of {len(material.texts)} texts")
    space = Space([read_units(read_words(text), concepts) for text in material.texts], recipe)
    table = _table(space, material, recipe, range(len(material.texts)), seed=seed, progress=progress)
    _calibrate(table, space, material, recipe, seed=seed, progress=progress)
    meta = {
        "version": f"2.{len(examples)}.{int(digest[:6], 16)}",
        "description": f"Corpus {digest[:12]}, {len(examples)} messages, "
        f"{len(table.heads[AGENCY].labels)} agencies, seed {seed}",
    }
    return build_pipeline(table, concepts, meta)


def gather(examples: Iterable[Example], competences: Mapping[str, Iterable[str]], second: float) -> Material:
    """What each head learns from which text. `second`: weight of agencies behind the likeliest."""
    material = Material([], [], {KIND: [], AGENCY: [], EMERGENCY: []})
    for example in examples:
        at = len(material.texts)
        material.texts.append(example.text)
        material.authors.append(example.author)
        material.samples[KIND].append(Sample(at, example.kind.value))
        danger = example.emergency.value if example.emergency else NO_EMERGENCY
        material.samples[EMERGENCY].append(Sample(at, danger))
        for rank, agency in enumerate(example.agencies):
            material.samples[AGENCY].append(Sample(at, agency, second if rank else 1.0))
    for agency, texts in competences.items():
        for text in texts:
            at = len(material.texts)
            material.samples[AGENCY].append(Sample(at, agency))
            material.samples[KIND].append(Sample(at, MessageKind.PETITION.value))  # «baches»: in one word, a petition
            material.texts.append(text)
            material.authors.append(COMPETENCE_AUTHOR)
    return material


class Space:
    """The features that enough texts have, what each counts, and the texts in their terms."""

    def __init__(self, texts: Sequence[Units], recipe: Mapping[str, Any]) -> None:
        self.texts = texts
        often: Counter[str] = Counter()
        for units in texts:
            often.update({name for unit in units for name in unit.names})
        at_least, weights = recipe["at_least"], recipe["weights"]
        names = sorted(name for name, count in often.items() if count >= at_least.get(name[0], 1))
        self.vocabulary = {name: row for row, name in enumerate(names)}
        rarity = [np.log((1 + len(texts)) / (1 + often[name])) + 1 for name in names]
        self.values = np.array(
            [rare * weights.get(name[0], 1) for rare, name in zip(rarity, names, strict=True)], dtype=np.float32
        )
        self.matrix: csr_matrix[Any] = self._matrix()

    def _matrix(self) -> "csr_matrix[Any]":
        rows: list[int] = []
        columns: list[int] = []
        values: list[float] = []
        for at, units in enumerate(self.texts):
            sums, square = self._sums(units)
            rows += [at] * len(sums)
            columns += sums.keys()
            values += [value / square**0.5 for value in sums.values()]
        shape = (len(self.texts), len(self.vocabulary))
        return csr_matrix((values, (rows, columns)), shape=shape, dtype=np.float32)

    def _sums(self, units: Units) -> tuple[dict[int, float], float]:
        """As the table adds them: the square of the length is the sum of the units' squares."""
        sums: dict[int, float] = {}
        square = 0.0
        for unit in units:
            for name in unit.names:
                row = self.vocabulary.get(name)
                if row is not None:
                    value = float(self.values[row])
                    sums[row] = sums.get(row, 0.0) + value
                    square += value * value
        return sums, square


def _table(
    space: Space,
    material: Material,
    recipe: Mapping[str, Any],
    texts: Iterable[int],
    *,
    seed: int,
    progress: Progress,
) -> Table:
    """All heads, learnt from those texts alone."""
    known = set(texts)
    heads, weights, first = [], [], 0
    for name, values in recipe["heads"].items():
        progress(f"Weights: {name}")
        samples = [sample for sample in material.samples[name] if sample.text in known]
        learnt = _learn(space.matrix, samples, Recipe(**values), recipe["bayes_alpha"], seed=seed)
        heads.append(Head(name, learnt.labels, first, tuple(float(value) for value in learnt.intercept)))
        weights.append(learnt.weights.T)
        first += len(learnt.labels)
    kept, steps = quantised(np.hstack(weights))
    return Table(heads, space.vocabulary, space.values, kept, steps)


def _learn(matrix: "csr_matrix[Any]", samples: Sequence[Sample], recipe: Recipe, alpha: float, *, seed: int) -> Learnt:
    texts = matrix[[sample.text for sample in samples]]
    labels = np.array([sample.label for sample in samples])
    if len(set(labels)) == 1:  # nothing to tell apart yet
        return Learnt((str(labels[0]),), np.zeros((1, texts.shape[1])), np.zeros(1))
    balance = _balance(labels, recipe.balance) * np.array([sample.weight for sample in samples])
    svm = LinearSVC(C=recipe.margin, random_state=seed).fit(texts, labels, sample_weight=balance)
    weights, intercept = _both_classes(svm.coef_, svm.intercept_)
    if recipe.bayes:
        bayes = ComplementNB(alpha=alpha, norm=True).fit(texts, labels, sample_weight=balance)
        # What a feature says of all labels alike changes no ranking, but it would fill the table's eight bits.
        likely = bayes.feature_log_prob_ - bayes.feature_log_prob_.mean(axis=0)
        weights = weights + recipe.bayes * _spread(texts, weights) / _spread(texts, likely) * likely
    return Learnt(tuple(str(label) for label in svm.classes_), weights, intercept)


def _calibrate(
    table: Table, space: Space, material: Material, recipe: Mapping[str, Any], *, seed: int, progress: Progress
) -> None:
    """Temperature and thresholds of every head from texts whose authors the weights had not seen."""
    groups = np.array(material.authors)
    folds = GroupKFold(min(recipe["folds"], len(set(groups))))
    progress(f"Calibration on {folds.get_n_splits()} parts, each by the weights of the others")
    jobs = (
        delayed(_score)(space, material, recipe, known.tolist(), set(unseen.tolist()), seed)
        for known, unseen in folds.split(groups, groups=groups)
    )
    parts = Parallel(n_jobs=PROCESSES)(jobs)
    for name in table.heads:
        found = [scored for part in parts for scored in part[name]]
        temperature = find_temperature(found)
        worth = find_worth(found, temperature)
        thresholds = find_thresholds(found, temperature, worth, recipe["promised_precision"])
        table.calibrate(name, temperature, worth, thresholds)


def _score(
    space: Space, material: Material, recipe: Mapping[str, Any], known: list[int], unseen: set[int], seed: int
) -> dict[str, list[Scored]]:
    """What is said of unseen texts by weights of known ones, beside what is right. The catalogue is no test."""
    learner = _table(space, material, recipe, known, seed=seed, progress=_silent)
    scored: dict[str, list[Scored]] = {name: [] for name in learner.heads}
    scores = {text: learner.scores(space.texts[text]) for text in sorted(unseen)}
    for name, head in learner.heads.items():
        right: dict[int, list[str]] = {}
        for sample in material.samples[name]:
            if sample.text in unseen and material.authors[sample.text] != COMPETENCE_AUTHOR:
                right.setdefault(sample.text, []).append(sample.label)
        intercept = np.array(head.intercept, dtype=np.float32)
        for text, labels in right.items():
            scored[name].append(Scored(head.labels, scores[text][head.columns] + intercept, tuple(labels)))
    return scored


def _silent(step: str) -> None:
    pass


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
    return float(np.mean(np.std(matrix[:SPREAD_OVER] @ weights.T, axis=1)))
