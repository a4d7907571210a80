"""`canaliza bench alerts`: invented streams of 570 municipalities and 30 topics with planted outbreaks, what is found.

No database: the streams are what `intake.alerts` counts of petitions. The ordinary stream is made otherwise than the
method believes: tastes of places, a week's shape, growth, seasons, campaigns, storms in all of the state, closed days,
people who come in company. False alerts are those of the stream without outbreaks. An outbreak is so many further
persons within 48 hours from a random hour on; found is one whose alert stands at one of the two midnights in them.
"""

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from canaliza.bench.figures import Figure
from intake.alerts.scanning import LEAST_PERSONS, Expected, choose_level, count_chances, expect, scan, signals_of
from intake.alerts.streams import Company, Floats, Ordinary, Stream, learn, regions_of
from intake.alerts.terms import AlertTerms, load_alert_terms
from nlp.place_names import read_municipalities

SEED = 104
TOPICS, HISTORY_DAYS = 30, 392
SIZES = (4, 6, 8, 12, 20, 40)
AT_ONCE = 4  # outbreaks of each size and kind of place, a day
EPISODE_DAYS = 14  # an alert that comes again so soon is the same one
WEEK_SHAPE = np.array([1.25, 1.15, 1.1, 1.05, 0.9, 0.35, 0.2, 0.2])
GROWTH, SEASON, CAMPAIGNS, CAMPAIGN, STORMS, STORM, STORM_DAYS, STORMY_TOPICS = 0.6, 0.5, 8, 3.0, 5, 2.0, 10, 4
CLOSED_SHARE, COMPANY, FURTHER = 0.03, 0.05, 0.25
WANTED_FALSE, WANTED_FOUND, JUDGED_SIZE = 1.0, 0.9, 12
RANDOM, POPULOUS = "any municipality", "where people live"


@dataclass(frozen=True)
class Run:
    """`a_day`: persons at the beginning; `weeks`: that are watched."""

    title: str
    a_day: float
    weeks: int


@dataclass(frozen=True)
class Land:
    """`sizes`: inhabitants, `groups`: the region's number, of each municipality."""

    sizes: Floats
    groups: NDArray[np.int64]


RUNS = (  # facts/domain.md §7: 60,000 petitions a year, and ten times as many
    Run("alerts, 60,000 petitions in the first year", 164, 26),
    Run("alerts, 600,000 petitions in the first year", 1640, 6),
)


def measure_alerts(folder: Path, runs: Sequence[Run] = RUNS) -> Iterator[tuple[str, list[Figure]]]:
    """`folder`: of a jurisdiction."""
    land, terms = read_land(folder), load_alert_terms(folder)
    for run in runs:
        yield run.title, measure(land, run, terms)


def read_land(folder: Path) -> Land:
    places = read_municipalities(folder / "places" / "municipalities.csv")
    regions = sorted({place.region for place in places})
    sizes = np.array([float(place.population) for place in places])
    return Land(sizes, np.array([regions.index(place.region) for place in places]))


def measure(land: Land, run: Run, terms: AlertTerms) -> list[Figure]:
    rng, days = np.random.default_rng(SEED), run.weeks * 7
    kinds, counts = simulate(rng, land, run.a_day, HISTORY_DAYS + days)
    found: dict[tuple[int, str], list[bool]] = defaultdict(list)
    false, began = _Episodes(), time.perf_counter()
    for today in range(HISTORY_DAYS, HISTORY_DAYS + days):
        span = slice(today + 1 - HISTORY_DAYS, today + 1)
        towns = Stream(counts[:, :, span], kinds[span], land.sizes, land.groups)
        ordinary = _learned(towns)
        expected = expect(towns, ordinary)
        chances = count_chances(expected)
        level = choose_level(chances, terms.towns)
        false.note(today, [("town", s.territory, s.topic) for s in signals_of(towns, expected, chances, level)])
        regions = regions_of(towns)
        signals = scan(regions, _learned(regions, ordinary.company), terms.regions)
        false.note(today, [("region", s.territory, s.topic) for s in signals])
        for size in SIZES:
            for kind, weights in ((RANDOM, np.ones(len(land.sizes))), (POPULOUS, land.sizes)):
                places = rng.choice(len(weights), AT_ONCE, p=weights / weights.sum())
                found[size, kind] += [_is_found(rng, towns, expected, level, int(place), size) for place in places]
    seconds = time.perf_counter() - began
    return [
        Figure("false alerts", false.count / run.weeks, "a week", WANTED_FALSE, is_ceiling=True),
        *[_figure(size, kind, hits) for (size, kind), hits in found.items()],
        Figure("persons", float(counts[:, :, HISTORY_DAYS:].sum()) / days, "a day"),
        Figure("time of a day's scan", 1000 * seconds / days, "ms", beside=f"{counts.shape[0]} × {TOPICS} series"),
    ]


