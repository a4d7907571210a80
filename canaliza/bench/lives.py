"""Petitions whose lives the program itself carries through, at times that have passed: what `copying` makes many of.

Rows are as the program writes them, hashes and keys too. Called by `filling`.
"""

import random
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import cycle, islice, pairwise
from typing import Any
from urllib.parse import urlencode

from rich.console import Console
from ruamel.yaml import YAML
from sqlalchemy import select

from bot.messages import AttachmentKind, ChannelName, WebhookRequest
from canaliza.muted import Person
from canaliza.seed import Story, add_staff, liaison_name
from intake.accounts.staff import Member
from intake.acting import DECIDERS
from intake.clock import at, utc_now
from intake.incoming.receive import store
from intake.incoming.spool import Arrival
from intake.office import Office
from intake.outgoing.receipts import apply_reports
from intake.petitions.case import get_petition, list_matters
from intake.petitions.incidents import join
from intake.petitions.states import NEEDS_TRIAGE, OPEN_REFERRALS, WITH_AGENCY, Status
from intake.tables.incoming import Attachment, Message
from intake.tables.outgoing import Reply, Task
from intake.tables.petitions import Matter, Petition, Referral
from intake.triage.referrals import Choice, answer, decide
from intake.triage.tasks import Means, Outcome, close, review
from nlp.corpus import read_examples

SEED = 104
ASKS = 9  # times that a person asks how it goes, beside what the story has them say: ten messages in all
FIRST_ASKED, ASKED_EVERY = timedelta(days=35), timedelta(days=9)
SETTLED_AFTER = timedelta(days=30)
HAS_PHOTO, IS_READ, IS_UNDELIVERED, ARE_ONE_EVENT = 0.25, 0.5, 0.01, 0.05
UNREACHABLE = "63024"  # Twilio's code for a number without WhatsApp
PHOTO_BYTES = 200_000


@dataclass(frozen=True)
class Cast:
    values: Mapping[str, Any]
    members: Mapping[str, Member]

    @property
    def officer(self) -> Member:
        return next(member for member in self.members.values() if member.role in DECIDERS)


@dataclass(frozen=True)
class Stretch:
    """So many petitions, opened evenly between two moments. `first`: number of the first person and message;
    `asks`: how often each asks afterwards."""

    petitions: int
    first: int
    since: datetime
    until: datetime
    asks: int = ASKS


def gather(office: Office) -> Cast:
    """The invented staff of the demo, added to an empty database."""
    values = YAML(typ="safe").load(office.jurisdiction.folder / "demo.yaml")
    with at(utc_now()):
        return Cast(values, add_staff(office, values, Console(quiet=True)))


def tell_past(office: Office, cast: Cast, stretch: Stretch) -> None:
    """Each to its end: none is left with staff, no report and no task is left open."""
    rng = random.Random(SEED)  # noqa: S311 — invented data, not a secret
    with closing(Story(office, cast.values, cast.members, rng, first=stretch.first)) as story:
        for person, moment in _tell(office, story, stretch, rng):
            for number in range(stretch.asks):
                story.says(person, rng.choice(cast.values["again"]), moment + FIRST_ASKED + ASKED_EVERY * number)
        _settle(office, cast, story)
    _add_photos(office, rng)
    _report(office, rng)
    _close_tasks(office, cast)
    _bring_together(office, cast)


def tell_present(office: Office, cast: Cast, stretch: Stretch) -> None:
    """Up to this moment: most wait for an officer, some are with an agency."""
    rng = random.Random(SEED + 1)  # noqa: S311 — invented data, not a secret
    with closing(Story(office, cast.values, cast.members, rng, first=stretch.first)) as story:
        for _ in _tell(office, story, stretch, rng):
            continue


def report_of(office: Office, reply: Reply, status: str) -> Arrival:
    """Twilio's delivery report of a reply, as its webhook would bring it."""
    form = {"MessageSid": reply.external_id or "", "MessageStatus": status, "ApiVersion": "2010-04-01"}
    if status == "undelivered":
        form["ErrorCode"] = UNREACHABLE
    request = WebhookRequest(urlencode(form).encode(), {}, f"reply={reply.id}")
    key = office.channels[ChannelName.WHATSAPP].peek(request)
    return Arrival(ChannelName.WHATSAPP, "status", key, request, utc_now())


def _tell(office: Office, story: Story, stretch: Stretch, rng: random.Random) -> Iterator[tuple[Person, datetime]]:
    """Each person with the moment at which they wrote first."""
    known = read_examples(office.jurisdiction.folder / "demo_petitions.jsonl")
    examples = islice(cycle(rng.sample(known, len(known))), stretch.petitions)
    apart = (stretch.until - stretch.since) / stretch.petitions
    for number, example in enumerate(examples):
        moment = stretch.since + apart * number
        yield story.tell(stretch.first + number, example, moment), moment


