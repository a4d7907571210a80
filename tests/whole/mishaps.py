"""What goes wrong in a campaign, drawn at random: the program, the database, the providers, their reports."""

import random
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event, Thread

import httpx

from intake.failpoints import NAMES
from tests.whole.outages import Database
from tests.whole.program import Program
from tests.whole.providers import Providers

LOOK_S = 0.1
AWAY_S, FROZEN_S, PAUSED_S = (0.1, 2.0), (0.5, 4.0), (0.2, 3.0)
LATEST_PASS = 40
MET = [name for name in NAMES if not name.startswith("carrying.")]  # a campaign brings nothing in and sends nothing out
REPORTS = ("queued", "sent", "delivered", "read", "teleported")  # the last one Twilio does not know yet
UNDELIVERED = (63005, 63016, 63024)
# Each breaks one of the program's calls, or one of the providers' own to the program.
ORDERS: tuple[dict[str, object], ...] = (
    {"do": "status", "status": 429, "retry_after_s": 2},
    {"do": "status", "status": 500},
    {"do": "status", "status": 200, "body": ""},
    {"do": "html", "status": 502},
    {"do": "status", "status": 200, "body": "\u0000\ufffd nothing that anybody could read {"},
    {"do": "truncate"},
    {"do": "reset_amid"},
    {"do": "trickle", "seconds": 12},
    {"do": "hang", "seconds": 12},
    {"do": "hang_after", "seconds": 12},
    {"do": "drop_before"},
    {"do": "drop_after"},
)
CALLS = {
    "telegram": ("sendMessage", "sendMessage", "getFile"),
    "twilio": ("Messages.create", "Messages.list", "Media.get"),
}
HOOKS = {"telegram": ("webhook",), "twilio": ("webhook", "status", "status")}


@dataclass
class Supervisor:
    """Starts the program again whenever it dies, as systemd would, and often arms a failpoint in it."""

    program: Program
    chance: random.Random
    deaths: int = 0
    _is_over: Event = field(default_factory=Event)
    _is_armed: bool = True
    _thread: Thread | None = None

    def begins(self) -> None:
        self.program.process = self.program.spawn()
        self._thread = Thread(target=self._watch)
        self._thread.start()

    def calms_down(self) -> None:
        """No further failpoint; what is armed now may still strike."""
        self._is_armed = False

    def ends(self) -> None:
        self._is_over.set()
        if self._thread:
            self._thread.join()

    def _watch(self) -> None:
        while not self._is_over.wait(LOOK_S):
            if self.program.process and self.program.process.poll() is not None:
                self.deaths += 1
                self.program.process = self.program.spawn(failpoint=self._failpoint())

    def _failpoint(self) -> str:
        is_armed = self._is_armed and self.chance.random() < 0.6
        return f"{self.chance.choice(MET)}:{self.chance.randint(1, LATEST_PASS)}" if is_armed else ""


@dataclass
class Mishaps:
    """`happened`: how many of each kind."""

    program: Program
    providers: Providers
    database: Database
    chance: random.Random
    happened: dict[str, int] = field(default_factory=dict)

    def strikes(self) -> None:
        rare: list[Callable[[], None]] = [
            self._kill,
            self._terminate,
            self._pause,
            self._database_away,
            self._database_hangs,
        ]
        common: list[Callable[[], None]] = [self._call_fails, self._hook_fails, self._undelivered, self._reports]
        mishap = self.chance.choice([*rare, *common * 3])
        mishap()
        self.happened[mishap.__name__[1:]] = self.happened.get(mishap.__name__[1:], 0) + 1

    def _kill(self) -> None:
        self._send(signal.SIGKILL)

    def _terminate(self) -> None:
        self._send(signal.SIGTERM)

    def _pause(self) -> None:
        self._send(signal.SIGSTOP)
        time.sleep(self.chance.uniform(*PAUSED_S))
        self._send(signal.SIGCONT)

    def _database_away(self) -> None:
        self.database.goes_away(self.chance.uniform(*AWAY_S))

    def _database_hangs(self) -> None:
        self.database.hangs(self.chance.uniform(*FROZEN_S))

    def _call_fails(self) -> None:
        self._order(CALLS, self.chance.choice(ORDERS))

    def _hook_fails(self) -> None:
        self._order(HOOKS, {"do": self.chance.choice(("drop_before", "drop_after"))})

    def _undelivered(self) -> None:
        code = self.chance.choice(UNDELIVERED)
        self.providers.orders_fault(provider="twilio", method="delivery", do="undelivered", code=code)

    def _reports(self) -> None:
        """Early, late, twice, backwards, of nobody's message, in words that Twilio does not use yet."""
        sent = [row["message_id"] for row in self.providers.log()["received"] if row["channel"] == "whatsapp"]
        sid = self.chance.choice([*sent[-50:], "SM" + "9" * 32])
        for status in self.chance.choices(REPORTS, k=4):
            with suppress(httpx.HTTPError):  # the program may be away
                self.providers.reports(sid, status)

    def _order(self, methods: dict[str, tuple[str, ...]], order: dict[str, object]) -> None:
        provider = self.chance.choice(sorted(methods))
        method = self.chance.choice(methods[provider])
        self.providers.orders_fault(provider=provider, method=method, times=self.chance.randint(1, 3), **order)

    def _send(self, number: int) -> None:
        process = self.program.process
        if process and process.poll() is None:
            process.send_signal(number)
