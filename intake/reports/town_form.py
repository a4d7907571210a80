"""A municipality's sheet as a PDF's sections. Pure; words come from the staff's catalogue."""

from collections.abc import Sequence

from intake.reports.paper import Grid, Paper, Section
from intake.reports.town import Counts, Town
from intake.reports.words import day_words, number_words, short_day
from intake.staff_texts import Texts
from intake.thinking.facts import shorten

TEXT_SHOWN = 220  # characters of an agreement; the whole one is on its page
COUNTED = ("received", "told", "open", "late")


def town_paper(town: Town, texts: Texts, office: str) -> Paper:
    place = town.place
    lines = [
        texts("town.where", region=place.region, district=place.distrito, population=number_words(place.population)),
        texts("town.since", since=day_words(town.since), cut=day_words(town.cut)),
        " · ".join(f"{count} {texts(f'town.{name}')}" for name, count in zip(COUNTED, _cells(town.whole), strict=True)),
    ]
    topics = _counted(texts, "topics", "topic.title", "town.no_topic", town.topics)
    agencies = _counted(texts, "agencies", "expiring.agency", "town.not_referred", town.agencies)
    sections = [topics, agencies, _statuses(town, texts), _due(town, texts), _agreements(town, texts)]
    footer = texts("town.footer", name=place.nombre, cut=day_words(town.cut))
    return Paper(office, texts("town.title", name=place.nombre), lines, sections, footer)


def _counted(texts: Texts, title: str, what: str, none: str, counted: Sequence[tuple[str | None, Counts]]) -> Section:
    """`none`: how those without a name are called."""
    head = [texts(what), *(texts(f"town.{name}").capitalize() for name in COUNTED)]
    rows = [[name or texts(none), *_cells(counts)] for name, counts in counted]
    grid = Grid(head, rows, [3.4, 1, 1.5, 1, 1], [1, 2, 3, 4])
    return Section(texts(f"town.{title}"), [texts(f"town.{title}_note")], grid if rows else None)


def _statuses(town: Town, texts: Texts) -> Section:
    words = " · ".join(f"{texts(f'status.{status}')}: {count}" for status, count in town.statuses)
    return Section(texts("town.statuses"), [words or texts("figure.none")])


def _due(town: Town, texts: Texts) -> Section:
    if not town.due:
        return Section(texts("town.pending"), [texts("town.pending_none")])
    head = [
        texts("trail.folio"),
        texts("figure.received"),
        texts("due.label"),
        texts("figure.status"),
        texts("expiring.agency"),
    ]
    rows = [
        [
            one.folio,
            short_day(one.opened_on),
            f"{short_day(one.due_on)}{' · ' + texts('town.overdue') if one.is_late else ''}",
            texts(f"status.{one.status}"),
            ", ".join(one.agencies) or texts("bulk.caution_reserved" if one.is_reserved else "town.not_referred"),
        ]
        for one in town.due
    ]
    lines = [texts("town.more", count=town.more)] if town.more else []
    return Section(texts("town.pending"), lines, Grid(head, rows, [1.8, 1.1, 1.7, 1.5, 2.6]))


def _agreements(town: Town, texts: Texts) -> Section:
    if not town.agreements:
        return Section(texts("town.agreements"), [texts("town.no_agreements")])
    head = [texts(f"agreements.column_{name}") for name in ("number", "text", "parties", "meeting", "due")]
    rows = [
        [
            str(one.id),
            shorten(one.text, TEXT_SHOWN),
            "; ".join(one.parties),
            one.meeting,
            f"{short_day(one.due_on)}{' · ' + texts('agreements.pressure_late') if one.left < 0 else ''}",
        ]
        for one in town.agreements
    ]
    lines = [texts("town.more_agreements", count=town.more_agreements)] if town.more_agreements else []
    return Section(texts("town.agreements"), lines, Grid(head, rows, [0.6, 3.6, 2.4, 1.8, 1.3], [0]))


def _cells(counts: Counts) -> list[str]:
    return [number_words(getattr(counts, name)) for name in COUNTED]
