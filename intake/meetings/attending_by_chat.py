"""Who came to a meeting and says so in the chat, by the code on the room's screen: counted, and nobody is named.

Whether a chat has signed in before is in its own conversation: the list of a meeting refers to no person.
"""

import hashlib
import hmac
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.known import CheckIn, Door
from bot.meeting_talk import DIGITS, LETTERS, find_code
from intake.clock import utc_now
from intake.meetings.doors import ATTENDEES_MAX, is_open
from intake.meetings.kinds import Sector, State
from intake.office import Office
from intake.tables.meetings import Attendee, Meeting

CHAT = "chat"
KNOWN_FOR = timedelta(days=30)  # before and after: how long a code is told to be early or over
LOOKED_AT_MOST = 500  # meetings of those two months


def chat_code(office: Office, meeting_id: int) -> str:
    """Such as «K7Q2». The same for as long as the meeting is there; no other meeting's code tells it."""
    key = office.settings.secret_key.encode()
    drawn = hmac.digest(key, f"meeting-chat-{meeting_id}".encode(), hashlib.sha256)
    alphabets = LETTERS, DIGITS, LETTERS, DIGITS
    return "".join(alphabet[drawn[at] % len(alphabet)] for at, alphabet in enumerate(alphabets))


def find_check_in(session: Session, office: Office, text: str) -> CheckIn | None:
    """What becomes of a message that is a check-in; None: it is something else. Of two meetings with one code (there
    are 33,856 of them) the one that is open, else the nearest."""
    code = find_code(text)
    if code is None:
        return None
    now = utc_now()
    near = select(Meeting).where(Meeting.starts_at.between(now - KNOWN_FOR, now + KNOWN_FOR))
    meetings = session.scalars(near.order_by(Meeting.id.desc()).limit(LOOKED_AT_MOST)).all()
    meant = [row for row in meetings if chat_code(office, row.id) == code]
    if not meant:
        return CheckIn(Door.NONE)
    row = min(meant, key=lambda one: (not is_open(one, now), abs(one.starts_at - now)))
    return CheckIn(_door(session, row, now), row.id, row.title)


def count_in(session: Session, meeting_id: int, now: datetime) -> None:
    """One more, as somebody of whom staff are told no name. Never commits."""
    row = Attendee(
        meeting_id=meeting_id,
        name="",
        represents="",
        sector=Sector.COMMUNITY.value,
        way=CHAT,
        consents=False,
        came_at=now,
        staff_id=None,
    )
    session.add(row)


def _door(session: Session, row: Meeting, now: datetime) -> Door:
    if row.state == State.CANCELLED:
        return Door.OVER
    if not is_open(row, now):
        return Door.EARLY if row.starts_at > now else Door.OVER
    came = select(func.count()).select_from(Attendee).where(Attendee.meeting_id == row.id)
    return Door.FULL if (session.scalar(came) or 0) >= ATTENDEES_MAX else Door.OPEN
