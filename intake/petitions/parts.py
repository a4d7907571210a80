"""Where a text may be parted into several matters, and whose each would be. A proposal: nothing is changed here."""

from collections.abc import Sequence
from dataclasses import dataclass

from intake.jurisdiction import Agency
from intake.office import Office
from nlp.reading import Municipality


@dataclass(frozen=True)
class Part:
    """Characters of a matter's text from `start` on, up to the next part; `agency`: whose the mind thinks it is."""

    start: int
    text: str
    agency: Agency | None


def propose_parts(office: Office, text: str, place: Municipality | None) -> tuple[Part, ...]:
    """None when the text tells of one matter. `place`: where the petition is, whichever part names it."""
    spans = office.reader.split_matters(text)
    starts = [0, *(span.start for span in spans[1:])]
    parts = [tidy(part) for part in cut(text, starts)] if spans else []
    return tuple(
        Part(start, part, _first_agency(office, part, place))
        for start, part in zip(starts, parts, strict=False)
        if part
    )


def cut(text: str, starts: Sequence[int]) -> list[str]:
    """The text before each of `starts`, which begin with 0."""
    ends = [*starts[1:], len(text)]
    return [text[start:end] for start, end in zip(starts, ends, strict=True)]


def tidy(text: str) -> str:
    return text.strip(" \n,;")


def _first_agency(office: Office, text: str, place: Municipality | None) -> Agency | None:
    suggestions = office.reader.read(text, explains=False, known_place=place).suggestions
    return office.jurisdiction.find_agency(suggestions[0].agency) if suggestions else None
