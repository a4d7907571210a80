"""The boards' charts: what each shows of the counts, in which words."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from admin.figures.charting import SHOWN, Cell, Chart, Eyes, Names, Row, bucket_of, buckets, label_of
from admin.writing import number, percent
from intake.boards.chance import interval
from intake.boards.lines import PART_OF, Board, Line
from intake.boards.sums import Counted
from intake.boards.tally import DAYS_MOST, HOPS_MOST, MARKS, UNNAMED, WHOLE

OUTCOMES = ("delivered", "accepted", "doubtful", "failed")
PLACES = ("first", "listed", "other", "none")
DAYS = ((0, 0), (1, 1), (2, 2), (3, 5), (6, 10), (11, 30), (31, DAYS_MOST))


@dataclass(frozen=True)
class Rated:
    """How many gave each mark: of the bucket that begins on `day`, or of an agency."""

    label: str
    marks: Mapping[str, int]
    day: date | None = None
    agency: str = ""


def make_charts(eyes: Eyes, counted: Counted, board: Board, names: Names) -> list[Chart]:
    return [
        funnel(eyes, board),
        agencies(eyes, board),
        topics(eyes, names),
        flow(eyes, counted),
        hops(eyes, counted),
        right_agency(eyes, counted),
        suggestions(eyes, counted),
        quality(eyes, counted),
        satisfaction(eyes, counted),
        satisfaction_by_agency(eyes, counted, names),
        channels(eyes, counted),
        languages(eyes, counted),
    ]


def name_key(eyes: Eyes, figure: str, key: str) -> str:
    """What a number is of, as its chart calls it."""
    if figure == "came":
        return _channel(eyes, key)
    if figure == "hops":
        return _hops_name(eyes, key)
    if figure == "language":
        return _language(eyes, key)
    if figure == "suggested" and key in PLACES:
        return eyes.texts(f"charts.place_{key}")
    if figure == "rated" and key in MARKS:
        return eyes.texts(f"rating.{key}")
    if figure == "sent":
        channel, _, outcome = key.partition(":")
        known = f"charts.sent_{outcome}"
        return f"{_channel(eyes, channel)}, {eyes.texts(known).lower() if eyes.texts.has(known) else outcome}"
    if figure == "solved" and eyes.texts.has(f"charts.quality_{key}"):
        return eyes.texts(f"charts.quality_{key}")
    first, _, last = key.partition("-")
    if figure == "right_agency" and first.isdecimal() and last.isdecimal():
        return _span(eyes, int(first), int(last))
    return key or eyes.texts("board.all")


def funnel(eyes: Eyes, board: Board) -> Chart:
    names, sizes = list(board.funnel.cells), list(board.funnel.cells.values())
    links = [(name, WHOLE) for name in names]
    before = [sizes[0], *sizes[:-2], sizes[0]]  # told is a part of what was received: not all of it was referred
    cells = eyes.counts(sizes, links, part="funnel", of=before)
    rows = [
        Row(eyes.texts(f"board.{name}"), [cell, eyes.share(cell, cells[0])])
        for name, cell in zip(names, cells, strict=True)
    ]
    return Chart("funnel", "bars", _said(eyes, "board.petitions", "board.of_received"), rows, [0])


def agencies(eyes: Eyes, board: Board) -> Chart:
    """Drawn: what became of the referrals, in parts that add up."""
    columns = ("issued", "accepted_in_time", "replied", "replied_in_time", "returned", "late")
    rows = _lines(eyes, board.agencies, "agencies", columns)
    names = _said(eyes, *(f"board.{name}" for name in columns))
    return Chart("agencies", "bars", names, rows, [3, 4, 5], eyes.texts("charts.agencies_said"))


def flow(eyes: Eyes, counted: Counted) -> Chart:
    rows = _over_time(eyes, counted, [("received", WHOLE), ("told", WHOLE)], are_parts=True)
    return Chart("flow", "lines", _said(eyes, "board.received", "board.told"), rows, [0, 1])


def topics(eyes: Eyes, names: Names) -> Chart:
    """Persons; marked where an alert began that nobody found to be nothing."""
    streams = names.streams
    bucket = bucket_of(eyes.period)
    sums: dict[date, Counter[str]] = defaultdict(Counter)
    for day, own in streams.by_day.items():
        sums[bucket(day)].update(own)
    days = buckets(eyes.period, list(streams.by_day))
    columns = [
        eyes.counts([sums[day][topic] for day in days], [("topic", topic)] * len(days), days=days)
        for topic in streams.topics
    ]
    rows = [Row(label_of(eyes.period, day), [column[place] for column in columns]) for place, day in enumerate(days)]
    marks = [
        (
            label_of(eyes.period, bucket(mark.began_on)),
            streams.topics.index(mark.topic),
            _marked(eyes, names, mark.territory),
        )
        for mark in streams.marks
    ]
    said = eyes.texts("charts.topics_marks", count=len(marks)) if marks else eyes.texts("charts.topics_quiet")
    heads = [names.topic(topic) for topic in streams.topics]
    return Chart("topics", "lines", heads, rows, list(range(len(heads))), said, marks)


def hops(eyes: Eyes, counted: Counted) -> Chart:
    keys = [str(one + 1) for one in range(HOPS_MOST)]

    return _parts(eyes, counted, "hops", keys, lambda key: _hops_name(eyes, key))


def right_agency(eyes: Eyes, counted: Counted) -> Chart:
    """From the reception to the referral that the agency took; whole days."""
    days = {int(key): count for key, count in counted.of("right_agency").items()}
    sizes = [sum(count for day, count in days.items() if first <= day <= last) for first, last in DAYS]
    links = [("right_agency", f"{first}-{last}") for first, last in DAYS]
    cells = eyes.counts(sizes, links)
    whole = Cell(sum(sizes), "")
    rows = [Row(_span(eyes, *span), [cell, eyes.share(cell, whole)]) for span, cell in zip(DAYS, cells, strict=True)]
    said = ""
    if sum(sizes) >= max(eyes.k, 1):
        middle, slow = (_span(eyes, day, day).lower() for day in (_quantile(days, 0.5), _quantile(days, 0.9)))
        said = eyes.texts("charts.right_agency_said", middle=middle, slow=slow)
    return Chart("right_agency", "bars", _said(eyes, "charts.matters", "charts.share"), rows, [0], said)


def suggestions(eyes: Eyes, counted: Counted) -> Chart:
    rows = _over_time(eyes, counted, [("suggested", key) for key in PLACES])
    sizes = counted.of("suggested")
    whole = sum(sizes.get(key, 0) for key in PLACES if key != "none")
    cells = eyes.counts([sizes.get(key, 0) for key in PLACES])
    said = ""
    if whole and cells[0].value is not None and all(cell.value is not None for cell in cells[:3]):
        said = eyes.texts("charts.suggestions_said", share=percent(cells[0].value / whole), count=number(whole))
    return Chart(
        "suggestions", "columns", _said(eyes, *(f"charts.place_{key}" for key in PLACES)), rows, [0, 1, 2, 3], said
    )


def quality(eyes: Eyes, counted: Counted) -> Chart:
    """Of what was answered: what the person said of it, and what had to be opened again."""
    solved, again = counted.of("solved"), counted.total("reopened")
    links = [("solved", "yes"), ("solved", "no"), ("solved", "unsaid"), ("reopened", WHOLE)]
    said, whole = [solved.get(key, 0) for _, key in links[:3]], Cell(sum(solved.values()), "")
    cells = [*eyes.counts(said, links[:3]), *eyes.counts([again], links[3:], of=[sum(said)])]  # no fourth part of it
    rows = [
        Row(eyes.texts(f"charts.quality_{key or figure}"), [cell, eyes.share(cell, whole)])
        for (figure, key), cell in zip(links, cells, strict=True)
    ]
    return Chart("quality", "bars", _said(eyes, "board.petitions", "charts.of_told"), rows, [0])


def satisfaction(eyes: Eyes, counted: Counted) -> Chart:
    bucket = bucket_of(eyes.period)
    sums: dict[date, Counter[str]] = defaultdict(Counter)
    for day, own in counted.by_day.items():
        sums[bucket(day)].update({key: count for (figure, key), count in own.items() if figure == "rated"})
    known = [day for day in buckets(eyes.period, list(counted.by_day)) if sums[day]]
    rows = _ratings(eyes, [Rated(label_of(eyes.period, day), sums[day], day=day) for day in known])
    whole, asked = Counter(counted.of("rated")), counted.total("asked")
    said = ""
    parts = whole["good"], sum(whole.values()) - whole["good"], asked - sum(whole.values())
    if sum(whole.values()) >= max(eyes.k, 1) and not any(0 < part < eyes.k for part in parts):
        low, high = interval(whole["good"], sum(whole.values()))
        said = eyes.texts(
            "charts.satisfaction_said",
            share=percent(whole["good"] / sum(whole.values())),
            low=percent(low),
            high=percent(high),
            count=number(sum(whole.values())),
            asked=number(asked),
        )
    return Chart("satisfaction", "interval", _rating_heads(eyes), rows, [4, 5, 6], said)


def satisfaction_by_agency(eyes: Eyes, counted: Counted, names: Names) -> Chart:
    marks = {mark: counted.of(f"rated.{mark}") for mark in MARKS}
    sums = {
        key: Counter({mark: own.get(key, 0) for mark, own in marks.items()})
        for key in {k for own in marks.values() for k in own}
    }
    known = sorted(sums.items(), key=lambda item: (-sum(item[1].values()), item[0]))
    rows = _ratings(eyes, [Rated(names.agency(key), own, agency=key) for key, own in known])
    return Chart("satisfaction_by_agency", "interval", _rating_heads(eyes), rows[:SHOWN], [4, 5, 6])


def channels(eyes: Eyes, counted: Counted) -> Chart:
    """What came by each channel, and what became of what was sent by it."""
    sent = counted.of("sent")
    came = counted.of("came")
    keys = sorted({*came, *(key.partition(":")[0] for key in sent)}, key=lambda key: (-came.get(key, 0), key))
    columns = [eyes.counts([came.get(key, 0) for key in keys], [("came", key) for key in keys])]
    for name in OUTCOMES:
        links = [("sent", f"{key}:{name}") for key in keys]
        columns.append(eyes.counts([sent.get(key, 0) for _, key in links], links))
    rows = [Row(_channel(eyes, key), [column[place] for column in columns]) for place, key in enumerate(keys)]
    heads = _said(eyes, "charts.came", *(f"charts.sent_{name}" for name in OUTCOMES))
    return Chart("channels", "bars", heads, rows, [1, 2, 3, 4])


def languages(eyes: Eyes, counted: Counted) -> Chart:
    spoken = counted.of("language")
    keys = sorted(spoken, key=lambda key: (-spoken[key], key))

    states = counted.of("interpreter")
    said = ""
    if spoken and not eyes.k:
        said = eyes.texts(
            "charts.languages_said", count=number(sum(spoken.values())), done=number(states.get("done", 0))
        )
    return _parts(eyes, counted, "languages", keys, lambda key: _language(eyes, key), figure="language", said=said)


def _parts(
    eyes: Eyes,
    counted: Counted,
    name: str,
    keys: Sequence[str],
    label: Callable[[str], str],
    *,
    figure: str = "",
    said: str = "",
) -> Chart:
    sizes = counted.of(figure or name)
    cells = eyes.counts([sizes.get(key, 0) for key in keys], [(figure or name, key) for key in keys])
    whole = Cell(sum(sizes.values()), "")
    rows = [Row(label(key), [cell, eyes.share(cell, whole)]) for key, cell in zip(keys, cells, strict=True)]
    unit = "charts.matters" if name == "hops" else "board.petitions"
    return Chart(name, "bars", _said(eyes, unit, "charts.share"), rows, [0], said)


def _lines(eyes: Eyes, lines: Sequence[Line], part: str, columns: Sequence[str]) -> list[Row]:
    def column(name: str) -> list[int]:
        return [line.cells[name] for line in lines]

    cells = [
        eyes.counts(
            column(name),
            [(name, line.key) for line in lines],
            part=part,
            of=column(PART_OF[name]) if name in PART_OF else None,
        )
        for name in columns
    ]
    return [Row(line.name or line.key, [column[place] for column in cells]) for place, line in enumerate(lines)]


def town_rows(eyes: Eyes, board: Board) -> list[Row]:
    return _lines(eyes, board.towns, "towns", ("received", "told", "late"))


def _ratings(eyes: Eyes, lines: Sequence[Rated]) -> list[Row]:
    """Their totals are hidden together: all of them are told beside, so one alone would be found."""
    totals = eyes.counts([sum(line.marks.values()) for line in lines])
    return [_rating(eyes, line, told) for line, told in zip(lines, totals, strict=True)]


def _rating(eyes: Eyes, line: Rated, told: Cell) -> Row:
    own, whole = line.marks, sum(line.marks.values())
    if told.value is None or any(0 < own.get(mark, 0) < eyes.k for mark in MARKS):
        hidden = Cell(None, eyes.texts("figure.untold"))
        return Row(line.label, [hidden, hidden, hidden, told, Cell(None, ""), Cell(None, ""), Cell(None, "")])
    links = [(f"rated.{mark}", line.agency) if line.agency else ("rated", mark) for mark in MARKS]
    shown = [own.get(mark, 0) for mark in MARKS]
    cells = [
        Cell(count, number(count), eyes.link(*link, day=line.day) if count and not eyes.k else None)
        for count, link in zip(shown, links, strict=True)
    ]
    low, high = interval(own.get("good", 0), whole)
    shares = [Cell(round(100 * one, 1), percent(one)) for one in (own.get("good", 0) / whole, low, high)]
    return Row(line.label, [*cells, told, *shares])


def _rating_heads(eyes: Eyes) -> list[str]:
    return _said(
        eyes, *(f"rating.{mark}" for mark in MARKS), "charts.rated", "charts.good_share", "charts.low", "charts.high"
    )


def _over_time(
    eyes: Eyes, counted: Counted, additions: Sequence[tuple[str, str]], *, are_parts: bool = False
) -> list[Row]:
    """`are_parts`: each addition counts a part of the first one."""
    bucket = bucket_of(eyes.period)
    sums: dict[date, Counter[tuple[str, str]]] = defaultdict(Counter)
    for day, own in counted.by_day.items():
        sums[bucket(day)].update(own)
    days = buckets(eyes.period, list(counted.by_day))
    sizes = [[sums[day][one] for day in days] for one in additions]
    columns = [
        eyes.counts(own, [additions[place]] * len(days), of=sizes[0] if are_parts and place else None, days=days)
        for place, own in enumerate(sizes)
    ]
    return [Row(label_of(eyes.period, day), [column[place] for column in columns]) for place, day in enumerate(days)]


def _span(eyes: Eyes, first: int, last: int) -> str:
    if last >= DAYS_MOST:
        return eyes.texts("charts.days_over", first=first)
    if first == last:
        return eyes.texts(("charts.days_none", "charts.days_one")[first] if first < 2 else "charts.days", count=first)
    return eyes.texts("charts.days_span", first=first, last=last)


def _quantile(days: Mapping[int, int], share: float) -> int:
    wanted, seen = share * sum(days.values()), 0
    for day, count in sorted(days.items()):
        seen += count
        if seen >= wanted:
            return day
    return 0


def _hops_name(eyes: Eyes, key: str) -> str:
    last, one = "charts.hops_last", "charts.hops_one"
    return eyes.texts(last if key == str(HOPS_MOST) else one if key == "1" else "charts.hops_many", count=key)


def _language(eyes: Eyes, key: str) -> str:
    return eyes.texts("charts.language_unknown") if key == UNNAMED else key.capitalize()


def _channel(eyes: Eyes, key: str) -> str:
    return eyes.texts(f"channel.{key}") if eyes.texts.has(f"channel.{key}") else key


def _marked(eyes: Eyes, names: Names, territory: str) -> str:
    return eyes.texts("charts.mark", place=names.place(territory))


def _said(eyes: Eyes, *keys: str) -> list[str]:
    return [eyes.texts(key) for key in keys]
