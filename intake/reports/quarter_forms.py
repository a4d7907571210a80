"""The quarter's report as a PDF's sections and as a workbook's sheets. Pure; words come from the staff's catalogue."""

from collections.abc import Iterator, Mapping, Sequence

from intake.boards.lines import PART_OF
from intake.indicators.measures import Figure
from intake.indicators.period import Period
from intake.indicators.report import told_of
from intake.reports.paper import Grid, Paper, Section
from intake.reports.quarter import QuarterReport, Reported
from intake.reports.words import day_words, number_words, share_of
from intake.reports.workbook import Sheet, Value
from intake.staff_texts import Texts
from intake.transparency.concealing import conceal_column, conceal_parts

MATRIX = (
    "id level official operational formula reading numerator denominator value goal status source confidence missing"
).split()
OF_AGENCY = "issued accepted_in_time replied replied_in_time returned late".split()


def quarter_paper(report: QuarterReport, texts: Texts, office: str) -> Paper:
    name = period_words(report.period, texts)
    lines = [
        texts("report.cut", day=day_words(report.cut)),
        texts("terms.source", source=report.matrix.source) + _doubt(texts, is_confirmed=report.matrix.is_confirmed),
        texts("report.frozen_note"),
    ]
    sections = [*_indicators(report, texts), _annex(report, texts), _parameters(report, texts)]
    title = texts("report.quarter_title", period=name)
    return Paper(office, title, lines, sections, f"{title} · {day_words(report.cut)}")


def quarter_sheets(report: QuarterReport, texts: Texts) -> list[Sheet]:
    head = [texts(f"report.column_{name}") for name in MATRIX]
    widths = [8, 22, 40, 40, 40, 30, 12, 12, 10, 10, 26, 40, 24, 30]
    agencies = [texts("expiring.agency"), *(texts(f"board.{name}") for name in OF_AGENCY)]
    parameters = [texts(f"report.{name}") for name in ("parameter", "value", "source", "confirmed")]
    folios = [texts(f"report.row_{name}") for name in ("id", "reading", "part", "folio", "opened", "due", "place")]
    return [
        Sheet(texts("report.sheet_matrix"), head, _matrix_rows(report, texts), widths),
        Sheet(texts("report.sheet_agencies"), agencies, _agency_rows(report), [40, *[14] * len(OF_AGENCY)]),
        Sheet(texts("report.sheet_folios"), folios, _folio_rows(report, texts), [8, 34, 14, 24, 12, 12, 34]),
        Sheet(texts("report.sheet_parameters"), parameters, _parameter_rows(report, texts), [28, 10, 70, 16]),
    ]


def period_words(period: Period, texts: Texts) -> str:
    return texts("period.quarter", number=period.name[-1], year=period.first.year)


def _indicators(report: QuarterReport, texts: Texts) -> Iterator[Section]:
    for one in report.matrix.indicators:
        own = [line for line in report.lines if line.indicator is one]
        per_cent = one.goal_in(report.period)
        goal = texts("indicators.goal", goal=number_words(per_cent)) if per_cent is not None else None
        known = [
            one.level,
            texts("indicators.frequency", frequency=one.frequency),
            goal or texts("indicators.no_goal"),
            texts("indicators.confidence", confidence=one.confidence),
        ]
        lines = [f"{one.operational}.", texts("indicators.formula", formula=one.formula), " · ".join(known)]
        if missing := _missing(own[0], texts):
            lines.append(missing)
        yield Section(f"{one.id} · {one.official}", lines, _readings(own, texts, report.k))


def _readings(lines: Sequence[Reported], texts: Texts, k: int) -> Grid | None:
    if lines[0].published:
        head = [texts("indicators.year"), texts("indicators.value"), texts("days.source")]
        values = [[str(one.year), f"{number_words(one.value)} %", one.source] for one in lines[0].published]
        return Grid(head, values, [1, 1, 6], [0, 1])
    if lines[0].reading is None:
        return None
    head = [texts(f"indicators.{name}") for name in ("reading", "numerator", "denominator", "value")]
    rows = [
        [line.reading.label if line.reading else "", *_sizes(line, texts, k), _status(line, texts)] for line in lines
    ]
    return Grid([*head, texts("report.column_status")], rows, [3.2, 1, 1.1, 1, 2], [1, 2, 3])


