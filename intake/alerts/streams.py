"""Daily counts of persons, and what an ordinary day of each series would bring.

A series is one topic in one territory. Its rate is Gamma-Poisson (empirical Bayes: D. Clayton and J. Kaldor, Biometrics
43, 1987, 671-681): what the series itself has shown, drawn towards its topic's share and its territory's
share while it has shown little. Days are made comparable by an exposure: weekday, closed day, growth, and what happened
to the whole office on that day. Pure; called by `scanning`.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.integer[Any]]
GUARD_DAYS, BASELINE_DAYS, LEAST_DAYS = 28, 364, 28  # between baseline and today; of baseline at most, at least
LEVEL_DAYS = 28  # over which the office's own growth is smoothed
SHOCK_KAPPA, TREND_KAPPA = 5.0, 5.0  # persons: how much an ordinary day weighs against what one day shows
TREND_DAYS, TREND_MIN, TREND_MAX = 14, 0.5, 6.0
SHAPE_MIN, SHAPE_MAX = 0.2, 50.0
SPREAD_MIN, SPREAD_MAX = 1.05, 5.0
RARE = 0.02  # persons a day: in such a series two on one day came together
TWO, MORE, COMPANY_KAPPA = 0.02, 0.2, 20.0  # what is believed of company before anything was seen; how firmly
WEEK = 7


@dataclass(frozen=True)
class Stream:
    """`counts`: territory × topic × day, each person once; the last day is today. `kinds`: what sort of day each is
    (0-6 Monday to Sunday, 7 no office). `sizes`: inhabitants of each territory. `groups`: the region of each."""

    counts: Counts
    kinds: NDArray[np.int64]
    sizes: Floats
    groups: NDArray[np.int64]


@dataclass(frozen=True)
class Company:
    """Who comes does not always come alone: a household, a street. `two`: chance that a person brings another on the
    same day, `more`: that those bring a further one, and so on."""

    two: float
    more: float


@dataclass(frozen=True)
class Ordinary:
    """`rates`: persons a unit of exposure, `shapes`: how sure that is (Gamma), both territory × topic. `exposures`:
    of each day of the stream. `spreads`: of each topic, variance over mean of a week (1: persons come one by one)."""

    rates: Floats
    shapes: Floats
    exposures: Floats
    spreads: Floats
    company: Company


def learn(stream: Stream, company: Company | None = None) -> Ordinary | None:
    """From the days before the guard; None while there are too few. `company`: as smaller territories have shown it,
    which a large one cannot."""
    days = stream.counts.shape[2]
    until = days - GUARD_DAYS
    since = max(0, until - BASELINE_DAYS)
    if until - since < LEAST_DAYS:
        return None
    exposures = expose(stream)
    past = _without_peaks(stream.counts[:, :, since:until])
    weight = float(exposures[since:until].sum())
    shown = past.sum(axis=2)
    guesses = _guess(shown, stream.sizes) / weight
    shape = _likeness(shown, guesses * weight)
    shapes = shape + shown
    rates = shapes / (shape / guesses + weight)
    weights = exposures[since:until]
    company = company or _company(stream.counts[:, :, since:until], rates, weights)
    return Ordinary(rates, shapes, exposures, _spreads(past, rates, weights), company)


def expose(stream: Stream) -> Floats:
    """How many persons the whole office would hear on each day, if all went its ordinary way.

    The last weeks' level times what that kind of day brings, times what the middle one of the regions made of the day:
    a campaign or a breakdown moves all of them, an event in one region does not move the middle one.
    """
    totals = stream.counts.sum(axis=(0, 1)).astype(np.float64)
    factors = np.ones(stream.kinds.max() + 1)
    for _ in range(2):  # the level without the week's shape, then the shape without growth
        level = _smooth(totals / factors[stream.kinds])
        for kind in np.unique(stream.kinds):
            of_kind = stream.kinds == kind
            factors[kind] = (totals[of_kind].sum() + 1) / (level[of_kind].sum() + 1)
    ordinary = np.maximum(level * factors[stream.kinds], 0.01)
    return ordinary * _shocks(stream, ordinary)


def trends(stream: Stream, ordinary: Ordinary, window: int) -> Floats:
    """Territory × topic: how far the topic is up or down in all other territories, now or in the last two weeks."""
    found = []
    for days in {window, max(window, TREND_DAYS)}:
        expected = ordinary.rates * ordinary.exposures[-days:].sum()
        seen = stream.counts[:, :, -days:].sum(axis=2)
        others_seen = np.maximum(seen.sum(axis=0) - seen, 0)
        others_expected = np.maximum(expected.sum(axis=0) - expected, 0)
        found.append((others_seen + TREND_KAPPA) / (others_expected + TREND_KAPPA))
    trend: Floats = np.clip(np.maximum.reduce(found), TREND_MIN, TREND_MAX)
    return trend


def regions_of(towns: Stream) -> Stream:
    """The same persons by region, in the order of the regions' numbers."""
    groups = np.unique(towns.groups)
    counts: Counts = np.stack([towns.counts[towns.groups == group].sum(axis=0) for group in groups])
    sizes = np.array([towns.sizes[towns.groups == group].sum() for group in groups])
    return Stream(counts, towns.kinds, sizes, groups)


