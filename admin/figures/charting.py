"""What a chart is: a table in words, which of its columns are drawn, where each number's rows are. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import quote

from babel.dates import format_date

from admin.writing import LOCALE, number, percent
from intake.boards.topics import Streams
from intake.errors import NotFound
from intake.indicators.period import Period
from intake.staff_texts import Texts
from intake.transparency.concealing import conceal_column, conceal_parts

SHOWN = 15  # agencies in a drawing; the table has all
LONG_DAYS = 120  # a period that is longer is drawn by months


@dataclass(frozen=True)
class Cell:
    """`value` None: too few to be told, or nothing to divide by. `href`: where its rows are."""

    value: float | None
    shown: str
    href: str | None = None


@dataclass(frozen=True)
class Row:
    label: str
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Chart:
    """`drawn`: which columns are series; of shape `interval`: share, its low, its high, in per cent. `marks`: label of
    a row, number of a series, words."""

    name: str
    shape: str  # bars: one below the other; columns: over time, stacked; lines: over time; interval
    columns: Sequence[str]
    rows: Sequence[Row]
    drawn: Sequence[int]
    said: str = ""
    marks: Sequence[tuple[str, int, str]] = ()

    @property
    def is_empty(self) -> bool:
        return not any(cell.value for row in self.rows for cell in row.cells)

    def drawing(self, title: str) -> dict[str, object]:
        """What the script is given."""
        rows = self.rows[:SHOWN] if self.shape == "bars" else self.rows
        return {
            "name": self.name,
            "title": title,
            "shape": self.shape,
            "labels": [row.label for row in rows],
            "series": [
                {"name": self.columns[place], "values": [row.cells[place].value for row in rows]}
                for place in self.drawn
            ],
            "marks": [list(mark) for mark in self.marks],
        }


@dataclass(frozen=True)
class Eyes:
    """Whose: `k` 0: sees every count and opens its rows."""

    texts: Texts
    period: Period
    k: int

    def counts(
        self,
        counts: Sequence[int],
        links: Sequence[tuple[str, str]] | None = None,
        *,
        part: str = "charts",
        of: Sequence[int] | None = None,
        days: Sequence[date] = (),
    ) -> list[Cell]:
        """Of one column, whose small ones hide together. `links`: figure and key behind each; `of`: what stands in the
        same rows and each is a part of; `days`: on which each one's bucket begins."""
        shown = self._told(counts, of) if self.k else list(counts)
        hrefs = [""] * len(counts)
        if links and not self.k:
            dated: Sequence[date | None] = days or [None] * len(counts)
            hrefs = [self.link(*link, part=part, day=day) for link, day in zip(links, dated, strict=True)]
        return [self._cell(count, href) for count, href in zip(shown, hrefs, strict=True)]

    def link(self, figure: str, key: str, *, part: str = "charts", day: date | None = None) -> str:
        """Where the rows behind a number are; `day`: of the bucket that begins on it."""
        of_bucket = f"&dia={day.isoformat()}" if day else ""
        return f"/tablero/{part}/{figure}?periodo={self.period.name}&de={quote(key)}{of_bucket}"

    def share(self, part: Cell, whole: Cell) -> Cell:
        if part.value is None or not whole.value:
            return Cell(None, "" if whole.value is None else self.texts("figure.nothing"))
        return Cell(round(100 * part.value / whole.value, 1), percent(part.value / whole.value))

    def _told(self, counts: Sequence[int], of: Sequence[int] | None) -> list[int | None]:
        return conceal_column(counts, self.k) if of is None else conceal_parts(of, counts, self.k)

    def _cell(self, count: int | None, href: str) -> Cell:
        if count is None:
            return Cell(None, self.texts("figure.untold"))
        return Cell(count, number(count), href if count and href else None)


@dataclass(frozen=True)
class Names:
    """What keys are called; the topics' streams."""

    agency: Callable[[str], str]
    topic: Callable[[str], str]
    place: Callable[[str], str]
    streams: Streams


def bucket_of(period: Period) -> Callable[[date], date]:
    """The first day of the month, of the week, or the day itself."""
    if period.is_month:
        return lambda day: day
    if (period.last - period.first).days > LONG_DAYS:
        return lambda day: day.replace(day=1)
    return lambda day: max(period.first, day - timedelta(days=day.weekday()))


def buckets(period: Period, days: Iterable[date]) -> list[date]:
    """From the period's first day up to the last on which there was something."""
    known = sorted(days)
    if not known:
        return []
    bucket, count = bucket_of(period), (min(period.last, known[-1]) - period.first).days + 1
    return sorted({bucket(period.first + timedelta(days=one)) for one in range(count)})


def span_of(period: Period, day: date) -> Period:
    """The bucket that a day is in, under the period's name. Raises NotFound for a day outside of the period."""
    if not period.first <= day <= period.last:
        raise NotFound(f"{day} is not in {period.name}")
    bucket = bucket_of(period)
    first = last = max(period.first, bucket(day))
    while last < period.last and bucket(last + timedelta(days=1)) == bucket(day):
        last += timedelta(days=1)
    return Period(period.name, first, last)


def label_of(period: Period, day: date) -> str:
    is_long = not period.is_month and (period.last - period.first).days > LONG_DAYS
    return format_date(day, "MMM y" if is_long else "EEE d MMM", locale=LOCALE)
