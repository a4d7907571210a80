"""Several problems in one text: where one matter ends and the next begins. A proposal; a person splits a petition.

Both sides of a joint are weighed by the agency head's own table, and a small logistic regression says whether they are
two matters. Its weights are learnt with the model. Called for petitions in triage.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp.features import Unit
from nlp.normalise import Word
from nlp.sound import sound
from nlp.table import Table

Floats = NDArray[np.float32]
MATTERS_AT_MOST = 4
SIDE_MIN = 4  # words; less is no matter of its own
SPLITS = 0.4  # probability from which a joint parts two matters
LEAST = 1e-4  # share, so that one unlikely word is no proof
READ_AT_MOST = 300  # words
STOPS, COMMAS = frozenset(".;!?\n"), frozenset(",:-–—()")
AND = frozenset("y i e and".split())
ANNOUNCES = frozenset(  # by sound: what begins with one of them is often something else
    sound(word)
    for word in "ademas tambien aparte otra otro otras otros asimismo igualmente luego encima also segunda segundo"
    " tercera tercero cuarta 2 3 4 aprovechando paso lado".split()
)
ANNOUNCED_WITHIN = 4  # words after the joint


@dataclass(frozen=True)
class Joint:
    """A place where a matter may end: word `at` begins the next one. `signs`: what the regression weighs."""

    at: int
    signs: tuple[float, ...]


@dataclass(frozen=True)
class Part:
    """Words [start, end) as one matter."""

    start: int
    end: int


@dataclass(frozen=True)
class JointWeights:
    """One for each sign of a joint, and the shift; without weights no text is split."""

    weights: tuple[float, ...] = ()
    shift: float = -99.0

    def probability(self, signs: Sequence[float]) -> float:
        odds = sum(weight * sign for weight, sign in zip(self.weights, signs, strict=False)) + self.shift
        return float(1 / (1 + np.exp(-odds)))


class Sides:
    """A text's words with what each adds to the scores of one head, summed up from the beginning."""

    def __init__(self, table: Table, head: str, text: str, words: Sequence[Word], units: Sequence[Unit]) -> None:
        self.words, self._text = words[:READ_AT_MOST], text
        self._table, self._head = table, head
        self._sums, self._squares = table.running_sums(head, units, len(self.words))

    def shares(self, start: int, end: int) -> Floats:
        """The head's probabilities of words [start, end) alone, before they are corrected for being first."""
        total = self._sums[end] - self._sums[start]
        square = float(self._squares[end] - self._squares[start])
        return self._table.shares_of(self._head, total / max(square, 1e-9) ** 0.5)

    def list_joints(self, start: int, end: int) -> Iterator[Joint]:
        """Of words [start, end)."""
        places = [at for at in range(start + SIDE_MIN, end - SIDE_MIN + 1) if any(self._marks(at))]
        if not places:
            return
        whole = self.shares(start, end)
        for at in places:
            yield Joint(at, self._signs(start, at, end, whole))

    def _signs(self, start: int, at: int, end: int, whole: Floats) -> tuple[float, ...]:
        left, right = self.shares(start, at), self.shares(at, end)
        first, second = int(left.argmax()), int(right.argmax())
        apart = 1.0 - float(np.minimum(left, right).sum())
        weaker = min(float(left[first]), float(right[second]))
        both = float(whole[first] + whole[second]) if first != second else 0.0
        log_left, log_right = np.log(left + LEAST), np.log(right + LEAST)
        gain = float(log_left[first] + log_right[second] - (log_left + log_right).max())
        marks = self._marks(at)
        return (
            apart,
            gain,
            float(first != second) * weaker,
            both,
            1.0 - float(right[first]),
            1.0 - float(left[second]),
            float(np.log(min(at - start, end - at))),
            *marks,
            *(mark * gain for mark in marks),
        )

    def _marks(self, at: int) -> tuple[float, ...]:
        """A stop, a comma, an «y», an announcement («otra cosa», «además») at the joint."""
        between = self._text[self.words[at - 1].end : self.words[at].start]
        heard = [sound(word.text) for word in self.words[at : at + ANNOUNCED_WITHIN]]
        has_stop = bool(STOPS & {*between}) or self.words[at - 1].text in ("?", "!")
        return (
            float(has_stop),
            float(not has_stop and bool(COMMAS & {*between})),
            float(self.words[at].text in AND),
            float(bool(ANNOUNCES & {*heard})),
        )


def split_matters(sides: Sides, weights: JointWeights) -> list[Part]:
    """The text's matters in order; one part for the whole text when it tells of one."""
    parts = [Part(0, len(sides.words))]
    while len(parts) < MATTERS_AT_MOST:
        found = [
            (weights.probability(j.signs), j.at, part)
            for part in parts
            for j in sides.list_joints(part.start, part.end)
        ]
        best, at, part = max(found, default=(0.0, 0, parts[0]), key=lambda one: (one[0], -one[1]))
        if best < SPLITS:
            break
        parts += [Part(part.start, at), Part(at, part.end)]
        parts.remove(part)
    return sorted(parts, key=lambda part: part.start)


def joints_from(stored: Mapping[str, Any]) -> JointWeights:
    """Raises KeyError or TypeError for anything else."""
    return JointWeights(tuple(stored["weights"]), float(stored["shift"]))