def simulate(
    rng: np.random.Generator, land: Land, a_day: float, days: int
) -> tuple[NDArray[np.int64], NDArray[np.int16]]:
    """Kinds of days, and persons by municipality, topic and day."""
    kinds = np.where(rng.random(days) < CLOSED_SHARE, 7, np.arange(days) % 7)
    shares = 1 / np.arange(1, TOPICS + 1) ** 0.8
    places = land.sizes**0.9 * rng.gamma(2, 0.5, len(land.sizes))
    base = np.outer(places, shares) * rng.gamma(1.5, 1 / 1.5, (len(places), TOPICS))
    base *= a_day / base.sum()
    office = WEEK_SHAPE[kinds] / WEEK_SHAPE[:7].mean() * (1 + GROWTH * np.arange(days) / 365)
    for day in rng.choice(days, CAMPAIGNS, replace=False):
        office[day : day + 2] *= CAMPAIGN
    weather = np.ones((TOPICS, days))
    for topic in range(0, TOPICS, 2):
        weather[topic] += SEASON * np.sin(2 * np.pi * (np.arange(days) / 365 + rng.random()))
    for day in rng.choice(days, STORMS, replace=False):
        weather[:STORMY_TOPICS, day : day + STORM_DAYS] *= STORM
    counts = np.zeros((len(places), TOPICS, days), np.int16)
    for day in range(days):
        came = rng.poisson(base * office[day] * weather[:, day])
        brought = rng.binomial(came, COMPANY)
        further = rng.negative_binomial(np.maximum(brought, 1), 1 - FURTHER)
        counts[:, :, day] = came + brought + np.where(brought > 0, further, 0)
    return kinds, counts


class _Episodes:
    """Counts alerts, one that goes on or comes again soon as one."""

    def __init__(self) -> None:
        self.count = 0
        self._last: dict[tuple[str, int, int], int] = {}

    def note(self, today: int, series: Sequence[tuple[str, int, int]]) -> None:
        for one in series:
            self.count += today - self._last.get(one, -EPISODE_DAYS - 1) > EPISODE_DAYS
            self._last[one] = today


def _learned(stream: Stream, company: Company | None = None) -> Ordinary:
    ordinary = learn(stream, company)
    if ordinary is None:
        raise ValueError("the history is too short to learn from")
    return ordinary


def _is_found(
    rng: np.random.Generator,
    towns: Stream,
    expected: Sequence[Expected],
    level: float,
    place: int,
    size: int,
) -> bool:
    """An outbreak that began yesterday, looked at last midnight and at this one. What it changes in the totals of the
    office is left out: some persons of hundreds."""
    topic = int(rng.integers(TOPICS))
    hours = rng.random() + 2 * rng.random(size)  # in days, from the midnight before it began
    yesterday, today = int((hours < 1).sum()), int(((hours >= 1) & (hours < 2)).sum())
    for one in expected:
        seen = towns.counts[place, topic, -one.window :].sum() + today + (yesterday if one.window > 1 else 0)
        if seen >= LEAST_PERSONS and one.rarity_at(place, topic, int(seen)) <= level:
            return True
    return False


def _figure(size: int, kind: str, hits: Sequence[bool]) -> Figure:
    name = f"found within 48 h: {size} persons, {kind}"
    wanted = 100 * WANTED_FOUND if size == JUDGED_SIZE and kind == RANDOM else None
    return Figure(name, 100 * sum(hits) / len(hits), "%", wanted, beside=f"{len(hits)} outbreaks")
