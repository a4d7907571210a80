"""The week's note as a PDF's sections. Pure; words come from the staff's catalogue."""

from intake.reports.paper import Grid, Paper, Section
from intake.reports.week import WeekNote
from intake.reports.words import day_words, number_words
from intake.staff_texts import Texts

FLOW = ("received", "told", "referrals", "emergencies", "incidents")


def week_paper(note: WeekNote, texts: Texts, office: str) -> Paper:
    title = texts("week.title", first=day_words(note.week.first), last=day_words(note.week.last))
    lines = [texts("report.cut", day=day_words(note.cut)), texts("week.note")]
    sections = [_flow(note, texts), _stock(note, texts), _debts(note, texts), _towns(note, texts)]
    return Paper(office, title, lines, sections, texts("week.footer", cut=day_words(note.cut)))


def _flow(note: WeekNote, texts: Texts) -> Section:
    rows = [
        [
            texts(f"week.{name}"),
            number_words(getattr(note.now, name)),
            number_words(getattr(note.before, name)),
            f"{getattr(note.now, name) - getattr(note.before, name):+d}",
        ]
        for name in FLOW
    ]
    head = [texts("week.what"), texts("week.this"), texts("week.before"), texts("week.change")]
    return Section(texts("week.flow"), (), Grid(head, rows, [4, 1.2, 1.4, 1.2], [1, 2, 3]))


def _stock(note: WeekNote, texts: Texts) -> Section:
    words = " · ".join(
        f"{number_words(count)} {texts(f'board.now_{name}')}"
        for name, count in note.stock.items()
        if name != "received_today"
    )
    return Section(texts("week.stock"), [words])


def _debts(note: WeekNote, texts: Texts) -> Section:
    if not note.debts:
        return Section(texts("week.debts"), [texts("week.no_debts")])
    head = [texts("expiring.agency"), texts("week.open"), texts("week.late"), texts("week.soon")]
    rows = [[one.agency, *map(number_words, (one.open, one.late, one.soon))] for one in note.debts]
    return Section(texts("week.debts"), (), Grid(head, rows, [4, 1.2, 1.2, 1.4], [1, 2, 3]))


def _towns(note: WeekNote, texts: Texts) -> Section:
    if not note.towns:
        return Section(texts("week.towns"), [texts("figure.none")])
    head = [texts("place.municipality"), texts("week.this"), texts("week.before")]
    rows = [[name, number_words(now), number_words(before)] for name, now, before in note.towns]
    return Section(texts("week.towns"), (), Grid(head, rows, [4, 1.2, 1.4], [1, 2]))
