"""What a case left behind, seen from outside: the database, the spool, the providers' journal, the log, the process."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psutil
from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.database import open_engine, open_sessions, reading
from intake.tables.citizens import Conversation
from intake.tables.incoming import InboundEvent, Message
from intake.tables.outgoing import Reply
from intake.tables.petitions import Petition
from tests.whole.program import Program
from tests.whole.providers import AUTH, SECRET, TOKEN, Providers
from tests.whole.waiting import wait_for

CHANNELS = {"telegram": "telegram", "twilio": "whatsapp"}
CANARY_CHARACTERS = 12  # a shorter text may stand in a log by chance
UNENDED = ("queued", "sending", "claimed")
# PostgreSQL's leases of a killed process run out first: 2.5 s for a conversation, 45 s for a reply; then back-off.
SETTLE_S = 240.0


@dataclass(frozen=True)
class Evidence:
    """`spooled`: channel and provider's id of what waits on disk. `canaries`: words that no log may hold.

    `moved`: an address that a chat had before, and the one that it has now.
    """

    events: Sequence[InboundEvent]
    messages: Sequence[Message]
    petitions: Sequence[Petition]
    replies: Sequence[Reply]
    addresses: dict[int, str]
    moved: dict[str, str]
    spooled: Sequence[tuple[str, str]]
    journal: dict[str, list[dict[str, Any]]]
    canaries: Sequence[str]
    log: str
    process: psutil.Process | None


@contextmanager
def reading_rows(program: Program) -> Iterator[Session]:
    engine = open_engine(program.environment["CANALIZA_DATABASE_URL"])
    try:
        with reading(open_sessions(engine)) as session:
            yield session
    finally:
        engine.dispose()


def gather(program: Program, providers: Providers) -> Evidence:
    with reading_rows(program) as session:
        return Evidence(
            events=session.scalars(select(InboundEvent).order_by(InboundEvent.id)).all(),
            messages=session.scalars(select(Message).order_by(Message.id)).all(),
            petitions=session.scalars(select(Petition)).all(),
            replies=session.scalars(select(Reply).order_by(Reply.id)).all(),
            addresses={row.id: row.address for row in session.scalars(select(Conversation))},
            moved={old: person["address"] for person in providers.people() for old in person["former"]},
            spooled=_spooled(program),
            journal=providers.log(),
            canaries=_canaries(providers),
            log=program.log.read_text(errors="replace"),
            process=living(program),
        )


def settle(program: Program, providers: Providers, timeout_s: float = SETTLE_S) -> None:
    """Until nothing is under way any more. Raises AssertionError that says what still is."""
    seen: list[int] = []

    def is_quiet() -> bool:
        seen.append(len(providers.log()["webhooks"]))
        return seen[-1:] * 5 == seen[-5:] and not list_unsettled(program, providers)

    try:
        wait_for(is_quiet, "quiet", timeout_s, every_s=0.3)
    except AssertionError as error:
        raise AssertionError(f"{error}: {list_unsettled(program, providers)}") from error


def list_unsettled(program: Program, providers: Providers) -> list[str]:
    """In words, what is still under way."""
    pending = providers.pending_updates()
    with reading_rows(program) as session:
        events = session.scalars(select(InboundEvent.id).where(InboundEvent.state == "pending")).all()
        replies = session.scalars(select(Reply.id).where(Reply.state.in_(UNENDED))).all()
    counts = {
        "updates at Telegram": pending,
        "batches in the spool": len(list(program.spool.glob("*.events"))),
        "events": len(events),
        "replies": len(replies),
    }
    return [f"{count} {name}" for name, count in counts.items() if count]


def _spooled(program: Program) -> list[tuple[str, str]]:
    lines = (line for path in program.spool.glob("*.events") for line in path.read_text().splitlines())
    waiting = [json.loads(line) for line in lines]
    return [(arrival["channel"], arrival["key"][0]) for arrival in waiting]


def _canaries(providers: Providers) -> list[str]:
    people = providers.people()
    texts = [
        bubble["text"]
        for person in people
        for bubble in providers.screen(person["channel"], person["person"])
        if bubble["is_own"] and len(bubble["text"]) >= CANARY_CHARACTERS
    ]
    names = [person["name"] for person in people]
    addresses = [person["address"].removeprefix("whatsapp:+") for person in people]
    return [TOKEN, SECRET, AUTH, *names, *addresses, *texts]


def living(program: Program) -> psutil.Process | None:
    is_running = program.process is not None and program.process.poll() is None
    return psutil.Process(program.process.pid) if program.process and is_running else None
