"""Which series have heard of more persons than chance explains, in the last day, two, three, seven or twenty-eight.

Each window's count is compared with a negative binomial (A. Noufaily et al., Statistics in Medicine 32, 2013,
1206-1222, after C. P. Farrington et al., JRSS A 159, 1996, 547-563). How rare a count must be is no fixed p-value, but
the largest at which all series together alarm by chance no more often than the office allows, counted with the whole
numbers that each series can show. How rare an alarm is, is told as a recurrence interval (K. Kleinman, R. Lazarus,
R. Platt, American Journal of Epidemiology 159, 2004, 217-224). Pure; called by `watching` and by the benchmark.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from intake.alerts.streams import Company, Counts, Floats, Ordinary, Stream, trends

WINDOWS = (1, 2, 3, 7, 28)
SUSTAINED = 28
LEAST_PERSONS = 3  # two neighbours are no outbreak
MOST_PERSONS = 400  # beyond it nothing is tabled: such a series alarms by its own tail
LEVELS = 10.0 ** np.arange(-2.0, -10.1, -0.2)
STEP = 0.05  # of the logarithms by which series are taken together for the level


@dataclass(frozen=True)
class Allowed:
    """Alarms by chance in a week, over all series."""

    a_week: float

    @property
    def a_day(self) -> float:
        return self.a_week / 7


@dataclass(frozen=True)
class Expected:
    """What a window would bring: negative binomial with `means` and `sizes`, territory × topic."""

    window: int
    means: Floats
    sizes: Floats
    company: Company

    def rarity(self, seen: Counts) -> Floats:
        """The chance of so many or more."""
        return tail(seen, self.means, self.sizes, self.company)

    def rarity_at(self, territory: int, topic: int, seen: int) -> float:
        here = np.array([territory]), np.array([topic])
        return float(tail(np.array([seen]), self.means[here], self.sizes[here], self.company)[0])


@dataclass(frozen=True)
class Signal:
    """`rarity`: the chance of so many or more; `every_days`: how often chance shows something as rare in any series."""

    territory: int
    topic: int
    window: int
    observed: int
    expected: float
    rarity: float
    every_days: float


def scan(stream: Stream, ordinary: Ordinary, allowed: Allowed) -> tuple[Signal, ...]:
    """Of the stream's last day, rarest first."""
    expected = expect(stream, ordinary)
    chances = count_chances(expected)
    return signals_of(stream, expected, chances, choose_level(chances, allowed))


def expect(stream: Stream, ordinary: Ordinary, windows: Sequence[int] = WINDOWS) -> tuple[Expected, ...]:
    return tuple(_expect(stream, ordinary, window) for window in windows)


def tail(seen: Counts, means: Floats, sizes: Floats, company: Company) -> Floats:
    """The chance of so many or more: by a negative binomial, or by one large company on top of what is ordinary."""
    from scipy.special import betainc  # 12 MB that a server holds only after the first look

    alone = np.where(seen > 0, betainc(np.maximum(seen, 1), sizes, means / (means + sizes)), 1.0)
    beyond = np.maximum(seen - np.floor(means) - 2, 0)
    chance: Floats = np.minimum(alone + means * company.two * company.more**beyond, 1.0)
    return chance


def count_chances(expected: Sequence[Expected]) -> Floats:
    """For each of LEVELS, how many alarms of it chance begins a day. An alarm of a window lasts about as long as the
    window, so a day begins that part of them."""
    chances = np.zeros(len(LEVELS))
    for one in expected:
        chances += _chances(one) / max(1.0, one.window / LEAST_PERSONS)
    return chances


def choose_level(chances: Floats, allowed: Allowed) -> float:
    """The largest level at which no more alarms by chance are expected than allowed."""
    fitting = np.flatnonzero(chances <= allowed.a_day)
    return float(LEVELS[fitting[0]]) if len(fitting) else 0.0


def signals_of(stream: Stream, expected: Sequence[Expected], chances: Floats, level: float) -> tuple[Signal, ...]:
    """What is rarer than the level, rarest first; of a series its rarest window."""
    best: dict[tuple[int, int], Signal] = {}
    for one in expected:
        seen = stream.counts[:, :, -one.window :].sum(axis=2)
        rarity = np.where(seen >= LEAST_PERSONS, one.rarity(seen), 1.0)
        for place, topic in np.argwhere(rarity <= level):
            key, chance = (int(place), int(topic)), float(max(rarity[place, topic], 1e-300))
            if key not in best or chance < best[key].rarity:
                mean = float(one.means[key])
                best[key] = Signal(*key, one.window, int(seen[key]), mean, chance, _recurrence(chances, chance))
    return tuple(sorted(best.values(), key=lambda signal: signal.rarity))


def _recurrence(chances: Floats, rarity: float) -> float:
    """Days until chance shows something as rare in any series; beyond the rarest level in proportion."""
    a_day = float(np.interp(-np.log(rarity), -np.log(LEVELS), chances))
    return 1 / max(a_day * min(1.0, rarity / float(LEVELS[-1])), 1e-9)


def _expect(stream: Stream, ordinary: Ordinary, window: int) -> Expected:
    means = np.maximum(ordinary.rates * ordinary.exposures[-window:].sum() * trends(stream, ordinary, window), 1e-9)
    sizes = means / ((ordinary.spreads - 1) + means / ordinary.shapes)
    return Expected(window, means, sizes, ordinary.company)


def _chances(one: Expected) -> Floats:
    """For each level, how many series are expected to be rarer: of each the chance of its least count that is."""
    logs = np.round(np.log(np.stack([one.means.ravel(), one.sizes.ravel()])) / STEP)
    kinds, many = np.unique(logs, axis=1, return_counts=True)
    means, sizes = np.exp(kinds * STEP)
    chances = np.zeros(len(LEVELS))
    waiting = np.ones((len(LEVELS), len(means)), dtype=bool)  # levels that no smaller count has reached
    for persons in range(LEAST_PERSONS, MOST_PERSONS):
        rarity = tail(np.full(len(means), persons), means, sizes, one.company)
        reached = waiting & (rarity <= LEVELS[:, None])
        chances += (reached * (rarity * many)).sum(axis=1)
        waiting &= ~reached
        left = waiting.any(axis=0)
        if not left.any():
            break
        means, sizes, many, waiting = means[left], sizes[left], many[left], waiting[:, left]
    return chances
