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

from nlp.table import corrected, log_odds

FLOOR = 0.2  # below it a first suggestion is no promise, whatever few lucky cases say
CASES_MIN = 8  # promises rest on at least so many texts
PSEUDO_WRONG = 0.5  # added to each count of mistakes: few cases prove little


@dataclass(frozen=True)
class Scored:
    """A text's scores before the temperature, in the labels' order, and the labels that are right."""

    labels: tuple[str, ...]
    scores: NDArray[np.float32]
    right: tuple[str, ...]


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
    cases = [case for _, case in _firsts(scored, temperature)]
    right = [is_right for _, is_right in cases]
    if len(cases) < CASES_MIN or len(set(right)) < 2:
        return ()
    odds = np.array([[log_odds(share)] for share, _ in cases])
    fitted = LogisticRegression(C=1e6).fit(odds, right)
    slope, shift = float(fitted.coef_[0, 0]), float(fitted.intercept_[0])
    return (slope, shift) if slope > 0 else ()


def find_thresholds(
    scored: Sequence[Scored], temperature: float, worth: Sequence[float], promised: float
) -> dict[str, float]:
    """For each label that is ever said first with enough precision, the least probability from which it is."""
    said: dict[str, list[tuple[float, bool]]] = {}
    for label, (share, is_right) in _firsts(scored, temperature):
        said.setdefault(label, []).append((corrected(share, worth), is_right))
    found = {label: _threshold(cases, promised) for label, cases in said.items()}
    return {label: threshold for label, threshold in sorted(found.items()) if threshold is not None}


def _firsts(scored: Sequence[Scored], temperature: float) -> list[tuple[str, tuple[float, bool]]]:
    """Each text's first label, its share, and whether it is right."""
    found = []
    for text in scored:
        shares = softmax(text.scores.astype(np.float64) / temperature)
        best = int(shares.argmax())
        label = text.labels[best]
        found.append((label, (float(shares[best]), label in text.right)))
    return found


def softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    powers = np.exp(scores - scores.max())
    shares: NDArray[np.float64] = powers / powers.sum()
    return shares


def _threshold(cases: Sequence[tuple[float, bool]], promised: float) -> float | None:
    """The lowest probability at which the cases from there upwards keep the promise."""
    kept, right = None, 0
    ranked = sorted(cases, reverse=True)
    for count, (probability, is_right) in enumerate(ranked, start=1):
        right += is_right
        is_last_of_equals = count == len(ranked) or ranked[count][0] < probability
        is_kept = right / (count + PSEUDO_WRONG) >= promised
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
