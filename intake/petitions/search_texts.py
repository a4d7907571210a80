"""The words by which a petition is found, kept with each change of its text or place, in the same transaction.

Masked as lists are: nobody finds a petition by a person's name or number. Whole anew by `canaliza db reindex`.
"""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.database import insert_or_replace
from intake.office import Office
from intake.petitions.case import list_matters
from intake.petitions.line import tier_of
from intake.tables.petitions import Petition, SearchText
from intake.triage.search_words import document_of
from nlp.masks import mask

AT_ONCE = 500  # petitions in one transaction: others wait no longer than for that


def keep_words(session: Session, petition: Petition) -> None:
    """Does not commit."""
    told = [matter.text for matter in list_matters(petition)]
    words = document_of(mask(text) for text in (*told, petition.place_text or ""))
    insert_or_replace(session, SearchText, {"petition_id": petition.id, "words": words}, keys=["petition_id"])


def rebuild(office: Office) -> int:
    """Make all words, and places in the queue, anew, as after a change of how they are made or while an older program
    served; how many petitions. Commits now and then."""
    count, last = 0, 0
    while True:
        with office.sessions.begin() as session:
            rows = _list_after(session, last)
            for petition in rows:
                keep_words(session, petition)
                petition.tier = int(tier_of(petition))
        if not rows:
            return count
        count, last = count + len(rows), rows[-1].id


def _list_after(session: Session, last: int) -> list[Petition]:
    some: Iterable[Petition] = session.scalars(
        select(Petition).where(Petition.id > last).order_by(Petition.id).limit(AT_ONCE)
    )
    return list(some)
