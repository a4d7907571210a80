"""Which of a person's open petitions a further text of theirs may be about, and which it only says again. Read only."""

import re
from collections.abc import Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bot.known import TELLING, PetitionFacts
from bot.messages import Inbound, InboundKind
from intake.office import Office
from intake.petitions.case import get_petition, list_matters
from intake.petitions.folio import hide_folios
from intake.tables.incoming import Message
from intake.tables.petitions import Petition
from intake.thinking.suggestions import find_suggestion
from nlp.duplicates import pieces_of, share_of
from nlp.likeness import Told, likeness
from nlp.reading import Reading

# Measured on 60 pairs of the written conversations: a further problem of the same person has 0.27 at most, of the same
# agency 0.41; a detail told hours later 0.35 and more, but for one that names neither thing nor place (0.22).
LEAST = 0.3
REPEATS = 0.75  # share of pieces of letters from which one text is another one again
NUMBER = re.compile(r"\d+")  # «la calle 12» is not «la calle 13» again
# Made once: making a statement takes longer than running it.
SAID = (
    select(Message.text, Petition.folio)
    .join(Petition, Petition.id == Message.petition_id)
    .where(
        Petition.folio.in_(bindparam("folios", expanding=True)),
        Message.external_id != bindparam("external"),
    )
)
WORDS_MIN, COMPARED_AT_MOST, AGENCIES_COMPARED = 5, 5, 5


def find_alike(
    session: Session, office: Office, inbound: Inbound, reading: Reading, petitions: Sequence[PetitionFacts]
) -> str | None:
    """Folio of the open petition that the text is likest to, when it may be about that one."""
    own = _open(petitions) if _tells(inbound, reading) else ()
    if not own:
        return None
    told = _told(office, inbound, reading)
    scored = [(likeness(told, _known(session, office, get_petition(session, one.folio))), one.folio) for one in own]
    best, folio = max(scored, key=lambda one: one[0])
    return folio if best >= LEAST else None


def find_repeated(
    session: Session, inbound: Inbound, reading: Reading, petitions: Sequence[PetitionFacts]
) -> str | None:
    """Folio of the open petition that has these words already, in one of its messages."""
    own = [one.folio for one in _open(petitions)] if _tells(inbound, reading) else []
    if not own:
        return None
    wanted = {"folios": own, "external": inbound.external_id}
    pieces = pieces_of(inbound.text)
    numbers = set(NUMBER.findall(inbound.text))
    earlier = [
        (text, folio)
        for text, folio in session.connection().execute(SAID, wanted)
        if numbers <= set(NUMBER.findall(text))
    ]
    told = [(share_of(pieces, pieces_of(text)), folio) for text, folio in earlier if text]
    best, folio = max(told, default=(0.0, ""))
    return folio if best >= REPEATS else None


def _tells(inbound: Inbound, reading: Reading) -> bool:
    is_new = inbound.kind == InboundKind.MESSAGE and not reading.is_command and reading.emergency is None
    return is_new and reading.kind in TELLING and len(inbound.text.split()) >= WORDS_MIN


def _open(petitions: Sequence[PetitionFacts]) -> Sequence[PetitionFacts]:
    """The newest of them; what was answered has its own question."""
    return [one for one in petitions if one.is_open and not one.is_answered][:COMPARED_AT_MOST]


def _told(office: Office, inbound: Inbound, reading: Reading) -> Told:
    words, meanings = office.reader.read_traits(hide_folios(inbound.text, office.jurisdiction.folio_series))
    place = reading.place.chosen if reading.place else None
    return Told(
        words=words,
        meanings=meanings,
        agencies={one.agency: one.probability for one in reading.suggestions[:AGENCIES_COMPARED]},
        at=inbound.sent_at,
        municipality=place.clave if place else None,
    )


def _known(session: Session, office: Office, petition: Petition) -> Told:
    matter = list_matters(petition)[0]
    suggestion = find_suggestion(session, matter.id)
    words, meanings = office.reader.read_traits(matter.text)
    return Told(
        words=words,
        meanings=meanings,
        agencies={entry["agency"]: entry["probability"] for entry in suggestion.ranking} if suggestion else {},
        at=petition.opened_at,
        municipality=petition.municipality,
    )
