"""Learns kind, agency and emergency from the corpus; deterministic for a seed. Called by `canaliza train`, never while
serving.

Each head of the table is learnt by `learners`; here is what from, and how its probabilities are made true. What can be
chosen stands in `recipe.yaml`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from ruamel.yaml import YAML
from sklearn.model_selection import GroupKFold
from spacy.language import Language

from nlp.calibration import Scored, find_temperature, find_thresholds, find_worth
from nlp.corpus import CHECKED, DECIDED, Example, corpus_digest
from nlp.learners import Sample, learn_table
from nlp.lexicon import Lexicon
from nlp.matter_training import Cuts, JointCase, find_cuts, learn_joints, list_cases
from nlp.matters import JointWeights, Sides
from nlp.pipeline import AGENCY, EMERGENCY, KIND, NO_EMERGENCY, URGENCY, build_pipeline
from nlp.reading import MessageKind
from nlp.space import Space
from nlp.table import Table

RECIPE = Path(__file__).parent / "recipe.yaml"
PROCESSES = 2
COMPETENCE_AUTHOR = "catalogue"
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Material:
    """Everything that is learnt from. `authors`: of each text, so that one voice is not in both halves of a split.

    `cuts`: texts that teach where a matter ends. `checked`: texts whose labels several readers gave.
    """

    texts: list[str]
    authors: list[str]
    samples: dict[str, list[Sample]]
    cuts: dict[int, Cuts]
    checked: set[int]

    def add(self, text: str, author: str) -> int:
        """The number of the text."""
        self.texts.append(text)
        self.authors.append(author)
        return len(self.texts) - 1


def train(
    examples: Sequence[Example],
    competences: Mapping[str, Iterable[str]],
    lexicon: Lexicon,
    *,
    seed: int,
    progress: Progress,
) -> Language:
    """A trained pipeline. `competences`: words of each agency's catalogue entry, learnt as short texts of its own."""
    recipe = YAML(typ="safe").load(RECIPE)
    digest = corpus_digest([*examples])
    material = gather(examples, competences, recipe["second_agency"])
    progress(f"Features of {len(material.texts)} texts")
    space = Space([lexicon.read(text) for text in material.texts], recipe)
    table, parts = _learn_parts(Work(space, material, lexicon, recipe, seed), progress)
    joints = _calibrate(table, parts, recipe)
    meta = {
        "version": f"2.{len(examples)}.{int(digest[:6], 16)}",
        "messages": len(examples),
        "description": f"Corpus {digest[:12]}, {len(examples)} messages, "
        f"{len(table.heads[AGENCY].labels)} agencies, seed {seed}",
    }
    return build_pipeline(table, lexicon, joints, meta)


def gather(examples: Iterable[Example], competences: Mapping[str, Iterable[str]], second: float) -> Material:
    """What each head learns from which text. `second`: weight of agencies behind the likeliest."""
    material = Material([], [], {KIND: [], AGENCY: [], EMERGENCY: [], URGENCY: []}, {}, set())
    for example in examples:
        _gather(material, example, second)
    for agency, texts in competences.items():
        for text in texts:
            at = material.add(text, COMPETENCE_AUTHOR)
            material.samples[AGENCY].append(Sample(at, agency))
            material.samples[KIND].append(Sample(at, MessageKind.PETITION.value))  # «baches»: in one word, a petition
    return material


def _gather(material: Material, example: Example, second: float) -> None:
    """The whole message, and each of its matters by itself when there are several."""
    at = material.add(example.text, example.author)
    danger = example.emergency.value if example.emergency else NO_EMERGENCY
    if example.review != DECIDED:
        material.samples[KIND].append(Sample(at, example.kind.value))
        material.samples[EMERGENCY].append(Sample(at, danger))
    for rank, agency in enumerate(example.agencies):
        material.samples[AGENCY].append(Sample(at, agency, second if rank else 1.0))
    if example.urgency:
        material.samples[URGENCY].append(Sample(at, example.urgency.value))
    if example.review == CHECKED:
        material.checked.add(at)
    cuts = find_cuts(example, at)
    if cuts:
        material.cuts[at] = cuts
    for span in example.matters if len(example.matters) > 1 else ():
        part = material.add(example.text[span.start : span.end], example.author)
        material.samples[AGENCY].append(Sample(part, span.agency))


