"""Invented petitions of the last weeks, carried by the very code that carries real ones, at times that have passed.

Called by `canaliza seed` and by the demo. Texts (`demo_petitions.jsonl`) are never learnt from; the rest: `demo.yaml`.
"""

import asyncio
import json
import random
from collections.abc import Mapping, Sequence
from contextlib import closing
from contextvars import copy_context
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from rich.console import Console
from rich.progress import track
from ruamel.yaml import YAML
from sqlalchemy import Select, func, select

from bot.messages import ChannelName, WebhookRequest
from bot.state import Awaiting
from canaliza.muted import Person, muted, payload
from canaliza.seed_configuration import fill_configuration
from canaliza.seed_desk import fill_desk
from canaliza.seed_letters import tell_letters
from canaliza.seed_liaison import fill_liaison
from canaliza.seed_past import Era, fill_past, fill_past_registers, freeze_months
from canaliza.seed_registers import fill_registers
from intake.accounts.staff import Member, NewAccount, Role, add_account
from intake.clock import at, utc_now
from intake.erasing.blocking import Acceptance
from intake.erasing.blocking import accept as accept_cancellation
from intake.errors import FormRefused, MoveRefused, SettingsError
from intake.incoming.receive import store
from intake.incoming.spool import Arrival
from intake.office import Office
from intake.outgoing.sending import Sender
from intake.petitions.case import get_petition, list_matters
from intake.petitions.incidents import join
from intake.settings import Settings
from intake.tables.accounts import Staff
from intake.tables.citizens import Conversation
from intake.tables.outgoing import Timer
from intake.tables.petitions import Petition
from intake.thinking.timers import fire_due
from intake.thinking.worker import Worker
from intake.triage.referrals import Choice, accept, answer, decide, give_back
from intake.wiring import build_office
from nlp.corpus import Example, read_examples

SEED = 104
FIRST_TELEGRAM_ID, FIRST_WHATSAPP_NUMBER = 7_000_100_000, 521_951_000_5000
WHATSAPP_SHARE, SAYS_PLACE, IS_RETURNED, IS_ANSWERED, ASKS_AGAIN, SAYS_SOLVED, IS_SOLVED = (
    0.6,
    0.85,
    0.06,
    0.8,
    0.5,
    0.6,
    0.85,
)
EVENT_BEFORE, EVENT_PEOPLE = timedelta(hours=60), 10
LATEST_LEFT_IN_TRIAGE = timedelta(days=6)


@dataclass(frozen=True)
class Extent:
    """How many petitions, spread over how many days until now. `has_past`: two years before them too."""

    petitions: int
    days: int
    has_past: bool = False


def fill(settings: Settings, extent: Extent, out: Console) -> None:
    """Add staff and petitions. Raises SettingsError when the database is in use already."""
    values = YAML(typ="safe").load(settings.jurisdiction_dir / "demo.yaml")
    office = muted(build_office(settings))
    with office.sessions() as session:
        if session.scalar(select(func.count()).select_from(Petition)):
            raise SettingsError("there are petitions already: invented ones are only for an empty database")
    rng = random.Random(SEED)  # noqa: S311 — invented data, not a secret
    since = utc_now() - timedelta(days=extent.days)
    era = Era(utc_now() - timedelta(days=values["past"]["days"]), since)
    with at(era.began):
        members = add_staff(office, values, out)
    if extent.has_past:
        out.print("→ Two years of history (about a minute)")
        fill_past(office, values, members, era)
    petitions = read_examples(settings.jurisdiction_dir / "demo_petitions.jsonl")
    chosen = rng.sample(petitions, min(extent.petitions, len(petitions)))
    moments = sorted(_moment(rng, since) for _ in chosen)
    steps = zip(moments, chosen, strict=True)
    with closing(Story(office, values, members, rng)) as story:
        for number, (moment, example) in enumerate(track(steps, "Invented petitions", len(chosen), console=out)):
            story.tell(number, example, moment)
        for number, event in enumerate(_read_events(settings, values["events"]), start=1):
            began = utc_now() - EVENT_BEFORE * number
            story.tell_event(len(chosen) + number * EVENT_PEOPLE, event, began, is_confirmed=number % 2 == 0)
        alarming = len(chosen) + (len(values["events"]) + 1) * EVENT_PEOPLE
        for number, telling in enumerate(sorted(values["alarming"], key=lambda one: -one["hours"]), start=alarming):
            story.tells(number, telling["text"], utc_now() - timedelta(hours=telling["hours"]))
        story.forget(alarming + len(values["alarming"]))
        story.remind()
    if extent.has_past:
        fill_past_registers(office, values, members["oficial"], era)
    fill_registers(office, values, members[values["staff"][0]["username"]])
    fill_configuration(office, members["administra"])
    fill_liaison(office, members["oficial"], values)
    fill_desk(office, members, values)
    tell_letters(office, next(one for one in members.values() if one.role == Role.OFFICER), values["letters"])
    if extent.has_past:
        freeze_months(office, utc_now())