def state_of(towns: Stream) -> Stream:
    """The same persons as of one territory. Its day is all topics' day: what rises is a topic's share of them."""
    counts: Counts = towns.counts.sum(axis=0, keepdims=True)
    return Stream(counts, towns.kinds, towns.sizes.sum(keepdims=True), np.zeros(1, np.int64))


def _smooth(totals: Floats) -> Floats:
    """The mean of the days around and before, never of days to come."""
    sums = np.concatenate(([0.0], np.cumsum(totals)))
    ends = np.arange(1, len(totals) + 1)
    begins = np.maximum(0, ends - LEVEL_DAYS)
    level: Floats = (sums[ends] - sums[begins]) / (ends - begins)
    return level


def _shocks(stream: Stream, ordinary: Floats) -> Floats:
    by_territory = stream.counts.sum(axis=1)
    groups = np.unique(stream.groups)
    seen = np.array([by_territory[stream.groups == group].sum(axis=0) for group in groups])
    shares = (seen.sum(axis=1, keepdims=True) + 1) / (seen.sum() + len(groups))
    expected = shares * ordinary
    shock: Floats = np.median((seen + SHOCK_KAPPA) / (expected + SHOCK_KAPPA), axis=0)
    return shock


def _without_peaks(past: Counts) -> Counts:
    """An outbreak of last year must not hide this year's: days far above the series' own mean count as less."""
    means = past.mean(axis=2, keepdims=True)
    caps = np.ceil(means + 3 * np.sqrt(means)) + 1
    capped: Counts = np.minimum(past, caps.astype(past.dtype))
    return capped


def _guess(shown: Counts, sizes: Floats) -> Floats:
    """Persons of each series if topics were the same everywhere; a territory that has shown little is as its size."""
    total, places = shown.sum(), len(sizes)
    of_topic = (shown.sum(axis=0) + 0.5) / (total + 0.5 * shown.shape[1])
    of_place = (shown.sum(axis=1) + places * sizes / sizes.sum()) / (total + places)
    guess: Floats = np.maximum(np.outer(of_place, of_topic) * max(total, 1), 1e-6)
    return guess


def _likeness(shown: Counts, guesses: Floats) -> float:
    """The Gamma's shape by moments: how closely series follow their guess."""
    beyond = float((((shown - guesses) ** 2) - guesses).sum())
    squares = float((guesses**2).sum())
    return SHAPE_MAX if beyond <= 0 else float(np.clip(squares / beyond, SHAPE_MIN, SHAPE_MAX))


def _spreads(past: Counts, rates: Floats, exposures: Floats) -> Floats:
    """What the topic did in the whole state in that week is no spread of its series; of the state itself it is."""
    weeks = past.shape[2] // WEEK
    seen = past[:, :, : weeks * WEEK].reshape(*past.shape[:2], weeks, WEEK).sum(axis=3)
    expected = rates[:, :, None] * exposures[: weeks * WEEK].reshape(weeks, WEEK).sum(axis=1)
    if len(past) > 1:
        expected *= (seen.sum(axis=0) + TREND_KAPPA) / (expected.sum(axis=0) + TREND_KAPPA)
    ratio = ((seen - expected) ** 2).sum(axis=(0, 2)) / np.maximum(expected.sum(axis=(0, 2)), 1e-9)
    spread: Floats = np.clip(ratio, SPREAD_MIN, SPREAD_MAX)
    return spread


def _company(past: Counts, rates: Floats, exposures: Floats) -> Company:
    """From series so rare that chance brings hardly two on a day; what chance brings is taken off."""
    daily = rates * exposures.mean()
    rare = past[daily < RARE]
    means = daily[daily < RARE] * len(exposures)
    by_chance = float((rates[daily < RARE] ** 2).sum() * (exposures**2).sum() / 2)
    twos = max(0.0, float((rare >= 2).sum()) - by_chance)
    threes = float((rare >= 3).sum())
    two = (twos + TWO * COMPANY_KAPPA) / (float(means.sum()) + COMPANY_KAPPA)
    more = (threes + MORE * COMPANY_KAPPA) / (max(twos, threes) + COMPANY_KAPPA)
    return Company(min(two, 0.5), min(more, 0.7))
