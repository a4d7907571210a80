"""What citizens, staff and the program's loops ask of a database, one at a time and timed: called by `growth`.

Citizens' messages go the whole way but for the network. Pages are what a page reads, without its HTML: that part of
one does not grow.
"""

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import TypeVar

from sqlalchemy import func, select

from bot.messages import ChannelName, WebhookRequest
from canaliza.backlog import list_backlog
from canaliza.bench.lives import Cast, report_of
from canaliza.muted import Person, muted, payload
from intake.accounts.staff import Member, Role
from intake.clock import utc_now
from intake.database import reading
from intake.incoming.receive import store
from intake.incoming.reconcile import list_accounts
from intake.incoming.spool import Arrival
from intake.mind.model_care import show_models
from intake.office import Office
from intake.outgoing.dead_letters import list_dead_events, list_unsent_replies
from intake.outgoing.receipts import apply_reports
from intake.outgoing.sending import claim_due, settle_all
from intake.petitions.comparing import compare_next
from intake.petitions.incidents import list_incidents
from intake.tables.citizens import Conversation
from intake.tables.outgoing import Reply
from intake.tables.petitions import Matter, Petition, Referral
from intake.thinking.worker import Worker
from intake.triage.dossier import open_dossier, open_referral
from intake.triage.inbox import count_inbox, list_inbox
from intake.triage.lists import Wish
from intake.triage.queue import count_emergencies, count_waiting, find_next, list_queue
from intake.triage.tasks import list_open, review
from intake.upkeep.metrics import render

WARMING, SAMPLES, SECONDS = 5, 200, 20.0  # of each act; one that is slow is given up after so many seconds
LEAST = 5
COMMON, ABSENT = "agua", "xilófono cuántico"
FIRST_STRANGER, FIRST_NUMBER = 8_800_090_000, 900_090_000  # no copy's address and no copy's update has such an end
TOLD = "No hay agua en la colonia desde hace {days} días, ya avisamos y nadie viene."
Times = dict[str, list[float]]
Result = TypeVar("Result")