def add_staff(office: Office, values: Mapping[str, Any], out: Console) -> dict[str, Member]:
    """The accounts of `demo.yaml` and a liaison for each agency (`enlace-<key>`). By username."""
    accounts = [
        NewAccount(s["username"], s["name"], Role(s["role"]), values["password"], s.get("agency"))
        for s in values["staff"]
    ]
    accounts += [
        NewAccount(liaison_name(key), f"Enlace de {agency.name}"[:200], Role.LIAISON, values["password"], key)
        for key, agency in office.jurisdiction.agencies.items()
    ]
    with office.sessions.begin() as session:
        rows = [
            add_account(session, office.jurisdiction, account)
            for account in track(accounts, "Staff accounts    ", console=out)
        ]
        return {row.username: _member(row) for row in rows}


def liaison_name(agency: str) -> str:
    return f"enlace-{agency.lower().replace('_', '-')}"


class Story:
    """Tells one petition's life after the other, each up to the present. `first`: number of messages told before."""

    def __init__(
        self,
        office: Office,
        values: Mapping[str, Any],
        members: Mapping[str, Member],
        rng: random.Random,
        *,
        first: int = 0,
    ) -> None:
        self._office, self._values, self._members, self._rng = office, values, members, rng
        self._worker, self._sender = Worker(office, lambda name, callback_id: None), Sender(office)
        self._loop = asyncio.Runner()
        self._sent = first
        self._now = utc_now()

    def remind(self) -> None:
        """What would have been due by now and is not moot, at its own time: nobody is reminded of it all today."""
        first = select(Timer.due_at).where(Timer.due_at < self._now).order_by(Timer.due_at).limit(1)
        while moment := self._first(first):
            with at(moment):
                fire_due(self._office, moment)
                self._deliver()

    def _first(self, wanted: Select[datetime]) -> datetime | None:
        with self._office.sessions() as session:
            return session.scalars(wanted).first()

    def close(self) -> None:
        self._loop.close()

    def tell(self, number: int, example: Example, moment: datetime) -> Person:
        """Who told it."""
        person = self._person(number)
        self.says(person, example.text, moment)
        if self._rng.random() < SAYS_PLACE and self._is_asked_where(person):
            self.says(person, self._place(), moment + timedelta(minutes=self._rng.uniform(0.5, 40)))
        folio = self._folio(person)
        if folio and moment < self._now - LATEST_LEFT_IN_TRIAGE * self._rng.random():
            self._handled(folio, person, example, moment + timedelta(hours=self._rng.uniform(1, 20)))
        return person

    def tells(self, number: int, text: str, moment: datetime) -> None:
        """One person, who has told where it is."""
        self.says(self._person(number), text, moment)

    def tell_event(
        self, first: int, tellings: Sequence[Mapping[str, Any]], began: datetime, *, is_confirmed: bool
    ) -> None:
        """One event by several people. `is_confirmed`: an officer has brought their petitions together."""
        folios: list[str] = []
        for number, telling in enumerate(tellings, start=first):
            person, moment = self._person(number), began + timedelta(hours=telling["hours"])
            self.says(person, telling["text"], moment)
            if telling["municipality"] and self._is_asked_where(person):
                self.says(person, telling["municipality"], moment + timedelta(minutes=2))
            folio = self._folio(person)
            folios += [folio] if folio else []
        for folio in folios[1:] if is_confirmed else ():
            self.staff(self._now - timedelta(minutes=1), partial(self._bring_together, folio, folios[0]))

    def forget(self, first: int) -> None:
        """Two people ask that their data be cancelled: one is blocked already, one waits for the administrator."""
        administrators = [staff["username"] for staff in self._values["staff"] if staff["role"] == "administrator"]
        for number, days in ((first, 6), (first + 1, 2)):
            person, asked = self._person(number), self._now - timedelta(days=days)
            self.says(person, self._values["cancels"], asked)
            self.says(person, self._values["solved"][0], asked + timedelta(minutes=2))
            folio = self._folio(person)
            if folio and number == first:
                said = Acceptance(folio, self._values["cancels_why"], is_confirmed=True)
                member = self._members[administrators[0]]
                self.staff(asked + timedelta(hours=6), partial(accept_cancellation, self._office, member, said))

    def _bring_together(self, folio: str, other: str) -> None:
        join(self._office, self._officer(), folio, other)

    def _handled(self, folio: str, person: Person, example: Example, moment: datetime) -> None:
        agency = example.agencies[0]
        referral = self.staff(moment, lambda: self._decide(folio, agency))
        liaison = self._members[liaison_name(agency)]
        later = moment + timedelta(hours=self._rng.uniform(3, 40))
        if referral is None:
            return
        if self._rng.random() < IS_RETURNED:
            reason = self._rng.choice(self._values["reasons"])
            self.staff(later, lambda: give_back(self._office, liaison, referral, reason))
            return
        self.staff(later, lambda: accept(self._office, liaison, referral))
        answered = later + timedelta(days=self._rng.uniform(1, 8))
        if self._rng.random() < ASKS_AGAIN:
            self.says(person, self._rng.choice(self._values["again"]), answered - timedelta(hours=3))
        if self._rng.random() < IS_ANSWERED:
            text = self._rng.choice(self._values["answers"][self._group(agency)])
            self.staff(answered, lambda: answer(self._office, liaison, referral, text))
            self._concludes(person, answered + timedelta(hours=self._rng.uniform(0.2, 20)))

    def _concludes(self, person: Person, moment: datetime) -> None:
        if self._rng.random() < SAYS_SOLVED:
            key = "solved" if self._rng.random() < IS_SOLVED else "unsolved"
            self.says(person, self._rng.choice(self._values[key]), moment)

    def says(self, person: Person, text: str, moment: datetime) -> None:
        if moment >= self._now:
            return
        self._sent += 1
        channel = self._office.channels[person.channel]
        request = WebhookRequest(payload(person, text, moment, self._sent), {})
        with at(moment):
            store(self._office.sessions, [Arrival(person.channel, "message", channel.peek(request), request, moment)])
            while self._worker.work_once():
                pass
        with at(moment + timedelta(seconds=self._office.settings.quiet_s)):
            self._deliver()

    def staff(self, moment: datetime, act: Any) -> Any:
        """What a member of staff does at that time; None when it lies ahead or the citizen has withdrawn meanwhile."""
        if moment >= self._now:
            return None
        with at(moment):
            try:
                done = act()
            except (MoveRefused, FormRefused):
                return None
            self._deliver()
            return done

    def _deliver(self) -> None:
        while self._loop.run(self._sender.send_due(), context=copy_context()):  # the context holds the story's time
            pass

    def _decide(self, folio: str, agency: str) -> int:
        with self._office.sessions() as session:
            petition = get_petition(session, folio)
            matter = list_matters(petition)[0]
        return decide(self._office, self._officer(), folio, Choice(matter.id, agency, petition.version))

    def _officer(self) -> Member:
        names = [staff["username"] for staff in self._values["staff"] if staff["role"] == "officer"]
        return self._members[self._rng.choice(names)]

    def _person(self, number: int) -> Person:
        name = self._values["people"][number % len(self._values["people"])]
        if self._rng.random() < WHATSAPP_SHARE:
            return Person(ChannelName.WHATSAPP, f"whatsapp:+{FIRST_WHATSAPP_NUMBER + number}", name)
        return Person(ChannelName.TELEGRAM, str(FIRST_TELEGRAM_ID + number), name)

    def _place(self) -> str:
        places = sorted(self._office.reader.list_municipalities(), key=lambda m: m.clave)
        return self._rng.choices(places, [m.population for m in places])[0].nombre

    def _is_asked_where(self, person: Person) -> bool:
        wanted = select(Conversation.state).where(Conversation.channel == person.channel.value)
        with self._office.sessions() as session:
            state = session.scalars(wanted.where(Conversation.address == person.address)).first()
        return (state or {}).get("awaiting") == Awaiting.MUNICIPALITY

    def _folio(self, person: Person) -> str | None:
        """The newest petition of that person."""
        wanted = select(Petition.folio).join(Conversation, Conversation.id == Petition.conversation_id)
        wanted = wanted.where(Conversation.channel == person.channel.value, Conversation.address == person.address)
        with self._office.sessions() as session:
            return session.scalars(wanted.order_by(Petition.id.desc()).limit(1)).first()

    def _group(self, agency: str) -> str:
        return "obra" if agency in self._values["builds"] else self._office.jurisdiction.get_agency(agency).order


def _read_events(settings: Settings, wanted: Sequence[str]) -> list[list[dict[str, Any]]]:
    """What is told of each wanted event, in order."""
    lines = (settings.jurisdiction_dir / "events.jsonl").read_text(encoding="utf-8").splitlines()
    rows: list[dict[str, Any]] = [json.loads(line) for line in lines]
    return [sorted((r for r in rows if r["event"] == event), key=lambda r: r["hours"]) for event in wanted]


def _moment(rng: random.Random, since: datetime) -> datetime:
    """A moment between `since` and now, by day rather than by night (hours in UTC: 14 to 4 is 8 to 22 in Oaxaca)."""
    span = (utc_now() - since).total_seconds()
    while True:
        moment = since + timedelta(seconds=rng.uniform(0, span))
        if moment.hour >= 14 or moment.hour < 4 or rng.random() < 0.1:
            return moment


def _member(row: Staff) -> Member:
    return Member(row.id, row.username, row.name, Role(row.role), row.agency, "")
