"""Finds earlier petitions that may tell of the same event, and keeps them as proposals for an officer.

Called by `comparing` for each petition. Candidates come from two indexes, never from all petitions: texts that share
a band, and petitions of the same municipality and fortnight. Sensitive petitions are neither compared nor shown.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from intake.database import insert_all, insert_once
from intake.office import Office
from intake.petitions.states import Status
from intake.tables.mind import Band, Comparison, Likeness, Trait
from intake.tables.petitions import Petition
from nlp.duplicates import bands_of, pieces_of
from nlp.likeness import Told, likeness

SAME_WORDS_WITHIN, SAME_PLACE_WITHIN = timedelta(days=45), timedelta(days=14)
CANDIDATES_AT_MOST = 60  # of each index, newest first: in a burst the newest are those of the burst
LEAST = 0.3  # probability from which an officer is asked
PROPOSED_AT_MOST = 5
AGENCIES_COMPARED = 5
PROPOSED, SAME, DIFFERENT = "proposed", "same", "different"


def ask_comparison(session: Session, petition: Petition) -> None:
    """The petition's words are new: it is compared when the worker has nothing else to do. Does not commit."""
    insert_once(session, Comparison, [{"petition_id": petition.id}])


def find_alike(
    session: Session, office: Office, petition: Petition, text: str, ranking: Sequence[Mapping[str, Any]]
) -> None:
    """Put the petition into the indexes and propose what it is like. What an officer has decided stays. No commit.

    `ranking`: of its newest suggestion.
    """
    decided = _forget(session, petition)
    if petition.is_sensitive or not text.strip():
        return
    bands = bands_of(pieces_of(text))
    trait = _trait(office, petition, text, ranking)
    found = _score(petition, trait, _candidates(session, petition, bands))
    session.add(trait)
    insert_all(session, Band, [{"petition_id": petition.id, "value": value} for value in bands])
    for other_id, probability in found[:PROPOSED_AT_MOST]:
        if other_id not in decided:
            session.add(Likeness(petition_id=petition.id, other_id=other_id, probability=probability))
    session.flush()


def _trait(office: Office, petition: Petition, text: str, ranking: Sequence[Mapping[str, Any]]) -> Trait:
    words, meanings = office.reader.read_traits(text)
    agencies = {entry["agency"]: entry["probability"] for entry in ranking[:AGENCIES_COMPARED]}
    return Trait(petition_id=petition.id, words=words, meanings=sorted(meanings), agencies=agencies)


def _candidates(session: Session, petition: Petition, bands: Iterable[int]) -> list[tuple[Petition, Trait]]:
    """Earlier petitions that are worth a closer look."""
    near = (
        select(Band.petition_id)
        .join(Petition, Petition.id == Band.petition_id)
        .where(Band.value.in_([*bands]), Petition.opened_at >= petition.opened_at - SAME_WORDS_WITHIN)
    )
    ids = set(session.scalars(near.order_by(Petition.id.desc()).limit(CANDIDATES_AT_MOST)))
    if petition.municipality:
        here = select(Petition.id).where(
            Petition.municipality == petition.municipality,
            Petition.opened_at >= petition.opened_at - SAME_PLACE_WITHIN,
        )
        ids |= set(session.scalars(here.order_by(Petition.opened_at.desc()).limit(CANDIDATES_AT_MOST)))
    rows = (
        select(Petition, Trait)
        .join(Trait, Trait.petition_id == Petition.id)
        .where(
            Petition.id.in_(ids),
            Petition.id < petition.id,
            Petition.is_sensitive.is_(False),
            Petition.status.not_in([Status.NO_PETICION.value, Status.DESISTIDA.value]),
        )
    )
    return [(row[0], row[1]) for row in session.execute(rows)]


def _score(petition: Petition, trait: Trait, candidates: Iterable[tuple[Petition, Trait]]) -> list[tuple[int, float]]:
    """Those that are like enough, likest first."""
    own = _told(petition, trait)
    scored = [(other.id, likeness(own, _told(other, its))) for other, its in candidates]
    return sorted(((i, p) for i, p in scored if p >= LEAST), key=lambda item: (-item[1], -item[0]))


def _told(petition: Petition, trait: Trait) -> Told:
    has_degrees = petition.latitude is not None and petition.longitude is not None
    return Told(
        words=trait.words,
        meanings=frozenset(trait.meanings),
        agencies=trait.agencies,
        at=petition.opened_at,
        municipality=petition.municipality,
        degrees=(petition.latitude or 0.0, petition.longitude or 0.0) if has_degrees else None,
    )


def _forget(session: Session, petition: Petition) -> set[int]:
    """What was found for an earlier text goes, but for what an officer has decided: those petitions."""
    trait = session.get(Trait, petition.id)
    if trait is None:  # it was never compared
        return set()
    session.delete(trait)
    session.execute(delete(Band).where(Band.petition_id == petition.id))
    proposed = Likeness.petition_id == petition.id, Likeness.state == PROPOSED
    session.execute(delete(Likeness).where(*proposed))
    session.flush()
    return set(session.scalars(select(Likeness.other_id).where(Likeness.petition_id == petition.id)))