@dataclass(frozen=True)
class Work:
    space: Space
    material: Material
    lexicon: Lexicon
    recipe: Mapping[str, Any]
    seed: int


_work: list[Work] = []  # forked processes find it in their memory: texts and matrix are not sent to them


def _learn_parts(work: Work, progress: Progress) -> "tuple[Table, list[Unseen]]":
    """The table from all texts, and for each part of the authors what the weights of the others say of it."""
    groups = np.array(work.material.authors)
    folds = GroupKFold(min(work.recipe["folds"], len(set(groups)))).split(groups, groups=groups)
    _work.append(work)
    try:
        with ProcessPoolExecutor(PROCESSES, mp_context=get_context("fork")) as pool:
            everything = pool.submit(_learn_everything)
            parts = [pool.submit(_examine, known.tolist(), set(unseen.tolist())) for known, unseen in folds]
            running: list[Future[Any]] = [everything, *parts]
            for done, _ in enumerate(as_completed(running), start=1):
                progress(f"Weights and their calibration: {done} of {len(running)}")
            return everything.result(), [part.result() for part in parts]
    finally:
        _work.pop()


def _learn_everything() -> Table:
    return _table(_work[-1], range(len(_work[-1].material.texts)))


def _table(work: Work, texts: Iterable[int]) -> Table:
    """All heads, learnt from those texts alone."""
    known = set(texts)
    samples = {
        name: [sample for sample in work.material.samples[name] if sample.text in known]
        for name in work.recipe["heads"]
    }
    return learn_table(work.space, samples, work.recipe, seed=work.seed)


@dataclass(frozen=True)
class Unseen:
    """What weights of other authors say: each head's scores beside what is right, and the joints of some texts."""

    scored: dict[str, list[Scored]]
    joints: list[JointCase]


def _calibrate(table: Table, parts: Sequence[Unseen], recipe: Mapping[str, Any]) -> JointWeights:
    """Temperature and thresholds of every head from texts whose authors the weights had not seen; joints likewise."""
    for name in table.heads:
        found = [scored for part in parts for scored in part.scored[name]]
        temperature = find_temperature(found)
        worth = find_worth(found, temperature)
        thresholds = find_thresholds(found, temperature, worth, recipe["promised_precision"], recipe["wrong_by_one"])
        table.calibrate(name, temperature, worth, thresholds)
    return learn_joints([case for part in parts for case in part.joints])


def _examine(known: list[int], unseen: set[int]) -> Unseen:
    """What is said of unseen texts by weights of known ones. The catalogue is no test."""
    space, material = _work[-1].space, _work[-1].material
    learner = _table(_work[-1], known)
    scored: dict[str, list[Scored]] = {name: [] for name in learner.heads}
    scores = {text: learner.scores(space.texts[text]) for text in sorted(unseen)}
    for name, head in learner.heads.items():
        right: dict[int, list[str]] = {}
        for sample in material.samples[name]:
            if sample.text in unseen and material.authors[sample.text] != COMPETENCE_AUTHOR:
                right.setdefault(sample.text, []).append(sample.label)
        intercept = np.array(head.intercept, dtype=np.float32)
        for text, labels in right.items():
            given = scores[text][head.columns] + intercept
            is_checked = name != AGENCY or text in material.checked  # the further readers read for the agency
            scored[name].append(Scored(head.labels, given, tuple(labels), is_checked))
        learner.calibrate(name, find_temperature(scored[name]), (), {})
    return Unseen(scored, _joints(learner, _work[-1], unseen))


def _joints(learner: Table, work: Work, unseen: set[int]) -> list[JointCase]:
    found = []
    for text, cuts in work.material.cuts.items():
        if text in unseen:
            plain = work.material.texts[text]
            sides = Sides(learner, AGENCY, plain, work.lexicon.words(plain), work.space.texts[text])
            found += list_cases(sides, cuts)
    return found
