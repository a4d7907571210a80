"""A citizen who writes at moments of a test's choice, and what reaches them when."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import func, select

from intake.clock import at
from intake.office import Office
from intake.outgoing.sending import Claim, claim_due, settle_all
from intake.tables.outgoing import Reply
from tests.talk import Talk

START = datetime.fromisoformat("2026-11-23T15:00:00+00:00")
QUIET_S = 20.0


@dataclass
class Chat:
    """Seconds count from START. `seen`: what reached the citizen so far, with its second and its purpose."""

    talk: Talk
    seen: list[tuple[float, str, str]] = field(default_factory=list)

    @classmethod
    def at(cls, office: Office, address: str = "console-1") -> "Chat":
        patient = office.settings.model_copy(update={"quiet_s": QUIET_S})
        return cls(Talk(replace(office, settings=patient), address))

    def says(self, text: str, second: float) -> None:
        with at(_moment(second)):
            self.talk.sends(text)
            self.talk.thinks()

    def sees(self, second: float) -> list[str]:
        """The texts that reach the person by then and have not before."""
        before, now = len(self.seen), self.seen[-1][0] if self.seen else 0.0
        while now <= second:
            with at(_moment(now)):
                claims = claim_due(self.talk.office, _moment(now))
                self._take(claims, now)
            now = now if claims else self._next_due(now, second)
        return [text for _, _, text in self.seen[before:]]

    def _take(self, claims: list[Claim], now: float) -> None:
        if not claims:
            return
        settle_all(self.talk.office, [(claim, str(claim.reply_id)) for claim in claims])
        with self.talk.office.sessions() as session:
            for claim in claims:
                self.seen.append((now, session.get_one(Reply, claim.reply_id).purpose, claim.message.text))

    def _next_due(self, now: float, until: float) -> float:
        """The next second at which something may leave; after `until` when nothing does before."""
        later = select(func.min(Reply.next_attempt_at)).where(
            Reply.state == "queued", Reply.next_attempt_at > _moment(now)
        )
        with self.talk.office.sessions() as session:
            due = session.scalar(later)
        return (due - START).total_seconds() if due else until + 1


def _moment(second: float) -> datetime:
    return START + timedelta(seconds=second)
