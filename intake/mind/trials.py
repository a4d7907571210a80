"""A candidate model on trial: its suggestions are kept beside those in service and compared with what people decide.

The database says how a trial stands and ended; each process then moves its own model folder to what it says. Called by
`suggestions` for every matter, by the loop in `serving`, and by `canaliza model`.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.clock import utc_now
from intake.database import reading
from intake.loops import again_and_again
from intake.mind.decided import newest_decisions
from intake.office import Office
from intake.tables.mind import Decision, SuggestionRow, Trial, TrialRanking
from intake.tables.petitions import Matter
from nlp.gate import CHANCE, sign_test
from nlp.shelf import ShelfError, find_version

LOOK_EVERY_S = 10.0
PUBLISHED, REFUSED, WITHDRAWN = "published", "refused", "withdrawn"
KEPT = 5  # agencies of a ranking
log = structlog.get_logger()


@dataclass(frozen=True)
class Score:
    """First suggestions on matters that people decided. `only_candidate`: right where the one in service was wrong.

    Who decides has seen the suggestion in service and is drawn to it, so a candidate is better than it looks here.
    """

    petitions: int
    in_service: int
    candidate: int
    only_in_service: int
    only_candidate: int

    @property
    def is_worse(self) -> bool:
        """Wrong more often than chance explains where the two differ: one-sided sign test."""
        lost, won = self.only_in_service, self.only_candidate
        return won < lost and sign_test(won, lost) <= CHANCE


def begin_trial(session: Session, version: str, wanted: int, figures: Mapping[str, Any], now: datetime) -> Trial:
    """For a candidate that stands in its folder. One that runs still is withdrawn. Does not commit."""
    running = find_trial(session)
    if running:
        _end(running, WITHDRAWN, now)
    trial = Trial(model_version=version, started_at=now, petitions_wanted=wanted, figures=dict(figures))
    session.add(trial)
    session.flush()
    return trial


def find_trial(session: Session) -> Trial | None:
    """The one that runs."""
    return session.scalars(select(Trial).where(Trial.ended_at.is_(None)).order_by(Trial.id.desc()).limit(1)).first()


def find_latest(session: Session) -> Trial | None:
    """The one that runs or ended last."""
    return session.scalars(select(Trial).order_by(Trial.id.desc()).limit(1)).first()


def record(session: Session, office: Office, matter: Matter) -> None:
    """What the candidate says of a matter, if one is on trial here. Does not commit."""
    candidate = office.minds.candidate
    trial = find_trial(session) if candidate else None
    if not candidate or not trial or trial.model_version != candidate.model_version:
        return
    suggestions = candidate.read(matter.text, explains=False).suggestions
    said = [suggestion.agency for suggestion in suggestions[:KEPT]]
    wanted = select(TrialRanking).where(TrialRanking.trial_id == trial.id, TrialRanking.matter_id == matter.id)
    row = session.scalars(wanted).first()
    if row:
        row.agencies = said
    else:
        session.add(TrialRanking(trial_id=trial.id, matter_id=matter.id, agencies=said))


def score(session: Session, trial: Trial) -> Score:
    """Over matters with both rankings and a decision; a matter that was decided twice counts as decided last."""
    decided = (
        select(TrialRanking.agencies, SuggestionRow.ranking, Decision.agency)
        .join(Decision, Decision.matter_id == TrialRanking.matter_id)
        .join(SuggestionRow, SuggestionRow.id == Decision.suggestion_id)
        .where(TrialRanking.trial_id == trial.id, Decision.id.in_(newest_decisions()))
    )
    counts: Counter[tuple[bool, bool]] = Counter()
    for agencies, ranking, agency in session.execute(decided):
        counts[_is_first([item["agency"] for item in ranking], agency), _is_first(agencies, agency)] += 1
    both, only_service, only_candidate = counts[True, True], counts[True, False], counts[False, True]
    return Score(counts.total(), both + only_service, both + only_candidate, only_service, only_candidate)


def end(session: Session, trial: Trial, outcome: str, now: datetime) -> None:
    """Does not commit."""
    found = score(session, trial)
    counts = {"petitions": found.petitions, "in_service": found.in_service, "candidate": found.candidate}
    trial.figures = {**trial.figures, "trial": counts}
    _end(trial, outcome, now)


async def keep_minds_current(office: Office) -> None:
    """For ever: ends a trial that has seen enough, and loads whatever model is now in service or on trial."""

    async def look_once() -> None:
        await asyncio.to_thread(look, office)

    await again_and_again(look_once, every_s=LOOK_EVERY_S, first_s=LOOK_EVERY_S, name="trials.loop")


def look(office: Office) -> None:
    """One look. Commits."""
    if office.minds.candidate:
        _conclude(office)
    with reading(office.sessions) as session:
        latest = find_latest(session)
        ended = (latest.model_version, latest.outcome) if latest and latest.ended_at else None
    if ended and find_version(office.minds.shelf.candidate) == ended[0]:
        _move_folder(office, ended[1] == PUBLISHED)
    office.minds.refresh()


def _conclude(office: Office) -> None:
    with office.sessions.begin() as session:
        trial = session.scalars(select(Trial).where(Trial.ended_at.is_(None)).with_for_update()).first()
        if trial is None or trial.petitions_wanted < 1:
            return
        found = score(session, trial)
        if found.petitions >= trial.petitions_wanted:
            end(session, trial, REFUSED if found.is_worse else PUBLISHED, utc_now())
            log.info("trial.ended", model=trial.model_version, outcome=trial.outcome, petitions=found.petitions)


def _move_folder(office: Office, is_published: bool) -> None:
    try:
        if is_published:
            office.minds.shelf.publish()
        else:
            office.minds.shelf.discard()
    except (ShelfError, OSError) as error:  # another process on this disk was first
        log.info("trial.folder-moved-already", error=type(error).__name__)


def _end(trial: Trial, outcome: str, now: datetime) -> None:
    trial.outcome, trial.ended_at = outcome, now


def _is_first(agencies: list[str], agency: str) -> bool:
    return bool(agencies) and agencies[0] == agency