def _settle(office: Office, cast: Cast, story: Story) -> None:
    """What is still with staff is referred and answered."""
    waiting = [status.value for status in (*NEEDS_TRIAGE, *WITH_AGENCY)]
    with office.sessions() as session:
        left = session.execute(
            select(Petition.folio, Petition.opened_at).where(Petition.status.in_(waiting)).order_by(Petition.id)
        ).all()
    for folio, opened_at in left:
        moment = opened_at + SETTLED_AFTER
        story.staff(moment, partial(_refer, office, cast, folio))
        story.staff(moment + timedelta(days=1), partial(_answer, office, cast, folio))


def _refer(office: Office, cast: Cast, folio: str) -> None:
    with office.sessions() as session:
        petition = get_petition(session, folio)
        matters = [m for m in list_matters(petition) if Status(m.status) in NEEDS_TRIAGE]
    agency = next(iter(office.jurisdiction.agencies))
    for matter in matters:
        with office.sessions() as session:
            version = get_petition(session, folio).version
        decide(office, cast.officer, folio, Choice(matter.id, matter.agency or agency, version))


def _answer(office: Office, cast: Cast, folio: str) -> None:
    wanted = (
        select(Referral)
        .join(Matter, Matter.id == Referral.matter_id)
        .join(Petition, Petition.id == Matter.petition_id)
        .where(Petition.folio == folio, Referral.state.in_(OPEN_REFERRALS))
    )
    with office.sessions() as session:
        referrals = session.scalars(wanted).all()
    for referral in referrals:
        text = cast.values["answers"]["obra"][0]
        answer(office, cast.members[liaison_name(referral.agency)], referral.id, text)


def _add_photos(office: Office, rng: random.Random) -> None:
    """Rows of files that were kept; the files themselves are not made."""
    with office.sessions.begin() as session:
        for message in session.scalars(select(Message).where(Message.petition_id.is_not(None)).order_by(Message.id)):
            if rng.random() < HAS_PHOTO:
                session.add(_photo(message, f"{rng.getrandbits(256):064x}"))


def _photo(message: Message, sha256: str) -> Attachment:
    return Attachment(
        message_id=message.id,
        petition_id=message.petition_id,
        channel=ChannelName.TELEGRAM.value,
        kind=AttachmentKind.PHOTO.value,
        external_id=sha256,
        unique_id=sha256,
        state="stored",
        attempts=1,
        next_attempt_at=message.received_at,
        storage_key=f"{sha256[:2]}/{sha256}",
        size_bytes=PHOTO_BYTES,
        sha256=sha256,
        detected_type="image/jpeg",
    )


def _report(office: Office, rng: random.Random) -> None:
    """Delivered, half of them read, one in a hundred not delivered."""
    sent = select(Reply).where(Reply.channel == ChannelName.WHATSAPP.value, Reply.state == "accepted")
    with office.sessions() as session:
        replies = session.scalars(sent.order_by(Reply.id)).all()
    for reply in replies:
        chance = rng.random()
        told = ["undelivered"] if chance < IS_UNDELIVERED else ["delivered", *(["read"] if chance < IS_READ else [])]
        with at((reply.accepted_at or reply.created_at) + timedelta(seconds=5)):
            store(office.sessions, [report_of(office, reply, status) for status in told])
            while apply_reports(office):
                continue


def _close_tasks(office: Office, cast: Cast) -> None:
    with office.sessions() as session:
        replies = session.scalars(select(Reply).where(Reply.state == "failed").order_by(Reply.id)).all()
    for reply in replies:
        with at(reply.created_at + timedelta(days=1)):
            review(office, utc_now())
    with office.sessions() as session:
        tasks = session.scalars(select(Task).where(Task.closed_at.is_(None)).order_by(Task.id)).all()
    for task in tasks:
        with at(task.opened_at + timedelta(days=1)):
            close(office, cast.officer, task.id, Outcome.TOLD, Means.CALL, "")


def _bring_together(office: Office, cast: Cast) -> None:
    with office.sessions() as session:
        plain = select(Petition.folio, Petition.opened_at).where(Petition.is_sensitive.is_(False))
        found = session.execute(plain.order_by(Petition.id)).all()
    step = max(2, round(1 / ARE_ONE_EVENT))
    for (folio, _), (other, opened_at) in islice(pairwise(found), 0, None, step):
        with at(opened_at + timedelta(days=1)):
            join(office, cast.officer, folio, other)
