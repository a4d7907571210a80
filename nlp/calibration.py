"""Makes a head's probabilities true: a temperature, what the first share is worth, and for each label the probability
from which a promise is kept.

Pure arithmetic over scores of texts by unseen authors. Temperature: Guo et al. 2017. Worth: Platt 1999.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from sklearn.linear_model import LogisticRegression

from nlp.table import corrected, log_odds, softmax

FLOOR = 0.2  # below it a first suggestion is no promise, whatever few lucky cases say
CASES_MIN = 8  # promises rest on at least so many texts
CHECKED_MIN = 500  # from here on probabilities are made true by checked texts alone
PSEUDO_WRONG = 0.5  # added to each count of mistakes: few cases prove little


@dataclass(frozen=True)
class Scored:
    """A text's scores before the temperature, in the labels' order, and the labels that are right; `is_checked`: by
    several readers, so that what is not among them is wrong."""

    labels: tuple[str, ...]
    scores: NDArray[np.float32]
    right: tuple[str, ...]
    is_checked: bool = True


def find_temperature(scored: Sequence[Scored]) -> float:
    """The one under which right labels are likeliest; 1 when there is nothing to learn it from."""
    known = [(s.scores.astype(np.float64), s.labels.index(s.right[0])) for s in scored if s.right[0] in s.labels]
    if not known:
        return 1.0
    found = minimize_scalar(lambda log_t: _loss(known, float(np.exp(log_t))), bounds=(-5, 3), method="bounded")
    return float(np.exp(found.x))


def find_worth(scored: Sequence[Scored], temperature: float) -> tuple[float, ...]:
    """Slope and shift that make a first label's log-odds true: linear scores are too sure of strong words.

    Nothing when there are few cases, or only right or only wrong ones.
    """
    checked = [text for text in scored if text.is_checked]
    firsts = _firsts(checked if len(checked) >= CHECKED_MIN else scored, temperature)
    right = [first.is_right for first in firsts]
    if len(firsts) < CASES_MIN or len(set(right)) < 2:
        return ()
    odds = np.array([[log_odds(first.share)] for first in firsts])
    fitted = LogisticRegression(C=1e6).fit(odds, right)
    slope, shift = float(fitted.coef_[0, 0]), float(fitted.intercept_[0])
    return (slope, shift) if slope > 0 else ()


def find_thresholds(
    scored: Sequence[Scored], temperature: float, worth: Sequence[float], promised: float, wrong_by_one: float
) -> dict[str, float]:
    """For each label that is ever said first with enough precision, the least probability from which it is.

    `wrong_by_one`: what a mistake counts where a single reader's labels call it one.
    """
    said: dict[str, list[tuple[float, float]]] = {}
    for first in _firsts(scored, temperature):
        wrong = 0.0 if first.is_right else 1.0 if first.is_checked else wrong_by_one
        said.setdefault(first.label, []).append((corrected(first.share, worth), wrong))
    found = {label: _threshold(cases, promised) for label, cases in said.items()}
    return {label: threshold for label, threshold in sorted(found.items()) if threshold is not None}


@dataclass(frozen=True)
class _First:
    """A text's first label and its share."""

    label: str
    share: float
    is_right: bool
    is_checked: bool


def _firsts(scored: Sequence[Scored], temperature: float) -> list[_First]:
    found = []
    for text in scored:
        shares = softmax(text.scores.astype(np.float64) / temperature)
        best = int(shares.argmax())
        label = text.labels[best]
        found.append(_First(label, float(shares[best]), label in text.right, text.is_checked))
    return found


def _threshold(cases: Sequence[tuple[float, float]], promised: float) -> float | None:
    """The lowest probability at which the cases from there upwards keep the promise; cases of (probability, wrong)."""
    kept, wrong = None, 0.0
    ranked = sorted(cases, reverse=True)
    for count, (probability, fault) in enumerate(ranked, start=1):
        wrong += fault
        is_last_of_equals = count == len(ranked) or ranked[count][0] < probability
        is_kept = (count - wrong) / (count + PSEUDO_WRONG) >= promised
        if is_last_of_equals and count >= CASES_MIN and is_kept and probability >= FLOOR:
            kept = probability
    return kept


def _loss(known: Sequence[tuple[NDArray[np.float64], int]], temperature: float) -> float:
    """Mean negative log likelihood."""
    total = 0.0
    for scores, right in known:
        scaled = scores / temperature
        total += float(np.log(np.exp(scaled - scaled.max()).sum()) + scaled.max() - scaled[right])
    return total / len(known)
