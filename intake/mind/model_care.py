"""Which model serves, which is on trial, which was before; and moving them by hand. For the administrator's page and
`canaliza model`."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intake.clock import utc_now
from intake.errors import NotFound
from intake.mind.lessons import LessonView, find_lesson
from intake.mind.shifts import Drift, find_drift
from intake.mind.trials import PUBLISHED, WITHDRAWN, Score, end, find_latest, find_trial, look, score
from intake.office import Office
from intake.tables.mind import Decision, Trial
from nlp.shelf import ShelfError, find_meta, find_version


@dataclass(frozen=True)
class ModelView:
    """`about`: what the model says of itself. It has learnt from so many written messages and people's decisions."""

    version: str
    about: str
    messages: int
    decisions: int


@dataclass(frozen=True)
class TrialView:
    """`outcome` None while it runs."""

    version: str
    started_at: datetime
    ended_at: datetime | None
    outcome: str | None
    wanted: int
    score: Score


@dataclass(frozen=True)
class Models:
    in_service: ModelView | None
    on_trial: ModelView | None
    before: ModelView | None
    trial: TrialView | None
    lesson: LessonView | None
    decided: int
    drift: Drift


def show_models(session: Session, office: Office) -> Models:
    shelf, latest = office.minds.shelf, find_latest(session)
    return Models(
        in_service=_model(shelf.in_place),
        on_trial=_model(shelf.candidate),
        before=_model(shelf.previous),
        trial=_trial(session, latest) if latest else None,
        lesson=find_lesson(session, office),
        decided=session.scalar(select(func.count(func.distinct(Decision.matter_id)))) or 0,
        drift=find_drift(session, office, utc_now()),
    )


def publish(office: Office) -> str:
    """The trial ends now and its candidate serves; its version. Raises NotFound when none runs."""
    return _end(office, PUBLISHED)


def discard(office: Office) -> str:
    """The trial ends now without a change; the version in service. Raises NotFound when none runs."""
    return _end(office, WITHDRAWN)


def roll_back(office: Office) -> str:
    """The version that serves again. Raises NotFound when no earlier model is kept."""
    try:
        office.minds.shelf.roll_back()
    except ShelfError as error:
        raise NotFound(str(error)) from error
    office.minds.refresh()
    return str(find_version(office.minds.shelf.in_place))


def _end(office: Office, outcome: str) -> str:
    with office.sessions.begin() as session:
        trial = find_trial(session)
        if trial is None:
            raise NotFound("no candidate is on trial: run `canaliza train --with-decisions`")
        end(session, trial, outcome, utc_now())
    look(office)
    return str(find_version(office.minds.shelf.in_place))


def _model(folder: Path) -> ModelView | None:
    meta = find_meta(folder)
    if meta is None:
        return None
    decisions = int(meta.get("decisions", {}).get("count", 0))
    messages = int(meta.get("messages", 0)) - decisions
    return ModelView(f"{meta['name']}-{meta['version']}", meta["description"], messages, decisions)


def _trial(session: Session, row: Trial) -> TrialView:
    return TrialView(
        row.model_version, row.started_at, row.ended_at, row.outcome, row.petitions_wanted, score(session, row)
    )
