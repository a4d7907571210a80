"""Invented history of two years before the last weeks, so that reports, boards and registers have something to compare.

Written many petitions at a time (`intake.petitions.past`): the demo starts in seconds. Seasons, fast and slow agencies,
what was given back and what was never answered are `demo.yaml`'s; months are frozen as the office would have done it.
"""

import json
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from bot.messages import ChannelName
from canaliza.muted import Person
from canaliza.seed_quarters import file_guided, fill_quarters
from intake.accounts.staff import Member
from intake.alerts.cards import Verdict, decide_alert
from intake.alerts.watching import watch
from intake.clock import at, business_day_after, due_date
from intake.indicators.ledger import GUIDED
from intake.indicators.snapshots import freeze_due
from intake.office import Office
from intake.outgoing.notified import ANSWER, key_of
from intake.petitions.past import Came, Past, PastTurn, Written, write_past
from intake.petitions.states import Status
from intake.tables.alerts import Alert
from intake.tables.citizens import Rating
from intake.tables.outgoing import Reply
from intake.thinking.suggestions import is_reserved
from intake.transparency.publishing import publish_due
from nlp.corpus import read_examples
from nlp.reading import Municipality

AT_ONCE = 300
LINE_MIN = 170  # characters of a line of the corpus: some 60 of its text
FIRST_TELEGRAM_ID, FIRST_WHATSAPP_NUMBER = 7_000_500_000, 521_951_001_5000
WHATSAPP_SHARE, IS_RETURNED, IS_UNANSWERED, IS_TOLD, SAYS_SOLVED, IS_SOLVED, IS_RATED = (
    0.6,
    0.07,
    0.04,
    0.94,
    0.5,
    0.8,
    0.35,
)
FIRST_MATTERS, USUAL_DAYS, GROWTH = 0.6, 5, 0.8  # the channel is young: it grows by so much over the time
OPENS, CLOSES = 9, 17  # the office's hours
IS_DISMISSED, IS_GUIDED, IS_TAKEN = 0.02, 0.04, 0.7
WHY = {Status.ORIENTADA: "orientación", Status.NO_PETICION: "no es petición"}  # as `triage.referrals` writes them
Turns = tuple[PastTurn, ...]
Ending = tuple[bool | None, tuple[tuple[Status, datetime], ...]]  # whether it was solved, and its last moves
MARKS = ("good", "good", "good", "fair", "bad")


@dataclass(frozen=True)
class Era:
    """From when to when."""

    began: datetime
    ended: datetime


def fill_past(office: Office, values: Mapping[str, Any], members: Mapping[str, Member], era: Era) -> int:
    """How many petitions. Commits by pieces."""
    rng = random.Random(105)  # noqa: S311 — invented data, not a secret
    told = Told(office, values, rng, era)
    officers = [members[s["username"]].id for s in values["staff"] if s["role"] == "officer"]
    pasts = sorted(told.all(), key=lambda past: past.opened_at)
    for number, start in enumerate(range(0, len(pasts), AT_ONCE)):
        some = pasts[start : start + AT_ONCE]
        with office.sessions.begin() as session:
            written = write_past(session, office, some, officers[number % len(officers)])
            replies, ratings = told.replies(some, written), told.ratings(some, written)
            for table, rows in ((Reply, replies), (Rating, ratings)):
                if rows:
                    session.execute(insert(table), rows)
    return len(pasts)


def fill_past_registers(office: Office, values: Mapping[str, Any], officer: Member, era: Era) -> None:
    """What each quarter's registers held, files of the archive, and the alerts that were decided."""
    fill_quarters(office, officer, values, era.began)
    file_guided(office, officer, era.began, era.ended)
    decide_alerts(office, values, officer, era)


