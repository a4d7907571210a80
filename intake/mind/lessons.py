"""One lesson of the mind at a time: learning from decisions in a process of its own, and what came of it.

Started from the administrator's page or by `canaliza train --with-decisions`; citizens are answered meanwhile.
"""

import fcntl
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.clock import utc_now
from intake.errors import IntakeError
from intake.office import Office
from intake.tables.mind import Lesson

COMMAND = ("-m", "canaliza.cli", "train", "--with-decisions")
ON_TRIAL, FEW, WORSE, FAILED, BROKEN_OFF = "on_trial", "few", "worse", "failed", "broken_off"
log = structlog.get_logger()


class Busy(IntakeError):
    """Another lesson goes on."""


class Refused(IntakeError):
    """Nothing was changed. `outcome`: few (decisions) or worse; `figures` say how many, or what got worse."""

    def __init__(self, words: str, outcome: str, figures: dict[str, Any]) -> None:
        super().__init__(words)
        self.outcome, self.figures = outcome, figures


@dataclass(frozen=True)
class LessonView:
    """`outcome` None while it goes on."""

    started_at: datetime
    ended_at: datetime | None
    outcome: str | None
    figures: dict[str, Any]


def start_lesson(office: Office) -> None:
    """In the background. Raises Busy while one goes on."""
    if is_learning(office):
        raise Busy("a lesson goes on already")
    environment = os.environ | office.settings.as_environment()
    quiet = subprocess.DEVNULL  # what came of it stands in the database
    process = subprocess.Popen(  # noqa: S603 — this program with fixed arguments
        [sys.executable, *COMMAND], env=environment, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
    )
    threading.Thread(target=process.wait, daemon=True).start()
    log.info("lesson.started", pid=process.pid)


@contextmanager
def lesson(office: Office) -> Iterator[Lesson]:
    """While one learns here; the caller sets `outcome`. Raises Busy while another one does."""
    with _alone(office):
        with office.sessions.begin() as session:
            row = Lesson(started_at=utc_now())
            session.add(row)
        try:
            yield row
        except Refused as refusal:
            row.outcome, row.figures = refusal.outcome, refusal.figures
            raise
        except Exception as error:
            row.outcome, row.figures = FAILED, {"fault": type(error).__name__}
            raise
        finally:
            row.ended_at = utc_now()
            with office.sessions.begin() as session:
                session.merge(row)


def note_step(office: Office, row: Lesson, step: int, steps: int) -> None:
    """How far it is, for the page. Commits."""
    row.figures = {"step": step, "steps": steps}
    with office.sessions.begin() as session:
        session.merge(row)


def is_learning(office: Office) -> bool:
    """On this machine."""
    try:
        with _alone(office):
            return False
    except Busy:
        return True


def find_lesson(session: Session, office: Office) -> LessonView | None:
    """The newest one. One that a crash or a stopped machine broke off says so."""
    row = session.scalars(select(Lesson).order_by(Lesson.id.desc()).limit(1)).first()
    if row is None:
        return None
    is_broken = row.ended_at is None and not is_learning(office)
    return LessonView(row.started_at, row.ended_at, BROKEN_OFF if is_broken else row.outcome, row.figures)


@contextmanager
def _alone(office: Office) -> Iterator[None]:
    path = Path(f"{office.minds.shelf.in_place}.lesson")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy("a lesson goes on already") from error
        yield
