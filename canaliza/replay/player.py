"""Plays a written conversation through an office: the provider's bytes are kept, processed, and replies delivered.

The way of every message, but for the network: the provider takes each reply at once. Time is the script's own.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import zip_longest

from sqlalchemy import func, select

from bot.messages import ChannelName, WebhookRequest
from canaliza.replay.outcome import PetitionSeen, see_messages, see_petitions
from canaliza.replay.plan import Item, plan
from canaliza.replay.script import GENERAL, Script, ScriptError, Turn, Verb, Way
from canaliza.replay.seen import Received
from canaliza.replay.staff import act
from canaliza.replay.telegram_hand import TelegramHand
from canaliza.replay.whatsapp_hand import WhatsAppHand
from canaliza.simulator.people import People, Person
from intake.accounts.staff import Member
from intake.clock import at, utc_now
from intake.incoming.receive import store
from intake.incoming.spool import Arrival
from intake.meetings.attending_by_chat import chat_code
from intake.office import Office
from intake.outgoing.receipts import apply_reports
from intake.outgoing.sending import Claim, claim_due, settle_all
from intake.tables.meetings import Meeting
from intake.tables.outgoing import Reply, Timer
from intake.thinking.leases import claim_conversations
from intake.thinking.process import process
from intake.thinking.timers import fire_due
from intake.thinking.worker import due_events, release

Hand = TelegramHand | WhatsAppHand
AT_LAST = timedelta(minutes=5)  # after the last turn: what still waits for more comes
APART = timedelta(seconds=1)  # between two messages to one chat (CHANNELS A1)
FOLIO, MEETING = re.compile(r"\{(folio|part|spoken|confused)(\d?)\}"), re.compile(r"\{code\}")
LETTERS = str.maketrans({"0": "O", "1": "I"})


@dataclass(frozen=True)
class Line:
    """One line of the transcript. `who` None: the office's program; `turn` None: it was not asked for."""

    at: datetime
    who: str | None
    text: str
    verb: Verb | None = None
    received: Received | None = None


@dataclass
class Played:
    """What came out. `answers`: by breath; `copies`: of replies to a message that had come before; `kinds` and
    `emergencies`: by turn; `stuck`: the turn that could not happen, and why: the rest was not played."""

    lines: list[Line] = field(default_factory=list)
    answers: dict[int, list[Received]] = field(default_factory=lambda: defaultdict(list))
    copies: list[str] = field(default_factory=list)
    kinds: dict[int, str] = field(default_factory=dict)
    emergencies: dict[int, str | None] = field(default_factory=dict)
    petitions: tuple[PetitionSeen, ...] = ()
    left: int = 0
    stuck: tuple[int, str] | None = None


def play(office: Office, officer: Member, script: Script, channel: ChannelName, way: Way) -> Played:
    """A turn that cannot happen there ends it; a fault of the program is raised as it is."""
    return _Play(office, officer, script, channel, way).run()


