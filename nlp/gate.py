"""Whether a model that learnt more may be tried on citizens: nothing that was promised before may get worse. Pure."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import comb

from nlp.evaluation import Outcome, measure

SLACK = 0.005  # two trainings on the same messages with other seeds differ by so much (measured: macro-F1 ± 0.003)
CHANCE = 0.05
CASES_MIN = 8  # said surely of an agency, before its precision is called one


@dataclass(frozen=True)
class Exam:
    """A model's outcomes on the frozen set, and on the newest decisions, which neither model has learnt."""

    frozen: Sequence[Outcome]
    newest: Sequence[Outcome]


@dataclass(frozen=True)
class Fault:
    """`name`: of the measure, or «precision AGENCY»; as shares of 1."""

    name: str
    before: float
    after: float


def find_faults(before: Exam, after: Exam, promised: float) -> list[Fault]:
    """Why the later model must not be published; empty when it may."""
    return [
        *_fallen_measures(before, after, promised),
        *_fallen_promises(before.frozen, after.frozen, promised),
        *_fallen_month(before.newest, after.newest),
    ]


def _fallen_measures(before: Exam, after: Exam, promised: float) -> list[Fault]:
    """On the frozen set. A small set wavers, so a fall also has to be more than chance message by message."""
    old, new = measure(before.frozen, before.frozen, promised), measure(after.frozen, after.frozen, promised)
    faults = [
        Fault(name, old[name], new[name])
        for name, hits in GUARDED.items()
        if new[name] < old[name] - SLACK and is_worse(hits(before.frozen), hits(after.frozen))
    ]
    if new["alone_precision"] < min(promised, old["alone_precision"] - SLACK):
        faults.append(Fault("alone_precision", old["alone_precision"], new["alone_precision"]))
    return faults


def _fallen_promises(before: Sequence[Outcome], after: Sequence[Outcome], promised: float) -> list[Fault]:
    """Agencies whose sure suggestions kept the promise and now do not."""
    old, new = _precisions(before), _precisions(after)
    return [
        Fault(f"precision {agency}", old[agency], share)
        for agency, share in new.items()
        if agency in old and share < promised <= old[agency]
    ]


def _precisions(outcomes: Sequence[Outcome]) -> dict[str, float]:
    said, right = Counter[str](), Counter[str]()
    for outcome in outcomes:
        if outcome.opinion.is_sure and outcome.example.agencies:
            said[outcome.first] += 1
            right[outcome.first] += outcome.is_right
    return {agency: right[agency] / count for agency, count in sorted(said.items()) if count >= CASES_MIN}


def _fallen_month(before: Sequence[Outcome], after: Sequence[Outcome]) -> list[Fault]:
    """First suggestions on the newest decisions."""
    old, new = _agency_hits(before), _agency_hits(after)
    if not is_worse(old, new):
        return []
    return [Fault("newest decisions, first suggestion", sum(old) / len(old), sum(new) / len(new))]


def _agency_hits(outcomes: Sequence[Outcome]) -> list[bool]:
    return [outcome.is_right for outcome in outcomes if outcome.example.agencies]


def _danger_hits(outcomes: Sequence[Outcome]) -> list[bool]:
    return [outcome.opinion.is_emergency for outcome in outcomes if outcome.example.emergency]


def _kind_hits(outcomes: Sequence[Outcome]) -> list[bool]:
    return [outcome.opinion.kind == outcome.example.kind.value for outcome in outcomes]


GUARDED: dict[str, Callable[[Sequence[Outcome]], list[bool]]] = {
    "agency_macro_f1": _agency_hits,
    "emergency_recall": _danger_hits,
    "kind_macro_f1": _kind_hits,
}


def is_worse(before: Sequence[bool], after: Sequence[bool]) -> bool:
    """Wrong more often on the same messages than chance explains: one-sided sign test."""
    pairs = Counter(zip(before, after, strict=True))
    lost, won = pairs[True, False], pairs[False, True]
    return lost > won and sign_test(won, lost) <= CHANCE


def sign_test(fewer: int, more: int) -> float:
    """How likely at most `fewer` of all cases fall on one side when both sides are equally likely."""
    tail = sum(comb(fewer + more, k) for k in range(fewer + 1))
    return float(tail / 2 ** (fewer + more))