def decide_alerts(office: Office, values: Mapping[str, Any], officer: Member, era: Era) -> None:
    """Each outbreak's card, found by the look of those days and decided by a person."""
    for outbreak in values["past"]["outbreaks"]:
        seen = began_of(outbreak, era) + timedelta(days=4)
        with at(seen):
            watch(office, seen)
            with office.sessions() as session:
                cards = session.scalars(select(Alert.id).where(Alert.open_mark.is_not(None))).all()
            for card in cards:
                decide_alert(office, officer, card, Verdict.ATTENTION, outbreak["decided"])


def began_of(outbreak: Mapping[str, Any], era: Era) -> datetime:
    return era.ended - timedelta(days=outbreak["days"])


def freeze_months(office: Office, now: datetime) -> None:
    """What the loops of an office would have done by now."""
    while freeze_due(office, now):
        pass
    while publish_due(office, now):
        pass


class Told:
    """Makes each petition's whole life out of chance and `demo.yaml`."""

    def __init__(self, office: Office, values: Mapping[str, Any], rng: random.Random, era: Era) -> None:
        self._office, self._values, self._rng, self._era = office, values, rng, era
        self._past: Mapping[str, Any] = values["past"]
        self._closed = office.jurisdiction.closed
        self._places = sorted(office.reader.list_municipalities(), key=lambda m: m.clave)
        self._weights = [m.population for m in self._places]

    def all(self) -> Iterator[Past]:
        corpus = _read_corpus(self._office.jurisdiction.folder)
        weights = self._agencies(corpus)
        for number in range(self._past["petitions"]):
            opened = self._opened()
            month = opened.month
            agencies = list(weights)
            seasonal = [weights[key] * self._season(key, month) for key in agencies]
            agency = self._rng.choices(agencies, seasonal)[0]
            line = self._rng.choice(corpus[agency])
            yield self._past_of(number, json.loads(line)["text"], agency, opened)
        yield from self._outbreaks(corpus)

    def _outbreaks(self, corpus: Mapping[str, Sequence[str]]) -> Iterator[Past]:
        """Many people of one place about one thing within days, by day."""
        first = self._past["petitions"]
        for outbreak in self._past["outbreaks"]:
            began = began_of(outbreak, self._era)
            for _ in range(outbreak["people"]):
                moment = began + timedelta(hours=self._rng.uniform(0, 72))
                text = json.loads(self._rng.choice(corpus[outbreak["agency"]]))["text"]
                past = self._past_of(first, text, outbreak["agency"], moment)
                yield replace(past, municipality=outbreak["town"], is_sensitive=False)
                first += 1

    def _agencies(self, corpus: Mapping[str, Sequence[str]]) -> Mapping[str, int]:
        """As often as in the demo's own petitions, each agency of the corpus at least now and then."""
        own = read_examples(self._office.jurisdiction.folder / "demo_petitions.jsonl")
        counts = Counter(example.agencies[0] for example in own if example.agencies)
        return {key: 1 + counts[key] for key in sorted(corpus)}

    def _season(self, agency: str, month: int) -> float:
        season = self._past["seasons"].get(agency)
        return float(season["times"]) if season and month in season["months"] else 1.0

    def _opened(self) -> datetime:
        """More of them as time goes by; by day rather than by night, and on working days."""
        span = (self._era.ended - self._era.began).total_seconds()
        zone = self._office.jurisdiction.zone
        while True:
            share = self._rng.random()
            moment = (self._era.began + timedelta(seconds=span * share)).astimezone(zone)
            is_kept = self._rng.random() < (1 - GROWTH + GROWTH * share)
            is_day = 7 <= moment.hour < 22 or self._rng.random() < 0.1
            is_work = moment.weekday() < 5 or self._rng.random() < 0.5
            if is_kept and is_day and is_work:
                return moment

    def _past_of(self, number: int, text: str, agency: str, opened: datetime) -> Past:
        person = self._person(number)
        place = self._place(text)
        is_outside = self._office.jurisdiction.get_agency(agency).is_outside
        turns, (is_solved, ends) = self._way(agency, opened, person, is_outside=is_outside)
        jurisdiction = self._office.jurisdiction
        term = jurisdiction.terms_at(opened)
        return Past(
            key=f"past-{number}",
            came=Came(person.channel, person.address),
            text=self._rng.choice(self._past["no_petition"]) if _is_dismissed(ends) else text,
            opened_at=opened,
            due_on=due_date(opened, term, zone=jurisdiction.zone, closed=self._closed),
            term=term,
            turns=turns,
            ends=ends,
            name=person.name,
            municipality=place.clave,
            is_solved=is_solved,
            closing_reason=WHY.get(ends[0][0]) if ends else None,
            is_sensitive=is_reserved(self._office, text, agency, place.clave),
        )

    def _way(self, agency: str, opened: datetime, person: Person, *, is_outside: bool) -> tuple[Turns, Ending]:
        """A few are oriented, are no petition, or are withdrawn; all others are sent to somebody."""
        chance = self._rng.random()
        if chance < IS_DISMISSED + IS_GUIDED:
            moment = self._in_office(opened + timedelta(hours=self._rng.expovariate(1 / 6)))
            status = Status.NO_PETICION if chance < IS_DISMISSED else Status.ORIENTADA
            return (), (None, ((status, moment),))
        turns = self._turns(agency, opened, is_outside=is_outside)
        return turns, self._ends(turns[-1].answered_at, person)

    def _turns(self, agency: str, opened: datetime, *, is_outside: bool) -> tuple[PastTurn, ...]:
        issued = self._in_office(opened + timedelta(hours=self._rng.expovariate(1 / 6)))
        turns = []
        if self._rng.random() < IS_RETURNED:
            back = self._in_office(issued + timedelta(hours=self._rng.uniform(5, 50)))
            wrong = self._rng.choice([key for key in self._past["slow"] if key != agency])
            wrong_outside = self._office.jurisdiction.get_agency(wrong).is_outside
            reason = self._rng.choice(self._values["reasons"])
            turns.append(PastTurn(wrong, wrong_outside, issued, returned_at=back, return_reason=reason))
            issued = self._in_office(back + timedelta(hours=self._rng.uniform(1, 20)))
        slow = self._past["slow"].get(agency, USUAL_DAYS)
        accepted = self._in_office(issued + timedelta(hours=self._rng.expovariate(1 / (2.5 * slow))))
        if self._rng.random() < IS_UNANSWERED:
            is_taken = self._rng.random() < IS_TAKEN
            return (*turns, PastTurn(agency, is_outside, issued, accepted if is_taken else None))
        days = max(1, round(self._rng.gammavariate(3, slow / 3)))
        day = business_day_after(accepted.date(), days, self._closed)
        answered = accepted.replace(year=day.year, month=day.month, day=day.day)
        answer = self._rng.choice(self._values["answers"][self._group(agency)])
        return (*turns, PastTurn(agency, is_outside, issued, accepted, answered_at=answered, answer=answer))

    def _ends(self, answered: datetime | None, person: Person) -> Ending:
        if answered is None:
            return None, ()
        told = answered + timedelta(minutes=self._rng.uniform(0.1, 300))
        if self._rng.random() > IS_TOLD:  # the chat failed, a person called
            told = self._in_office(answered + timedelta(days=self._rng.uniform(3, 9)))
        if self._rng.random() < SAYS_SOLVED:
            solved = self._rng.random() < IS_SOLVED
            ended = told + timedelta(hours=self._rng.uniform(0.1, 40))
            return solved, ((Status.NOTIFICADA, told), (Status.CONCLUIDA, ended))
        return None, ((Status.NOTIFICADA, told), (Status.CONCLUIDA, told + timedelta(days=10)))

    def replies(self, pasts: Sequence[Past], written: Sequence[Written]) -> list[dict[str, Any]]:
        """The answers' own messages, as they came."""
        told = [(past, one) for past, one in zip(pasts, written, strict=True) if past.ends]
        answers = [_reply(past, one, ANSWER, past.turns[-1].answer or "") for past, one in told if one.answer_id]
        guided = [(past, one) for past, one in told if past.ends[0][0] == Status.ORIENTADA]
        return answers + [_reply(past, one, GUIDED, self._past["guidance"]) for past, one in guided]

    def ratings(self, pasts: Sequence[Past], written: Sequence[Written]) -> list[dict[str, Any]]:
        closed = ((past, one) for past, one in zip(pasts, written, strict=True) if past.is_solved is not None)
        return [
            {
                "petition_id": one.petition_id,
                "asked_at": past.ends[-1][1],
                "mark": self._rng.choice(MARKS) if past.is_solved else self._rng.choice(MARKS[3:]),
                "rated_at": past.ends[-1][1] + timedelta(minutes=3),
                "comment_id": None,
            }
            for past, one in closed
            if self._rng.random() < IS_RATED * 2
        ]

    def _in_office(self, moment: datetime) -> datetime:
        """The same moment, or the next one at which somebody works."""
        day = business_day_after(moment.date(), 0, self._closed)
        if day == moment.date() and moment.hour >= CLOSES:
            day = business_day_after(day, 1, self._closed)
        if day != moment.date() or moment.hour < OPENS:
            minute = timedelta(minutes=self._rng.uniform(0, 120))
            return moment.replace(year=day.year, month=day.month, day=day.day, hour=OPENS, minute=0) + minute
        return moment

    def _person(self, number: int) -> Person:
        name = self._values["people"][number % len(self._values["people"])]
        if self._rng.random() < WHATSAPP_SHARE:
            return Person(ChannelName.WHATSAPP, f"whatsapp:+{FIRST_WHATSAPP_NUMBER + number}", name)
        return Person(ChannelName.TELEGRAM, str(FIRST_TELEGRAM_ID + number), name)

    def _place(self, text: str) -> Municipality:
        read = self._office.reader.read_place(text)
        return read.chosen if read and read.chosen else self._rng.choices(self._places, self._weights)[0]

    def _group(self, agency: str) -> str:
        return "obra" if agency in self._values["builds"] else self._office.jurisdiction.get_agency(agency).order