def _sizes(line: Reported, texts: Texts, k: int) -> list[str]:
    """Numerator, denominator, share. Agencies and rows of registers are no persons: all of them are told."""
    if line.figure is None:
        return ["", "", _percent(None, texts)]
    told = told_of(line.figure, 0 if line.is_of_others else k)
    sizes = [texts("figure.untold") if one is None else number_words(one) for one in (told.numerator, told.denominator)]
    return [*sizes, "" if told.numerator is None else _percent(line.figure, texts)]


def _annex(report: QuarterReport, texts: Texts) -> Section:
    head = [texts("expiring.agency"), *(texts(f"board.{name}") for name in OF_AGENCY)]
    under = texts("figure.untold")
    rows = [[under if value is None else str(value) for value in row] for row in _agency_rows(report)]
    grid = Grid(head, rows, [3, *[1.1] * len(OF_AGENCY)], list(range(1, 1 + len(OF_AGENCY))))
    note = texts("board.agencies_note") if rows else texts("figure.none")
    return Section(texts("report.annex"), [note], grid if rows else None)


def _parameters(report: QuarterReport, texts: Texts) -> Section:
    head = [texts(f"report.{name}") for name in ("parameter", "value", "source", "confirmed")]
    rows = [[str(value) for value in row] for row in _parameter_rows(report, texts)]
    return Section(texts("indicators.parameters"), (), Grid(head, rows, [2.4, 0.7, 4, 1.3], [1]))


def _matrix_rows(report: QuarterReport, texts: Texts) -> Iterator[Sequence[Value]]:
    source = report.matrix.source + _doubt(texts, is_confirmed=report.matrix.is_confirmed)
    for line in report.lines:
        one, figure, newest = line.indicator, line.figure, line.published[-1] if line.published else None
        yield [
            one.id,
            one.level,
            one.official,
            one.operational,
            one.formula,
            line.reading.label if line.reading else "",
            len(figure.numerator) if figure else None,
            len(figure.denominator) if figure else None,
            newest.value if newest else share_of(figure),
            one.goal_in(report.period),
            _status(line, texts) if figure else texts("indicators.of_year", year=newest.year) if newest else "",
            newest.source if newest else source,
            one.confidence,
            _missing(line, texts),
        ]


def _agency_rows(report: QuarterReport) -> Iterator[Sequence[Value]]:
    sizes = {name: [len(group.cells[name]) for group in report.agencies] for name in OF_AGENCY}
    told = {name: _told(sizes, name, report.k) for name in OF_AGENCY}
    for place, group in enumerate(report.agencies):
        yield [group.name or group.key, *(told[name][place] for name in OF_AGENCY)]


def _told(sizes: Mapping[str, Sequence[int]], name: str, k: int) -> Sequence[int | None]:
    """Each column beside the one that it is a part of."""
    if not k:
        return sizes[name]
    return conceal_parts(sizes[PART_OF[name]], sizes[name], k) if name in PART_OF else conceal_column(sizes[name], k)


def _parameter_rows(report: QuarterReport, texts: Texts) -> Iterator[Sequence[Value]]:
    for name, one in report.matrix.parameters.items():
        yield [name, one.value, one.source, texts("report.yes" if one.is_confirmed else "report.unconfirmed")]


def _folio_rows(report: QuarterReport, texts: Texts) -> Iterator[Sequence[Value]]:
    """Each row of each set; of what are no petitions their keys. No word of a petition."""
    for line in report.lines:
        if line.figure is None or line.reading is None:
            continue
        for part, keys in (("numerator", line.figure.numerator), ("denominator", line.figure.denominator)):
            head = [line.indicator.id, line.reading.label, texts(f"indicators.{part}")]
            if line.is_of_others:
                yield from ([*head, str(key), None, None, ""] for key in sorted(map(str, keys)))
                continue
            for row in sorted((report.rows[key] for key in keys if key in report.rows), key=lambda row: row.folio):
                yield [*head, row.folio, row.opened_on, row.due_on, row.place or texts("place.unknown")]


def _status(line: Reported, texts: Texts) -> str:
    if line.frozen_on:
        return texts("report.is_frozen", day=day_words(line.frozen_on))
    return texts("report.is_live")


def _missing(line: Reported, texts: Texts) -> str:
    one = line.indicator
    if one.external:
        return texts("indicators.external", source=one.external)
    return f"{texts('indicators.no_register')}: {one.register}" if one.register else ""


def _percent(figure: Figure | None, texts: Texts) -> str:
    share = share_of(figure)
    return texts("figure.nothing") if share is None else f"{number_words(share)} %"


def _doubt(texts: Texts, *, is_confirmed: bool) -> str:
    return "" if is_confirmed else f" ({texts('report.unconfirmed')})"
