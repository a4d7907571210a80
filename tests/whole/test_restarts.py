"""Processes that end, or sleep past their lease, while citizens write (RELIABILITY, cases 2, 3, 9)."""

import signal
import subprocess
import time
from collections.abc import Callable

import pytest

from tests.whole.evidence import settle
from tests.whole.ledger import Ledger
from tests.whole.program import Program
from tests.whole.providers import Providers
from tests.whole.waiting import wait_for

TEXT = "no hay agua en mi colonia desde el lunes y nadie nos dice nada"
MESSAGES, ENDS = 120, 3
PAST_EVERY_LEASE_S = 50.0  # of a conversation 2.5 s, of a reply 45 s


@pytest.mark.slow
@pytest.mark.faults
@pytest.mark.parametrize("ends", [Program.stop, Program.kill])
@pytest.mark.parametrize("channel", ["telegram", "whatsapp"])
def test_ends_under_load_lose_and_double_nothing(
    installation: tuple[Program, Providers], ledger: Ledger, channel: str, ends: Callable[[Program], None]
) -> None:
    """Twilio's messages of the time without a program are delivered again, as reconciliation would."""
    program, providers = installation
    sent = []
    for _ in range(ENDS):
        program.start()
        for number in range(MESSAGES // ENDS):
            person = f"vecina-{len(sent) // 2}"
            sent.append((person, providers.writes(channel, person, f"hola, sin luz van {number} días")))
            time.sleep(0.05)  # 20 a second
        ends(program)
    program.start()
    if channel == "whatsapp":
        for person, item in sent:
            providers.delivers_again(channel, person, item["event"], 1)
    settle(program, providers)
    ledger.holds(program, providers, faults=ENDS)
    program.stop()


@pytest.mark.slow
@pytest.mark.faults
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_worker_that_sleeps_past_its_lease_does_nothing_twice(
    installation: tuple[Program, Providers], ledger: Ledger
) -> None:
    """Two worker processes; the one that was put to sleep amid its work wakes when the other has done it."""
    program, providers = installation
    program.process = program.spawn("--only", "web")
    workers = [program.spawn("--only", "worker") for _ in range(2)]
    try:
        providers.waits_for_webhook()
        for number in range(40):
            providers.writes(("telegram", "whatsapp")[number % 2], f"vecina-{number}", TEXT)
        wait_for(lambda: bool(providers.log()["received"]), "workers at work", 150)
        workers[0].send_signal(signal.SIGSTOP)
        time.sleep(PAST_EVERY_LEASE_S)
        workers[0].send_signal(signal.SIGCONT)
        settle(program, providers)
        ledger.holds(program, providers, faults=1)
    finally:
        for worker in workers:
            _ends(worker)
    program.stop()


def _ends(worker: subprocess.Popen[bytes]) -> None:
    worker.send_signal(signal.SIGCONT)
    worker.terminate()
    worker.wait(30)
