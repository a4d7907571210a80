"""When guests may sign in at a meeting, and how many of them. Called by the ways of signing in."""

from datetime import datetime, timedelta

from intake.meetings.kinds import State
from intake.tables.meetings import Meeting

ATTENDEES_MAX = 2000  # an assembly of a town; a link that is passed on must not fill the table
OPENS, ENDS = timedelta(hours=2), timedelta(hours=12)  # before and after the hour: people come early and stay late


def is_open(row: Meeting, now: datetime) -> bool:
    return row.state != State.CANCELLED and row.starts_at - OPENS <= now <= row.starts_at + ENDS
