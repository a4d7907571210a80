"""A suggestion as an officer sees it: what may be chosen, why, and the words in the text that say so. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from intake.jurisdiction import Agency, Jurisdiction
from intake.tables import SuggestionRow

OFFERED_AT_MOST = 3


@dataclass(frozen=True)
class Option:
    """One agency to choose. `probability` None: the rules propose it, the mind did not rank it."""

    agency: Agency
    probability: float | None
    because: tuple[str, ...]
    is_rules: bool


@dataclass(frozen=True)
class Piece:
    """A stretch of text and the options (1 first) whose reasons it belongs to."""

    text: str
    ranks: tuple[int, ...] = ()


@dataclass(frozen=True)
class Proposal:
    """The newest suggestion of a matter: what may be chosen, and why the machine says so."""

    options: tuple[Option, ...]
    rule: str
    reason: str
    tried: tuple[str, ...]
    copies: tuple[Agency, ...]
    model_version: str | None
    is_sure: bool
    made_at: datetime


def proposal_of(jurisdiction: Jurisdiction, row: SuggestionRow) -> Proposal:
    copies = [key for item in row.trace if isinstance(item, dict) for key in item.get("copies", ())]
    return Proposal(
        options=options_of(jurisdiction, row),
        rule=row.rule,
        reason=row.reason,
        tried=tuple(item for item in row.trace if isinstance(item, str)),
        copies=tuple(agency for key in copies if (agency := jurisdiction.find_agency(key))),
        model_version=row.model_version,
        is_sure=row.is_sure,
        made_at=row.created_at,
    )


def options_of(jurisdiction: Jurisdiction, row: SuggestionRow) -> tuple[Option, ...]:
    """What is offered: the rules' proposal first, then the mind's ranking; an agency that is no more is left out."""
    ranked = {item["agency"]: item for item in row.ranking}
    keys = dict.fromkeys([*([row.agency] if row.agency else []), *ranked])
    known = [key for key in keys if jurisdiction.find_agency(key)]
    return tuple(_option(jurisdiction, row, key, ranked.get(key)) for key in known[:OFFERED_AT_MOST])


def pieces_of(jurisdiction: Jurisdiction, text: str, row: SuggestionRow | None) -> tuple[Piece, ...]:
    """A matter's text with the reasons of what is offered marked in it."""
    options = options_of(jurisdiction, row) if row else ()
    return mark(text, [_spans(text, row, option.agency.key) for option in options] if row else [])


def mark(text: str, reasons: Sequence[Sequence[tuple[int, int]]]) -> tuple[Piece, ...]:
    """The text cut where a reason begins or ends; `reasons` holds each option's spans."""
    spans = [(start, end, rank) for rank, found in enumerate(reasons, start=1) for start, end in found]
    cuts = sorted({0, len(text), *(cut for start, end, _ in spans for cut in (start, end))})
    return tuple(
        Piece(text[a:b], tuple(sorted({rank for start, end, rank in spans if start <= a and b <= end})))
        for a, b in pairwise(cuts)
    )


def _option(jurisdiction: Jurisdiction, row: SuggestionRow, key: str, ranked: dict[str, object] | None) -> Option:
    probability = float(str(ranked["probability"])) if ranked else None
    words = [str(span["text"]) for span in _because(row, key)]
    return Option(jurisdiction.get_agency(key), probability, tuple(dict.fromkeys(words)), is_rules=key == row.agency)


def _because(row: SuggestionRow, key: str) -> list[dict[str, object]]:
    return next((list(item["because"]) for item in row.ranking if item["agency"] == key), [])


def _spans(text: str, row: SuggestionRow, key: str) -> list[tuple[int, int]]:
    """Only spans that still say what they said: a text that was corrected meanwhile is not marked at random."""
    spans = [(int(str(s["start"])), int(str(s["end"])), s["text"]) for s in _because(row, key)]
    return [(start, end) for start, end, word in spans if 0 <= start < end and text[start:end] == word]
