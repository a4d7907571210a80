"""A petition's matters as its page shows them: suggested, chosen, parted. Read only."""

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from intake.jurisdiction import Agency
from intake.office import Office
from intake.petitions.parts import Part, propose_parts
from intake.petitions.states import MOVES, NEEDS_TRIAGE, Status
from intake.tables.mind import SuggestionRow
from intake.tables.petitions import Matter
from intake.thinking.facts import shorten
from intake.thinking.suggestions import find_suggestion
from intake.triage.hints import find_hints
from intake.triage.proposals import Hint, Piece, Proposal, pieces_of, proposal_of
from intake.triage.veil import Veil
from nlp.reading import Municipality


@dataclass(frozen=True)
class MatterView:
    """`told`: the words by which the citizen settled whose it is. `parts`: several matters that it may tell of."""

    id: int
    words: str
    status: Status
    agency: Agency | None
    pieces: tuple[Piece, ...]
    proposal: Proposal | None
    told: str | None
    parts: tuple[Part, ...]
    may_decide: bool
    may_guide: bool


def view_matter(
    session: Session,
    office: Office,
    matter: Matter,
    place: Municipality | None,
    veil: Veil,
    *,
    is_hidden: bool,
    may_part: bool,
) -> MatterView:
    text = veil.text(matter.text)
    status, row = Status(matter.status), find_suggestion(session, matter.id)
    may_decide = status in NEEDS_TRIAGE
    hint = find_hints(session, office.jurisdiction, [matter]).get(matter.id)
    return MatterView(
        id=matter.id,
        words="" if is_hidden else shorten(text),
        status=status,
        agency=office.jurisdiction.find_agency(matter.agency),
        pieces=() if is_hidden else _pieces(office, matter, text, row, hint),
        proposal=proposal_of(office.jurisdiction, row, hint) if row else None,
        told=None if is_hidden else matter.told_words,
        parts=_parts(office, matter, place, veil) if may_part and may_decide and not is_hidden else (),
        may_decide=may_decide,
        may_guide=Status.ORIENTADA in MOVES[status],
    )


def _pieces(
    office: Office, matter: Matter, text: str, row: SuggestionRow | None, hint: Hint | None
) -> tuple[Piece, ...]:
    """Where something is covered the reasons are not marked: they count letters of the whole text."""
    return pieces_of(office.jurisdiction, text, row, hint) if text == matter.text else (Piece(text),)


def _parts(office: Office, matter: Matter, place: Municipality | None, veil: Veil) -> tuple[Part, ...]:
    return tuple(replace(part, text=veil.text(part.text)) for part in propose_parts(office, matter.text, place))
