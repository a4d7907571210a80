"""A suggestion as an officer sees it: what may be chosen, why, and the words in the text that say so. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from intake.jurisdiction import Agency, Jurisdiction
from intake.tables.mind import SuggestionRow

OFFERED_AT_MOST = 3


@dataclass(frozen=True)
class Option:
    """One agency to choose. `probability` None: the mind did not rank it. `by`: who gave it back and says so."""

    agency: Agency
    probability: float | None
    because: tuple[str, ...]
    is_rules: bool
    by: Agency | None = None


@dataclass(frozen=True)
class Piece:
    """A stretch of text and the options (1 first) whose reasons it belongs to."""

    text: str
    ranks: tuple[int, ...] = ()


@dataclass(frozen=True)
class Hint:
    """Whose a returned matter is, by the agency that gave it back."""

    agency: Agency
    by: Agency


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


def proposal_of(jurisdiction: Jurisdiction, row: SuggestionRow, hint: Hint | None = None) -> Proposal:
    return Proposal(
        options=options_of(jurisdiction, row, hint),
        rule=row.rule,
        reason=row.reason,
        tried=tuple(item for item in row.trace if isinstance(item, str)),
        copies=tuple(agency for key in copies_named(row) if (agency := jurisdiction.find_agency(key))),
        model_version=row.model_version,
        is_sure=row.is_sure,
        made_at=row.created_at,
    )


def copies_named(row: SuggestionRow) -> list[str]:
    """Keys of the agencies that the rule names beside the one that it proposes."""
    return [key for item in row.trace if isinstance(item, dict) for key in item.get("copies", ())]


def options_of(jurisdiction: Jurisdiction, row: SuggestionRow, hint: Hint | None = None) -> tuple[Option, ...]:
    """What is offered: the liaison's hint first, then the rules' proposal, then the mind's ranking.

    Left out: an agency that is no more or is closed, and the one that has just given the matter back.
    """
    ranked = {item["agency"]: item for item in row.ranking}
    keys = dict.fromkeys([*([hint.agency.key] if hint else []), *([row.agency] if row.agency else []), *ranked])
    known = [key for key in keys if jurisdiction.is_open(key) and not (hint and key == hint.by.key)]
    options = [_option(jurisdiction, row, key, ranked.get(key)) for key in known[:OFFERED_AT_MOST]]
    return tuple(replace(one, by=hint.by) if hint and one.agency == hint.agency else one for one in options)


def pieces_of(
    jurisdiction: Jurisdiction, text: str, row: SuggestionRow | None, hint: Hint | None = None
) -> tuple[Piece, ...]:
    """A matter's text with the reasons of what is offered marked in it."""
    options = options_of(jurisdiction, row, hint) if row else ()
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
