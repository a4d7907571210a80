"""What a conversation remembers from one turn to the next, and how it is stored."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.messages import Choice


class Awaiting(StrEnum):
    """The one question that is open with the citizen."""

    DESCRIPTION = "description"
    MUNICIPALITY = "municipality"
    WHICH_MUNICIPALITY = "which_municipality"
    DOUBT = "doubt"
    MATTERS = "matters"
    DATUM = "datum"
    SAME = "same"
    REPEATED = "repeated"
    LANGUAGE = "language"
    DAMAGE = "damage"
    HURT = "hurt"
    WHERE = "where"
    SOLVED = "solved"
    DISPUTE = "dispute"
    RATING = "rating"
    COMMENT = "comment"
    WITHDRAWAL = "withdrawal"
    SAFE = "safe"
    READING = "reading"
    OWN_DATA = "own_data"
    RIGHTS = "rights"
    GUARDIAN = "guardian"
    LINK = "link"


PLACE_HOLDS = timedelta(hours=24)
GUESSES_MAX, GUESSING = 10, timedelta(hours=1)  # other people's folios, codes of no meeting


@dataclass(frozen=True)
class State:
    """What a conversation remembers. `folio` is what `awaiting` is about, `latest` the petition last spoken of.

    `emergency` and `emergency_folio` are the kind and the petition of the latest emergency. `strangers`: folios that
    are not this citizen's, and codes of no meeting, that were said since `strangers_since`. `person_folio`: the
    petition about which a person of the office is in the conversation; None: nobody is, the program answers.
    `is_waiting`: something was queued that leaves only after a while. `is_muted`: the person wants the answer and
    nothing else that they did not ask for. `is_unsafe`: somebody else reads what is sent here, so nothing is sent
    unasked. `set_aside`: the petition to which something may belong that is kept apart until the person says so; None:
    nothing is. `told_contingency`: the one whose official notice the person has. `anonymous_since`, `minor_since`: when
    the person last said that nobody is to know who they are, or that they are a child; `papers_told_at`: when they were
    told that no papers are needed. `attended`: the latest meetings for which they signed in.
    """

    is_welcomed: bool = False
    awaiting: Awaiting | None = None
    folio: str | None = None
    offered: tuple[Choice, ...] = ()
    times_asked: int = 0
    latest: str | None = None
    latest_agency: str | None = None
    latest_group: str | None = None
    emergency: str | None = None
    emergency_folio: str | None = None
    heard_at: datetime | None = None
    strangers: int = 0
    strangers_since: datetime | None = None
    pending_place: str | None = None
    is_muted: bool = False
    is_waiting: bool = False
    person_folio: str | None = None
    is_unsafe: bool = False
    set_aside: str | None = None
    told_contingency: int = 0
    anonymous_since: datetime | None = None
    minor_since: datetime | None = None
    papers_told_at: datetime | None = None
    attended: tuple[int, ...] = ()

    def ask(self, awaiting: Awaiting, folio: str, offered: tuple[Choice, ...] = ()) -> "State":
        times = self.times_asked + 1 if (self.folio, self.awaiting) == (folio, awaiting) else 1
        return replace(self, awaiting=awaiting, folio=folio, offered=offered, times_asked=times)

    def place_ahead(self, now: datetime) -> str | None:
        """INEGI key of the place that was sent before any word, for a day: next month's matter may be elsewhere."""
        is_fresh = self.heard_at is not None and now - self.heard_at <= PLACE_HOLDS
        return self.pending_place if is_fresh else None

    def guess(self, now: datetime, count: int) -> "State":
        """So many more folios of others, or codes of no meeting; counted anew each hour."""
        is_new_hour = self.strangers_since is None or now - self.strangers_since >= GUESSING
        since = now if is_new_hour else self.strangers_since
        return replace(self, strangers=(0 if is_new_hour else self.strangers) + count, strangers_since=since)

    @property
    def is_guessing(self) -> bool:
        return self.strangers > GUESSES_MAX

    def settle(self) -> "State":
        """No question is open any more."""
        return replace(self, awaiting=None, folio=None, offered=(), times_asked=0)


TIMES = ("heard_at", "strangers_since", "anonymous_since", "minor_since", "papers_told_at")


def state_to_json(state: State) -> dict[str, Any]:
    values = {**vars(state), "offered": [dict(vars(choice)) for choice in state.offered]}
    for name in TIMES:
        values[name] = values[name].isoformat() if values[name] else None
    return values


def state_from_json(values: dict[str, Any]) -> State:
    """The state as stored; what is missing (an older version's row) has its default, what is unknown is left out."""
    known = {name: value for name, value in values.items() if name in State.__dataclass_fields__}
    if known.get("awaiting"):
        known["awaiting"] = Awaiting(known["awaiting"])
    for name in TIMES:
        known[name] = datetime.fromisoformat(known[name]) if known.get(name) else None
    known["offered"] = tuple(Choice(**choice) for choice in known.get("offered") or ())
    known["attended"] = tuple(known.get("attended") or ())
    return State(**known)
