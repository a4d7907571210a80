"""Whether petitions, suggestions or decisions have changed since the months before: for staff and `canaliza drift`.

Read only. A shift is no fault: it says that somebody should look, and perhaps let the mind learn from decisions.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intake.office import Office
from intake.tables.mind import Decision, SuggestionRow
from intake.tables.petitions import Matter, Petition
from nlp.drift import stability, tenth_of

NOW, BEFORE = timedelta(days=30), timedelta(days=120)
CASES_MIN = 50  # on each side; fewer shift by chance
CASES_AT_MOST = 5000  # of each side: Oaxaca's month; more would not change the shares, and a large state has 80,000
READ_AT_MOST = 2000  # texts of each side whose words are looked up


@dataclass(frozen=True)
class Shift:
    """`index` None: too few cases to say. `name`: first_suggestion, sureness, decision, known_words."""

    name: str
    before: int
    now: int
    index: float | None


@dataclass(frozen=True)
class Drift:
    """`agreement`: share of decisions that were the first suggestion, before and now; None without decisions."""

    shifts: tuple[Shift, ...]
    agreement_before: float | None
    agreement_now: float | None


@dataclass(frozen=True)
class _Case:
    first: str | None
    probability: float
    text: str
    decided: str | None


def find_drift(session: Session, office: Office, now: datetime) -> Drift:
    """The last 30 days against the 90 before them."""
    new = _cases(session, now - NOW, now)
    old = _cases(session, now - BEFORE, now - NOW)
    return Drift(
        (
            _shift("first_suggestion", _firsts(old), _firsts(new)),
            _shift("sureness", _sureness(old), _sureness(new)),
            _shift("decision", _decisions(old), _decisions(new)),
            _shift("known_words", _known(office, old), _known(office, new)),
        ),
        _agreement(old),
        _agreement(new),
    )


def _cases(session: Session, start: datetime, end: datetime) -> list[_Case]:
    """Each matter of the petitions opened then, with its newest suggestion and its newest decision; newest first."""
    suggested = (
        select(func.max(SuggestionRow.id))
        .where(SuggestionRow.matter_id == Matter.id)
        .correlate(Matter)
        .scalar_subquery()
    )
    by_person = Decision.matter_id == Matter.id, ~Decision.is_machine
    decided = select(func.max(Decision.id)).where(*by_person).correlate(Matter).scalar_subquery()
    rows = session.execute(
        select(SuggestionRow.ranking, Matter.text, Decision.agency)
        .select_from(Petition)
        .join(Matter, Matter.petition_id == Petition.id)
        .join(SuggestionRow, SuggestionRow.id == suggested)
        .outerjoin(Decision, Decision.id == decided)
        .where(Petition.opened_at >= start, Petition.opened_at < end)
        .order_by(Petition.opened_at.desc())
        .limit(CASES_AT_MOST)
    )
    return [_case(ranking, text, agency) for ranking, text, agency in rows]


def _case(ranking: Sequence[dict[str, object]], text: str, decided: str | None) -> _Case:
    if not ranking:
        return _Case(None, 0.0, text, decided)
    return _Case(str(ranking[0]["agency"]), float(str(ranking[0]["probability"])), text, decided)


def _shift(name: str, before: Sequence[str], now: Sequence[str]) -> Shift:
    has_enough = min(len(before), len(now)) >= CASES_MIN
    return Shift(name, len(before), len(now), stability(before, now) if has_enough else None)


def _firsts(cases: Iterable[_Case]) -> list[str]:
    return [case.first for case in cases if case.first]


def _sureness(cases: Iterable[_Case]) -> list[str]:
    return [tenth_of(case.probability) for case in cases if case.first]


def _decisions(cases: Iterable[_Case]) -> list[str]:
    return [case.decided for case in cases if case.decided]


def _known(office: Office, cases: Sequence[_Case]) -> list[str]:
    """By the share of its words that the mind has learnt: new themes come in new words."""
    shares = (office.reader.known_share(case.text) for case in cases[:READ_AT_MOST])
    return [tenth_of(share) for share in shares if share is not None]


def _agreement(cases: Sequence[_Case]) -> float | None:
    decided = [case for case in cases if case.decided]
    return sum(case.first == case.decided for case in decided) / len(decided) if decided else None
