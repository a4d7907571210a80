"""Learns where one matter ends and the next begins, from texts whose authors the agency head had not seen. Called by
`training`."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from sklearn.linear_model import LogisticRegression

from nlp.corpus import Example
from nlp.matters import JointWeights, Sides

MARGIN = 10.0  # C of the regression
BESIDE = 0.1  # weight of the other joints of a text with several matters: a clause too early is no great fault
CASES_MIN = 30  # of each sort
OTHERS_EVERY = 20  # of the petitions that nobody looked at for several matters, one in so many counts as one matter
WORDS_MIN = 10  # in a shorter one of them


@dataclass(frozen=True)
class Cuts:
    """`gaps`: characters [end of a matter, start of the next] of a text; none when it tells of one."""

    gaps: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class JointCase:
    signs: tuple[float, ...]
    is_end: bool
    weight: float


def find_cuts(example: Example, number: int) -> Cuts | None:
    """What a text teaches; None for most of those that nobody looked at."""
    spans = sorted(example.matters, key=lambda span: span.start)
    if spans:
        return Cuts(tuple((a.end, b.start) for a, b in pairwise(spans)))
    is_one = len(example.agencies) == 1 and len(example.text.split()) >= WORDS_MIN
    return Cuts(()) if is_one and number % OTHERS_EVERY == 0 else None


def list_cases(sides: Sides, cuts: Cuts) -> list[JointCase]:
    """Every joint of the text: whether a matter ends there."""
    cases = []
    for joint in sides.list_joints(0, len(sides.words)):
        start = sides.words[joint.at].start
        is_end = any(end - 1 <= start <= begin for end, begin in cuts.gaps)
        cases.append(JointCase(joint.signs, is_end, 1.0 if is_end or not cuts.gaps else BESIDE))
    return cases


def learn_joints(cases: Sequence[JointCase]) -> JointWeights:
    """Nothing that splits when there are few cases."""
    ends = sum(case.is_end for case in cases)
    if min(ends, len(cases) - ends) < CASES_MIN:
        return JointWeights()
    learner = LogisticRegression(C=MARGIN, max_iter=3000)
    learner.fit([case.signs for case in cases], [case.is_end for case in cases], [case.weight for case in cases])
    return JointWeights(tuple(float(weight) for weight in learner.coef_[0]), float(learner.intercept_[0]))