def _is_dismissed(ends: Sequence[tuple[Status, datetime]]) -> bool:
    return bool(ends) and ends[0][0] == Status.NO_PETICION


def _read_corpus(folder: Path) -> dict[str, list[str]]:
    """Lines by agency: petitions that are no emergency and long enough to be shown; parsed when they are told."""
    found: dict[str, list[str]] = {}
    for path in sorted((folder / "corpus" / "petitions").glob("*.jsonl")):
        wanted = f'"kind": "petition", "emergency": null, "agencies": ["{path.stem}"]'
        lines = path.read_text(encoding="utf-8").splitlines()
        if told := [line for line in lines if wanted in line and len(line) >= LINE_MIN]:
            found[path.stem] = told
    return found


def _reply(past: Past, one: Written, purpose: str, text: str) -> dict[str, Any]:
    told = past.ends[0][1]
    said = past.turns[-1].answered_at if past.turns else told
    return {
        "key": f"{key_of(one.answer_id)}-0" if one.answer_id else f"petition-{one.petition_id}-guided-1",
        "conversation_id": one.conversation_id,
        "petition_id": one.petition_id,
        "channel": past.came.channel.value,
        "purpose": purpose,
        "text": text,
        "choices": [],
        "state": "accepted",
        "created_at": said,
        "next_attempt_at": said,
        "lease_number": 0,
        "attempts": 1,
        "sending_at": told,
        "accepted_at": told,
        "external_id": f"past-{one.petition_id}",
        "delivery": "read" if past.came.channel == ChannelName.WHATSAPP else None,
        "was_ambiguous": False,
    }
