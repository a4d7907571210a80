"""Where a provider's events wait on disk while the database is away, so that none is lost that is not sent twice.

Twilio delivers a message once: what it sends is acknowledged when it lies here, synced, and goes into the database when
that is back. Telegram keeps its updates itself and is told to come again (CHANNELS §0.2). Called by `receive`.
"""

import asyncio
import base64
import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.messages import ChannelName, EventKey, WebhookRequest
from intake.failpoints import pass_point

LOOK_EVERY_S = 2.0
SPOOLED = frozenset({ChannelName.WHATSAPP})  # providers that do not come again
ENDING, UNREADABLE = ".events", ".unreadable"
log = structlog.get_logger()


@dataclass(frozen=True)
class Arrival:
    """One request as it came. `kind`: message or status (delivery reports belong to no conversation)."""

    channel: ChannelName
    kind: str
    key: EventKey
    request: WebhookRequest
    received_at: datetime


Store = Callable[[Sequence[Arrival]], object]


class Spool:
    """One folder a process. A file is one batch, whole or not there; names sort by time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers, self._latest = count(), 0

    def takes(self, arrival: Arrival) -> bool:
        """Whether the arrival waits here: its provider would not send it again."""
        return arrival.channel in SPOOLED

    def is_empty(self) -> bool:
        """Asked for each batch of arrivals, so it stops at the first that waits: with 20,000 of them counting took
        94 ms and this takes 0.2, in an empty folder 5 µs. Remembering instead would miss another process's files."""
        try:
            with os.scandir(self._folder) as entries:
                return not any(entry.name.endswith(ENDING) for entry in entries)
        except OSError:  # no folder yet, or none that can be read: nothing of ours waits there
            return True

    def count(self) -> int:
        """Batches that wait."""
        return len(self._files())

    def keep(self, arrivals: Sequence[Arrival]) -> None:
        """Durable when it returns. Raises OSError: nothing was kept."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._latest = max(self._latest, time.time_ns())  # also when the clock was set back
        name = f"{self._latest:020d}-{os.getpid()}-{next(self._numbers):06d}"
        unfinished = self._folder / f"{name}.part"
        try:
            with unfinished.open("x", encoding="utf-8") as file:
                unfinished.chmod(0o600)
                file.writelines(json.dumps(_to_json(arrival)) + "\n" for arrival in arrivals)
                file.flush()
                os.fsync(file.fileno())
            pass_point("spool.written")
            unfinished.replace(self._folder / f"{name}{ENDING}")
            self._sync_folder()
            pass_point("spool.renamed")
        except OSError:
            unfinished.unlink(missing_ok=True)
            raise

    def replay(self, store: Store) -> int:
        """Hand over what waits, oldest first, each batch dropped once it is stored; how many arrivals that were.

        Raises what `store` raises: the rest waits on.
        """
        replayed = 0
        for path in self._files():
            try:
                arrivals = [_from_json(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]
            except (ValueError, KeyError, TypeError) as error:  # a person has to look; the others must not wait for it
                path.replace(path.with_suffix(UNREADABLE))
                log.error("spool.unreadable", file=path.name, error=type(error).__name__)
                continue
            store(arrivals)
            pass_point("spool.replayed")
            path.unlink(missing_ok=True)  # another process of this host may have been as quick
            replayed += len(arrivals)
        return replayed

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob(f"*{ENDING}"))

    def _sync_folder(self) -> None:
        handle = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


async def keep_replaying(spool: Spool, store: Store) -> None:
    """For ever: what waits on disk goes into the database as soon as that takes it."""
    while True:
        try:
            replayed = 0 if spool.is_empty() else await asyncio.to_thread(spool.replay, store)
            if replayed:
                log.info("spool.replayed", events=replayed)
        except (SQLAlchemyError, OSError) as error:
            log.error("spool.waits", batches=spool.count(), error=type(error).__name__)
        await asyncio.sleep(LOOK_EVERY_S)


def _to_json(arrival: Arrival) -> dict[str, Any]:
    return {
        "channel": arrival.channel.value,
        "kind": arrival.kind,
        "key": [arrival.key.provider_id, arrival.key.address, arrival.key.order],
        "body": base64.b64encode(arrival.request.body).decode(),
        "query": arrival.request.query,
        "received_at": arrival.received_at.isoformat(),
    }


def _from_json(values: dict[str, Any]) -> Arrival:
    return Arrival(
        ChannelName(values["channel"]),
        values["kind"],
        EventKey(*values["key"]),
        WebhookRequest(base64.b64decode(values["body"]), {}, values["query"]),
        datetime.fromisoformat(values["received_at"]),
    )