class _Play:
    def __init__(self, office: Office, officer: Member, script: Script, channel: ChannelName, way: Way) -> None:
        self._office, self._officer, self._script = office, officer, script
        self._channel, self._way = channel, way
        self._people = People(office.settings.twilio_whatsapp_from)
        self._hands: dict[tuple[str, str], Hand] = {}
        self._sends_at = script.starts
        self._played = Played()

    def run(self) -> Played:
        items = plan(self._script, self._channel, self._way)
        for item, following in zip_longest(items, items[1:]):
            try:
                self._happen(item, until=following.at if following else item.at + AT_LAST)
            except ScriptError as error:
                self._played.stuck = item.turn.number, str(error)
                break
        self._look()
        return self._played

    def _look(self) -> None:
        """What the rows say afterwards."""
        addresses = [hand.person.address for hand in self._hands.values()]
        with self._office.sessions() as session:
            self._played.petitions = see_petitions(session, self._office, addresses)
            messages = see_messages(session, addresses)
        self._played.left = messages.left
        for turn in self._script.turns:
            read = messages.read.get(self._hand(turn).external_id(Item(turn, 0, self._script.starts, 0)))
            if read:
                version = read[-1 if turn.verb == Verb.EDITS else 0]
                self._played.kinds[turn.number], self._played.emergencies[turn.number] = version

    def _happen(self, item: Item, until: datetime) -> None:
        turn = item.turn
        if turn.is_offices:
            with at(item.at):
                folio = "" if turn.verb in GENERAL else self._folio_of(turn)
                lead = self._folio(int(turn.value)) if turn.verb == Verb.JOINS else ""
                act(self._office, self._officer, turn, folio, lead)
            self._show(item, "Oficina", turn.value)
        elif turn.verb != Verb.WAITS:
            self._write(item)
        self._played.answers[item.breath] += self._deliver(item.at, until)

    def _write(self, item: Item) -> None:
        hand, text = self._hand(item.turn), self._words(item)
        self._show(item, hand.person.name, text)
        body = hand.body(item, text)
        self._arrive(item, body)
        if self._way == Way.DOUBLED:
            self._played.answers[item.breath] += self._deliver(item.at, item.at)
            before = self._newest_reply()
            self._arrive(item, body)
            self._played.copies += self._purposes_after(before)

    def _arrive(self, item: Item, body: bytes) -> None:
        """Kept as the webhook keeps it, then processed as a worker does; a fault is not set aside but raised."""
        request = WebhookRequest(body, {})
        with at(item.at):
            self._keep("message", request)
            leases = claim_conversations(self._office, utc_now())
            for lease, events in due_events(self._office, leases, utc_now()):
                for event in events:
                    process(self._office, lease, event)
                release(self._office, lease, utc_now())

    def _keep(self, kind: str, request: WebhookRequest) -> None:
        key = self._office.channels[self._channel].peek(request)
        store(self._office.sessions, [Arrival(self._channel, kind, key, request, utc_now())])

    def _deliver(self, since: datetime, until: datetime) -> list[Received]:
        """What is due at `since`, and what falls due before `until`, reaches its person, one message a second."""
        self._sends_at = max(since, self._sends_at)
        delivered = self._send_all()
        while (due := self._next_due()) and due < until:
            self._sends_at = due
            with at(due):
                fire_due(self._office, utc_now())
            delivered += self._send_all()
        return delivered

    def _send_all(self) -> list[Received]:
        sent: list[Received] = []
        while received := self._send_due():
            sent += received
            self._sends_at += APART
        return sent

    def _next_due(self) -> datetime | None:
        """When a reply, or a timer, is next."""
        replies = select(func.min(Reply.next_attempt_at)).where(Reply.state == "queued")
        with self._office.sessions() as session:
            times = [
                session.scalar(replies.where(Reply.next_attempt_at > self._sends_at)),
                session.scalar(select(func.min(Timer.due_at)).where(Timer.due_at > self._sends_at)),
            ]
        return min((moment for moment in times if moment), default=None)

    def _newest_reply(self) -> int:
        with self._office.sessions() as session:
            return session.scalar(select(func.max(Reply.id))) or 0

    def _purposes_after(self, reply_id: int) -> list[str]:
        with self._office.sessions() as session:
            return list(session.scalars(select(Reply.purpose).where(Reply.id > reply_id).order_by(Reply.id)))

    def _send_due(self) -> list[Received]:
        with at(self._sends_at):
            claims = claim_due(self._office, utc_now())
            if not claims:
                return []
            received = [self._receive(claim) for claim in claims]
            pairs = list(zip(claims, received, strict=True))
            settle_all(self._office, [(claim, one.external_id) for claim, one in pairs])
            self._report([one for claim, one in pairs if claim.is_answer])
            return received

    def _report(self, answers: Sequence[Received]) -> None:
        """Where the provider tells, it tells that an answer arrived: nothing else depends on a receipt."""
        receipt = TelegramHand.receipt if self._channel == ChannelName.TELEGRAM else WhatsAppHand.receipt
        for answer in answers:
            if body := receipt(answer.external_id):
                self._keep("status", WebhookRequest(body, {}))
        apply_reports(self._office)

    def _receive(self, claim: Claim) -> Received:
        hand = next(hand for hand in self._hands.values() if hand.person.address == claim.address)
        with self._office.sessions() as session:
            purpose = session.scalars(select(Reply.purpose).where(Reply.id == claim.reply_id)).one()
        message = claim.message
        received = Received(hand.reply_id(claim.reply_id), utc_now(), purpose, message.text, message.choices)
        hand.see(received)
        self._played.lines.append(Line(utc_now(), None, message.text, received=received))
        return received

    def _hand(self, turn: Turn) -> Hand:
        name, spelled = turn.who or self._script.person, turn.spelled
        if (name, spelled) not in self._hands:
            person = self._people.get(self._channel, name)
            address = person.address.replace("+521", spelled, 1) if spelled else person.address
            self._hands[name, spelled] = self._new_hand(Person(name, self._channel, address, name))
        return self._hands[name, spelled]

    def _new_hand(self, person: Person) -> Hand:
        settings = self._office.settings
        if self._channel == ChannelName.TELEGRAM:
            return TelegramHand(person)
        return WhatsAppHand(person, sender=settings.twilio_whatsapp_from, account=settings.twilio_account_sid)

    def _show(self, item: Item, who: str, text: str) -> None:
        """A voice note's words and a sticker's picture are told to who reads the transcript, not to the program."""
        shown = text if item.turn.verb == Verb.ALBUM else text or item.turn.value
        self._played.lines.append(Line(item.at, who, shown, verb=item.turn.verb))

    def _words(self, item: Item) -> str:
        """What stands in the message: an album's words are its first photo's, nobody reads what a voice says."""
        turn = item.turn
        match turn.verb:
            case Verb.ALBUM:
                written = "" if item.place else turn.caption
            case Verb.EDITS:
                written = turn.to
            case Verb.VOICE | Verb.STICKER:
                written = ""
            case _:
                written = turn.value
        return FOLIO.sub(self._folio_as, MEETING.sub(self._code_as, written))

    def _folio_as(self, match: re.Match[str]) -> str:
        """{folio} whole, {part} its middle, {spoken} without dashes, {confused} with O for 0 and I for 1."""
        folio = self._folio(int(match[2] or 1))
        match match[1]:
            case "part":
                return folio.split("-")[2]
            case "spoken":
                return " ".join(folio.lower().split("-"))
            case "confused":
                series, year, *rest = folio.split("-")
                return f"{series} {year} {''.join(rest).translate(LETTERS)}"
        return folio

    def _code_as(self, match: re.Match[str]) -> str:
        """{code}: of the newest meeting."""
        with self._office.sessions() as session:
            newest = session.scalars(select(func.max(Meeting.id))).one()
        return chat_code(self._office, newest or 0)

    def _folio_of(self, turn: Turn) -> str:
        return self._folio(turn.petition or 0)

    def _folio(self, number: int) -> str:
        """Of the conversation's first, second … petition; 0: of its newest. Raises ScriptError."""
        with self._office.sessions() as session:
            seen = see_petitions(session, self._office, [hand.person.address for hand in self._hands.values()])
        if not 0 < (number or len(seen)) <= len(seen):
            raise ScriptError(f"there is no petition {number or ''} yet")
        return seen[number - 1].folio
