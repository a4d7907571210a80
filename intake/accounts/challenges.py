"""Steps between the beginning of a log-in and its end: kept here, good once, for a few minutes. Never commits."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from intake.accounts.staff import token_hash
from intake.tables.accounts import StaffChallenge

LASTS = timedelta(minutes=5)


class Purpose(StrEnum):
    SECOND = "second"
    ENTER = "enter"
    ENROLL = "enroll"


@dataclass(frozen=True)
class Challenge:
    staff_id: int | None
    data: Mapping[str, Any]


def set_challenge(
    session: Session,
    purpose: Purpose,
    now: datetime,
    *,
    staff_id: int | None = None,
    data: Mapping[str, Any] = MappingProxyType({}),
) -> str:
    """The token by which it is taken up again. What nobody took up goes."""
    token = secrets.token_urlsafe(32)
    session.execute(delete(StaffChallenge).where(StaffChallenge.expires_at < now))
    row = StaffChallenge(token_hash=token_hash(token), purpose=purpose.value, staff_id=staff_id, data=dict(data))
    row.expires_at = now + LASTS
    session.add(row)
    return token


def find_challenge(session: Session, purpose: Purpose, token: str, now: datetime) -> Challenge | None:
    """It stays: a wrong code may be followed by a right one."""
    wanted = select(StaffChallenge).where(*_own(purpose, token), StaffChallenge.expires_at > now)
    row = session.scalars(wanted).first()
    return Challenge(row.staff_id, row.data) if row else None


def take_challenge(session: Session, purpose: Purpose, token: str, now: datetime) -> Challenge | None:
    """It is gone: of two who come with it at once, one has it."""
    found = find_challenge(session, purpose, token, now)
    gone = session.execute(delete(StaffChallenge).where(*_own(purpose, token)).returning(StaffChallenge.token_hash))
    return found if gone.first() else None


def _own(purpose: Purpose, token: str) -> tuple[Any, Any]:
    return StaffChallenge.token_hash == token_hash(token), StaffChallenge.purpose == purpose.value
