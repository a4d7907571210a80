"""The closed words of meetings and agreements, and which component of the programme each kind counts for. Pure."""

from datetime import date
from enum import StrEnum


class Kind(StrEnum):
    """Political liaison is the programme's component 5; social liaison, dialogue tables and information its 6."""

    POLITICAL = "political"
    SOCIAL = "social"
    TABLE = "table"
    INFORMATIVE = "informative"

    @property
    def component(self) -> int:
        return 5 if self == Kind.POLITICAL else 6


class State(StrEnum):
    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


class Sector(StrEnum):
    """Whom somebody at a meeting speaks for: an order of government, or people."""

    STATE = "estatal"
    MUNICIPAL = "municipal"
    FEDERAL = "federal"
    AUTONOMOUS = "autonomo"
    COMMUNITY = "comunidad"
    OTHER = "otro"


ORDERS = (Sector.STATE, Sector.MUNICIPAL, Sector.FEDERAL, Sector.AUTONOMOUS)


class AgreementState(StrEnum):
    OPEN = "open"
    FULFILLED = "fulfilled"
    DROPPED = "dropped"


class Pressure(StrEnum):
    """How near an agreement's day is."""

    LATE = "late"
    SOON = "soon"
    LATER = "later"
    CLOSED = "closed"


SOON_DAYS = 7  # calendar days: agreements name a day, not a legal term


def pressure_of(state: str, due_on: date, today: date) -> Pressure:
    if state != AgreementState.OPEN:
        return Pressure.CLOSED
    left = (due_on - today).days
    return Pressure.LATE if left < 0 else Pressure.SOON if left <= SOON_DAYS else Pressure.LATER
