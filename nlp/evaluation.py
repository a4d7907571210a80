"""What a mind is worth on labelled messages: the measures of the model card. Called by `canaliza evaluate`.

A *mind* here is anything that answers for a text: the reader, or a baseline.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from nlp.corpus import Example
from nlp.noise import chat_noise
from nlp.reading import MessageKind, Urgency

BINS = 15  # of the calibration error, by equal width (Guo et al. 2017)
NOISE_SEED = 104
PLACED = frozenset({MessageKind.PETITION, MessageKind.INFO})


@dataclass(frozen=True)
class Opinion:
    """What a mind says of a text. `ranking`: (agency, probability) best first. `is_sure`: by its agency's threshold.

    `separates`: agencies that the answer to its question would settle; none when it asks nothing. `matters`: into how
    many it would part the text.
    """

    kind: str
    is_emergency: bool
    ranking: tuple[tuple[str, float], ...]
    is_sure: bool = False
    separates: tuple[str, ...] = ()
    is_pressing: bool = False
    matters: int = 1


@dataclass(frozen=True)
class Outcome:
    example: Example
    opinion: Opinion

    @property
    def first(self) -> str:
        return self.opinion.ranking[0][0]

    @property
    def is_right(self) -> bool:
        """The first suggestion is one that an officer would accept."""
        return self.first in self.example.agencies

    @property
    def is_right_once_asked(self) -> bool:
        """Right at once, or after a citizen has answered the question rightly."""
        return self.is_right or bool({*self.opinion.separates} & {*self.example.agencies})

    @property
    def said(self) -> str:
        """The first suggestion; the best label where another acceptable one was said."""
        return self.example.agencies[0] if self.is_right else self.first


Mind = Callable[[str], Opinion]


def examine(mind: Mind, examples: Iterable[Example]) -> list[Outcome]:
    return [Outcome(example, mind(example.text)) for example in examples]


def garble(examples: Iterable[Example]) -> list[Example]:
    """The same messages, in the spelling of somebody in a hurry."""
    chance = random.Random(NOISE_SEED)  # noqa: S311 — no secret: the same noise for every mind
    return [replace(example, text=chat_noise(example.text, chance)) for example in examples]


def measure(clean: Sequence[Outcome], noisy: Sequence[Outcome], promised: float) -> dict[str, float]:
    """All measures by their names, as shares of 1. `noisy`: the same messages garbled."""
    placed, blurred = _placed(clean), _placed(noisy)
    danger = [o.opinion.is_emergency for o in clean if o.example.emergency]
    calm = [o.opinion.is_emergency for o in clean if not o.example.emergency]
    sure = [o for o in placed if o.opinion.is_sure]
    pressing = [o for o in placed if o.opinion.is_pressing and o.example.urgency]
    several = [o.opinion.matters > 1 for o in placed if len(o.example.matters) > 1]
    single = [o.opinion.matters > 1 for o in placed if len(o.example.matters) < 2 and len(o.example.agencies) == 1]
    top1 = _share(o.is_right for o in placed)
    return {
        "agency_top1": top1,
        "agency_top3": _share(o.example.agencies[0] in [a for a, _ in o.opinion.ranking[:3]] for o in placed),
        "agency_macro_f1": _macro_f1([(o.example.agencies[0], o.said) for o in placed]),
        "agency_ece": _calibration_error(placed),
        "alone": len(sure) / max(1, len(placed)),
        "alone_precision": _share(o.is_right for o in sure),
        "alone_at_best": _coverage(placed, promised),
        "asked": _share(o.opinion.separates for o in placed),
        "agency_top1_asked": _share(o.is_right_once_asked for o in placed),
        "noise_loss": top1 - _share(o.is_right for o in blurred),
        "emergency_recall": _share(danger),
        "emergency_false_alarms": _share(calm),
        "urgency_recall": _share(o.opinion.is_pressing for o in placed if o.example.urgency == Urgency.TODAY),
        "urgency_precision": _share(o.example.urgency == Urgency.TODAY for o in pressing),
        "matters_found": _share(several),
        "matters_invented": _share(single),
        "kind_macro_f1": _macro_f1([(o.example.kind.value, o.opinion.kind) for o in clean]),
        "kind_accuracy": _share(o.example.kind.value == o.opinion.kind for o in clean),
    }


def by_group(outcomes: Sequence[Outcome], group: Callable[[Outcome], str]) -> dict[str, dict[str, float]]:
    """Petitions' agencies by group: how many, top-1, top-3."""
    groups: Mapping[str, list[Outcome]] = defaultdict(list)
    for outcome in _placed(outcomes):
        groups[group(outcome)].append(outcome)
    return {
        name: {
            "petitions": len(found),
            "top1": _share(o.is_right for o in found),
            "top3": _share(o.example.agencies[0] in [a for a, _ in o.opinion.ranking[:3]] for o in found),
        }
        for name, found in sorted(groups.items())
    }


def list_mistakes(outcomes: Sequence[Outcome], count: int) -> list[Outcome]:
    """The wrong first suggestions that were most sure."""
    wrong = [outcome for outcome in _placed(outcomes) if not outcome.is_right]
    return sorted(wrong, key=lambda o: -o.opinion.ranking[0][1])[:count]


def _placed(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """What gets a folio and belongs to an agency. A message in danger goes to people first, whosever it is."""
    return [o for o in outcomes if o.example.kind in PLACED and o.example.agencies and not o.example.emergency]


def _share(hits: Iterable[object]) -> float:
    counted = [bool(hit) for hit in hits]
    return sum(counted) / len(counted) if counted else 0.0


def _macro_f1(pairs: Sequence[tuple[str, str]]) -> float:
    """Mean F1 of the labels that occur as right ones; pairs of (right, said)."""
    right, said = Counter(r for r, _ in pairs), Counter(s for _, s in pairs)
    both = Counter(r for r, s in pairs if r == s)
    scores = [2 * both[label] / (right[label] + said[label]) for label in right]
    return sum(scores) / len(scores) if scores else 0.0


def _calibration_error(outcomes: Sequence[Outcome]) -> float:
    """Mean distance between what the first suggestion promised and how often it was right, over bins of equal width."""
    if not outcomes:
        return 0.0
    sure = np.array([o.opinion.ranking[0][1] for o in outcomes])
    right = np.array([o.is_right for o in outcomes], dtype=np.float64)
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    parts = [(bins == number) for number in range(BINS)]
    return float(sum(abs(right[p].mean() - sure[p].mean()) * p.mean() for p in parts if p.any()))


def _coverage(outcomes: Sequence[Outcome], promised: float) -> float:
    """The largest share of petitions, surest first, of which so many are right: what the ranking by sureness allows."""
    ranked = sorted(outcomes, key=lambda o: -o.opinion.ranking[0][1])
    right, best = 0, 0
    for count, outcome in enumerate(ranked, start=1):
        right += outcome.is_right
        if right / count >= promised:
            best = count
    return best / max(1, len(ranked))
