"""Both providers, simulated in a thread of the test: people write and press, faults are ordered, the log is asked."""

import asyncio
import random
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
import uvicorn
from twilio.request_validator import RequestValidator

from canaliza.simulator import Pace, SimulatorConfig, build_simulator
from intake.clock import utc_now
from tests.whole.waiting import wait_for

TOKEN = "7000000001:AAtests_of_the_whole_program_000000000"
SECRET = "webhook-secret-of-the-tests"
ACCOUNT, AUTH = "AC" + "0a" * 16, "0b" * 16
SENDER = "whatsapp:+5219510000000"
PORTS = (18_000, 30_000)  # below Linux's ephemeral ones
HURRIED = Pace(sent_s=0.02, delivered_s=0.02, read_s=0.05, retry_s=0.2)


@dataclass
class Providers:
    """`url`: where the program's API calls go. `public_url`: where the program takes webhooks."""

    url: str
    client: httpx.Client
    public_url: str

    def writes(self, channel: str, person: str, text: str) -> dict[str, Any]:
        """Send a message; returns what the phone shows of it, with the webhook's `event` id."""
        answer = self.client.post(f"/phones/{channel}/{person}/messages", json={"text": text})
        answer.raise_for_status()
        sent: dict[str, Any] = answer.json()["messages"][0]
        return sent

    def sends(self, channel: str, person: str, **content: Any) -> None:
        self.client.post(f"/phones/{channel}/{person}/messages", json=content).raise_for_status()

    def sends_file(
        self,
        channel: str,
        person: str,
        kind: str,
        *files: tuple[str, bytes, str],
        caption: str = "",
        last_after_s: float = 0,
    ) -> list[dict[str, Any]]:
        """One file, or the items of an album; returns what the phone shows of each. `last_after_s`: the last one comes
        so much later, and is not among them."""
        answer = self.client.post(
            f"/phones/{channel}/{person}/messages",
            files=[("files", file) for file in files],
            data={"kind": kind, "caption": caption, "last_after_s": str(last_after_s)},
        )
        answer.raise_for_status()
        sent: list[dict[str, Any]] = answer.json()["messages"]
        return sent

    def edits(self, person: str, message_id: str, text: str) -> None:
        answer = self.client.post(f"/phones/telegram/{person}/edit", json={"message_id": message_id, "text": text})
        answer.raise_for_status()

    def presses(self, person: str, message_id: str, data: str) -> None:
        answer = self.client.post(f"/phones/telegram/{person}/press", json={"message_id": message_id, "data": data})
        answer.raise_for_status()

    def waits_for_webhook(self) -> None:
        """Until the program has told Telegram where to send; what was written before only waits."""
        ask = f"/bot{TOKEN}/getWebhookInfo"
        wait_for(lambda: bool(self.client.post(ask).json()["result"]["url"]), "a registered webhook")

    def delivers_again(self, channel: str, person: str, event: str, copies: int) -> list[int | None]:
        """The same webhook again, `copies` times at once; the statuses that the program answered."""
        which = {"update_id": int(event)} if channel == "telegram" else {"sid": event}
        answer = self.client.post(
            f"/phones/{channel}/{person}/redeliver", json={**which, "copies": copies, "parallel": True}
        )
        answer.raise_for_status()
        statuses: list[int | None] = answer.json()["statuses"]
        return statuses

    def screen(self, channel: str, person: str) -> list[dict[str, Any]]:
        shown: list[dict[str, Any]] = self.client.get(f"/phones/{channel}/{person}/messages").json()["messages"]
        return shown

    def received(self, channel: str, person: str) -> list[str]:
        """Texts that reached the person, in order."""
        return [bubble["text"] for bubble in self.screen(channel, person) if not bubble["is_own"]]

    def waits_for(self, channel: str, person: str, words: str, timeout_s: float = 90) -> list[str]:
        """All texts once one of them holds the words. Raises AssertionError after the time."""
        what = f"«{words}» for {person} on {channel}"
        try:
            wait_for(lambda: any(words in t for t in self.received(channel, person)), what, timeout_s)
        except AssertionError as error:
            raise AssertionError(f"{error}; came: {self.received(channel, person)}") from error
        return self.received(channel, person)

    def reports(self, sid: str, status: str, *, reply: str = "") -> int:
        """A signed delivery report of the test's own, in whatever order the test wants; the program's status code."""
        form = {"MessageSid": sid, "MessageStatus": status, "AccountSid": ACCOUNT, "From": SENDER}
        url = f"{self.public_url}/webhooks/whatsapp/status" + (f"?reply={reply}" if reply else "")
        return self.posts_signed(url, form)

    def posts_signed(self, url: str, form: dict[str, str]) -> int:
        headers = {"X-Twilio-Signature": RequestValidator(AUTH).compute_signature(url, form)}
        return httpx.post(url, data=form, headers=headers, timeout=20).status_code

    def moves(self, person: str) -> None:
        """The person's chat on Telegram has another id from now on."""
        wanted = {"channel": "telegram", "person": person, "moves": True}
        self.client.post("/control/people", json=wanted).raise_for_status()

    def people(self) -> list[dict[str, Any]]:
        everybody: list[dict[str, Any]] = self.client.get("/control/people").json()
        return everybody

    def address(self, channel: str, person: str) -> str:
        """The person, made if need be, as the provider addresses them."""
        answer = self.client.post("/control/people", json={"channel": channel, "person": person})
        return str(answer.json()["address"])

    def blocks(self, channel: str, person: str) -> None:
        self.client.post(f"/phones/{channel}/{person}/block", json={"blocked": True}).raise_for_status()

    def pending_updates(self) -> int:
        """Telegram's updates that the program has not taken yet."""
        info = self.client.post(f"/bot{TOKEN}/getWebhookInfo").json()["result"]
        return int(info["pending_update_count"])

    def mends(self) -> None:
        """No ordered fault is left."""
        self.client.delete("/control/faults").raise_for_status()

    def orders_fault(self, **fault: Any) -> None:
        self.client.post("/control/faults", json=[fault]).raise_for_status()

    def log(self) -> dict[str, list[dict[str, Any]]]:
        log: dict[str, list[dict[str, Any]]] = self.client.get("/control/log").json()
        return log


@contextmanager
def running_providers(public_port: int, clock: Callable[[], datetime] = utc_now) -> Iterator[Providers]:
    """On a free port; the program is expected at `public_port`. `clock`: by which they date messages."""
    port = free_port()
    config = SimulatorConfig(
        telegram_token=TOKEN,
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=AUTH,
        whatsapp_sender=SENDER,
        whatsapp_webhook_url=f"http://127.0.0.1:{public_port}/webhooks/whatsapp",
        public_url=f"http://127.0.0.1:{port}",
        pace=HURRIED,
        clock=clock,
    )
    server = uvicorn.Server(uvicorn.Config(build_simulator(config), port=port, log_config=None))
    thread = threading.Thread(target=_serve(server), daemon=True)
    thread.start()
    wait_for(lambda: server.started, "the simulator")
    try:
        with httpx.Client(base_url=config.public_url, timeout=20) as client:
            yield Providers(config.public_url, client, f"http://127.0.0.1:{public_port}")
    finally:
        server.should_exit = True
        thread.join(20)


def free_port() -> int:
    """One that the system gives to no outgoing connection: a killed program must find its port again."""
    while True:
        port = random.SystemRandom().randrange(*PORTS)  # the seeded one would give every worker the same
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def _serve(server: uvicorn.Server) -> Callable[[], None]:
    return lambda: asyncio.run(server.serve())