@dataclass(frozen=True)
class Visits:
    office: Office
    cast: Cast
    rng: random.Random
    numbers: Iterator[int]

    def citizens(self, samples: int = WARMING + SAMPLES) -> Times:
        """A stranger's first message, then a question after a folio of any age, each through all its steps."""
        times: Times = defaultdict(list)
        worker = Worker(self.office, lambda name, callback_id: None)
        for _ in range(samples):
            self._follow(times, worker, self._stranger(), TOLD.format(days=self.rng.randint(2, 90)), "first message")
            _timed(times, "comparing with earlier ones", lambda: compare_next(self.office))
        for _ in range(samples):
            person, folio = self._citizen()
            self._follow(times, worker, person, f"¿cómo va mi folio {folio}?", "status look-up")
            self._report(times)
        return {name: taken[WARMING:] for name, taken in times.items()}

    def staff(self) -> Iterator[tuple[str, Callable[[], object]]]:
        """Names and what is asked for; what is random is drawn anew each time."""
        yield "triage page", lambda: self._queue(Wish())
        yield "queue of answered ones", lambda: self._queue(Wish("answered"))
        yield "queue of all", lambda: self._queue(Wish("all"))
        yield "queue of closed ones, somewhere in it", lambda: self._queue(Wish("closed", after=self._somewhere()))
        yield "search, a folio", lambda: self._queue(Wish("all", self._folio()))
        yield "search, a common word", lambda: self._queue(Wish("all", COMMON))
        yield "search, a rare word", lambda: self._queue(Wish("all", self._rare()))
        yield "search, a word of no petition", lambda: self._queue(Wish("all", ABSENT))
        yield "search, a word of no open petition", lambda: self._queue(Wish("triage", ABSENT))
        yield "agency's inbox", lambda: self._inbox(Wish("open"))
        yield "agency's answered referrals", lambda: self._inbox(Wish("answered"))
        yield "petition's page", self._dossier
        yield "referral's page", self._referral
        yield "answers to be told", lambda: list_open(self.office)
        yield "dead letters and unsent replies", self._dead_letters
        yield "account of messages", self._accounts
        yield "incidents", self._incidents
        yield "the mind's page", self._models

    def loops(self) -> Iterator[tuple[str, Callable[[], object]]]:
        yield "nothing to claim", lambda: Worker(self.office, lambda name, callback_id: None).work_once()
        yield "nothing to send", lambda: claim_due(self.office, utc_now())
        yield "review of tasks", lambda: review(self.office, utc_now())
        yield "metrics", lambda: asyncio.run(render(self.office))
        yield "doctor's backlog", lambda: list(list_backlog(self.office))

    def _follow(self, times: Times, worker: Worker, person: Person, text: str, what: str) -> None:
        number = next(self.numbers)
        request = WebhookRequest(payload(person, text, utc_now(), number), {})
        key = self.office.channels[person.channel].peek(request)
        arrival = Arrival(person.channel, "message", key, request, utc_now())
        _timed(times, f"{what}, stored", lambda: store(self.office.sessions, [arrival]))
        _timed(times, f"{what}, claimed and processed", worker.work_once)
        claims = _timed(times, f"{what}, replies claimed", lambda: claim_due(self.office, utc_now()))
        accepted = [(claim, f"SM{claim.reply_id:032x}") for claim in claims]
        _timed(times, f"{what}, replies settled", lambda: settle_all(self.office, accepted))
        while claims := claim_due(self.office, utc_now()):
            settle_all(self.office, [(claim, f"SM{claim.reply_id:032x}") for claim in claims])

    def _report(self, times: Times) -> None:
        sent = select(Reply).where(
            Reply.id >= self._any(Reply), Reply.channel == ChannelName.WHATSAPP.value, Reply.state == "accepted"
        )
        with reading(self.office.sessions) as session:
            reply = session.scalars(sent.order_by(Reply.id).limit(1)).one()
        arrival = report_of(self.office, reply, "read")
        _timed(times, "delivery report, stored", lambda: store(self.office.sessions, [arrival]))
        _timed(times, "delivery report, applied", lambda: apply_reports(self.office))

    def _queue(self, wish: Wish) -> None:
        with reading(self.office.sessions) as session:
            list_queue(session, self.office, wish)
            count_waiting(session)
            count_emergencies(session)

    def _inbox(self, wish: Wish) -> None:
        member = self._liaison()
        with reading(self.office.sessions) as session:
            list_inbox(session, self.office, member, wish)
            count_inbox(session, member)

    def _dossier(self) -> None:
        folio = self._folio()
        open_dossier(self.office, self.cast.officer, folio)
        with reading(self.office.sessions) as session:
            find_next(session, folio)

    def _referral(self) -> None:
        with reading(self.office.sessions) as session:
            wanted = select(Referral.id).where(Referral.id >= self._any(Referral)).order_by(Referral.id).limit(1)
            referral = session.scalars(wanted).one()
        open_referral(self.office, self.cast.officer, referral)

    def _dead_letters(self) -> None:
        list_dead_events(self.office)
        list_unsent_replies(self.office)

    def _accounts(self) -> None:
        with reading(self.office.sessions) as session:
            list_accounts(session, self.office)

    def _incidents(self) -> None:
        with reading(self.office.sessions) as session:
            list_incidents(session, self.office)

    def _models(self) -> None:
        with reading(self.office.sessions) as session:
            show_models(session, self.office)

    def _stranger(self) -> Person:
        number = FIRST_STRANGER + next(self.numbers) % 10_000
        if self.rng.random() < 0.5:
            return Person(ChannelName.TELEGRAM, str(number), "Lupita")
        return Person(ChannelName.WHATSAPP, f"whatsapp:+521{number}", "Lupita")

    def _citizen(self) -> tuple[Person, str]:
        wanted = select(Conversation.channel, Conversation.address, Petition.folio).join(
            Petition, Petition.conversation_id == Conversation.id
        )
        with reading(self.office.sessions) as session:
            found = session.execute(wanted.where(Petition.id >= self._any(Petition)).order_by(Petition.id).limit(1))
            channel, address, folio = found.one()
        return Person(ChannelName(channel), address, "Lupita"), folio

    def _folio(self) -> str:
        return self._petition().folio

    def _somewhere(self) -> str:
        petition = self._petition()
        return f"0.{int(petition.opened_at.timestamp() * 1_000_000)}.{petition.id}"

    def _petition(self) -> Petition:
        with reading(self.office.sessions) as session:
            wanted = select(Petition).where(Petition.id >= self._any(Petition)).order_by(Petition.id)
            return session.scalars(wanted.limit(1)).one()

    def _rare(self) -> str:
        return f"recibo {self._any(Matter)}"

    def _any(self, table: type[Petition] | type[Matter] | type[Reply] | type[Referral]) -> int:
        """A number of that table's rows, each as likely; the last ones are left out, so that there is one behind it."""
        with reading(self.office.sessions) as session:
            greatest = session.scalar(select(func.max(table.id))) or 1
        return self.rng.randint(1, max(1, greatest - 20))

    def _liaison(self) -> Member:
        return self.rng.choice([member for member in self.cast.members.values() if member.role == Role.LIAISON])


def open_visits(office: Office, cast: Cast) -> Visits:
    return Visits(muted(office), cast, random.Random(7), count(FIRST_NUMBER))  # noqa: S311 — no secret


def take_times(visits: Visits) -> Times:
    """Seconds of each thing that is asked, in the order in which they are asked."""
    times = visits.citizens()
    for name, act in (*visits.staff(), *visits.loops()):
        times[name] = _repeat(act)
    return times


def _timed(times: Times, name: str, act: Callable[[], Result]) -> Result:
    started = time.perf_counter()
    result = act()
    times[name].append(time.perf_counter() - started)
    return result


def _repeat(act: Callable[[], object]) -> list[float]:
    taken: list[float] = []
    end = time.perf_counter() + SECONDS
    while len(taken) < WARMING + SAMPLES and (len(taken) < LEAST or time.perf_counter() < end):
        started = time.perf_counter()
        act()
        taken.append(time.perf_counter() - started)
    return taken[WARMING:] if len(taken) > 2 * WARMING else taken
