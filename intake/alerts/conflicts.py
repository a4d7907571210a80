"""Words of a conflict in what several persons of one municipality wrote lately."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.alerts.counting import DAY, bounds, counted
from intake.alerts.found import CONFLICT, MUNICIPALITY, Found
from intake.alerts.terms import AlertTerms
from intake.alerts.topics import says_any
from intake.office import Office
from intake.tables.petitions import Matter, Petition
from nlp.normalise import sounds_of


@dataclass(frozen=True)
class Said:
    municipality: str
    citizen_id: int
    text: str


def find_conflicts(session: Session, office: Office, terms: AlertTerms, today: date) -> list[Found]:
    """By the index of petitions' opening: as many texts as a week brings."""
    began, ended = bounds(office.jurisdiction.zone, today - terms.conflict_days * DAY + DAY, today)
    rows = (
        select(Petition.municipality, Petition.citizen_id, Matter.text)
        .join(Matter, Matter.petition_id == Petition.id)
        .where(Petition.opened_at >= began, Petition.opened_at < ended, *counted())
    )
    return judge(terms, (Said(place, citizen, text) for place, citizen, text in session.execute(rows) if place))


def judge(terms: AlertTerms, said: Iterable[Said]) -> list[Found]:
    """Each person once for what the words are about. Pure."""
    persons: dict[tuple[str, str], set[int]] = defaultdict(set)
    for one in said:
        for kind in conflicts_in(terms, one.text):
            persons[one.municipality, kind].add(one.citizen_id)
    least = terms.conflict_persons
    return [
        Found(
            CONFLICT,
            kind,
            MUNICIPALITY,
            place,
            terms.conflict_days,
            len(who),
            None,
            None,
            1 + (len(who) >= 2 * least) + (len(who) >= 4 * least),
        )
        for (place, kind), who in sorted(persons.items())
        if len(who) >= least
    ]


def conflicts_in(terms: AlertTerms, text: str) -> list[str]:
    """What of a conflict a text says."""
    sounds = sounds_of(text)
    return [kind for kind, words in terms.conflict if says_any(sounds, words)]
