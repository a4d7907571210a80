"""A random campaign: a crowd writes while everything goes wrong; then all is quiet and every invariant must hold.

`CANALIZA_FAULT_SEED` repeats what was drawn, `CANALIZA_FAULT_SECONDS` says how long (default: the short form).
"""

import asyncio
import os
import random
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from bot.messages import ChannelName
from bot.whatsapp import WhatsApp
from intake.clock import utc_now
from intake.incoming.reconcile import reconcile
from intake.settings import Settings
from intake.wiring import build_office
from nlp.reader import Reader
from tests.databases import SERVER
from tests.whole.crowd import Crowd
from tests.whole.evidence import gather, settle
from tests.whole.ledger import Ledger
from tests.whole.mishaps import Mishaps, Supervisor
from tests.whole.outages import own_database
from tests.whole.program import Program, installed
from tests.whole.providers import Providers

SHORT_S, LONG_S = 8.0, 300.0
ACTS_A_SECOND = 20.0
BETWEEN_MISHAPS_S = (0.2, 1.5)
LATER = timedelta(minutes=5)  # when reconciliation looks, every message is old enough to be missed


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("seconds", [SHORT_S, pytest.param(LONG_S, marks=pytest.mark.faults)])
def test_nothing_is_lost_or_doubled_whatever_goes_wrong(
    kind: str, seconds: float, model: Path, reader: Reader, tmp_path: Path, ledger: Ledger
) -> None:
    if kind == "postgresql" and SERVER not in os.environ:
        pytest.skip("no PostgreSQL here: run the tests with `make test`")
    seed = int(os.environ.get("CANALIZA_FAULT_SEED") or random.SystemRandom().randrange(10**9))
    print(f"CANALIZA_FAULT_SEED={seed}")
    lasts_s = float(os.environ.get("CANALIZA_FAULT_SECONDS") or seconds)
    with own_database(kind, tmp_path) as database, installed(database.url, model, tmp_path) as (program, providers):
        chance = random.Random(seed)
        beside = ThreadPoolExecutor(4)
        crowd = Crowd(providers, chance, beside)
        mishaps = Mishaps(program, providers, database, random.Random(seed + 1))
        supervisor = Supervisor(program, random.Random(seed + 2))
        supervisor.begins()
        try:
            _rages(crowd, mishaps, chance, lasts_s)
        finally:
            supervisor.ends()
            beside.shutdown()
        _recovers(program, providers, reader)
        faults = supervisor.deaths + sum(mishaps.happened.values())
        note = f"campaign on {kind}: seed {seed}, {lasts_s:.0f} s, {supervisor.deaths} deaths, {mishaps.happened}"
        ledger.holds(program, providers, faults=faults, note=note)
        _everything_that_was_written_is_there(program, providers, crowd)
        program.stop()


def _rages(crowd: Crowd, mishaps: Mishaps, chance: random.Random, lasts_s: float) -> None:
    """The crowd writes from this thread; mishaps strike from another one, each after a pause."""
    end = time.monotonic() + lasts_s

    def strike() -> None:
        while time.monotonic() < end:
            time.sleep(mishaps.chance.uniform(*BETWEEN_MISHAPS_S))
            mishaps.strikes()

    with ThreadPoolExecutor(1) as pool:
        striking = pool.submit(strike)
        while time.monotonic() < end:
            crowd.acts()
            time.sleep(chance.expovariate(ACTS_A_SECOND))
        striking.result()


def _recovers(program: Program, providers: Providers, reader: Reader) -> None:
    """Nothing goes wrong any more: restarted once, reconciled with Twilio's list, and quiet."""
    providers.mends()
    program.stop()
    _reconciles(program, reader)
    program.start()
    settle(program, providers)


def _reconciles(program: Program, reader: Reader) -> None:
    """As the loop does every four minutes, once, and in five minutes' time."""
    values = {name.removeprefix("CANALIZA_").lower(): value for name, value in program.environment.items()}
    office = build_office(Settings.model_validate(values), reader=reader)
    channel = office.channels[ChannelName.WHATSAPP]
    assert isinstance(channel, WhatsApp)

    async def once() -> None:
        await reconcile(office, channel, utc_now() + LATER)
        await asyncio.gather(*(one.close() for one in office.channels.values()))

    asyncio.run(once())
    office.engine.dispose()


def _everything_that_was_written_is_there(program: Program, providers: Providers, crowd: Crowd) -> None:
    """Not only what was acknowledged: what got through to nobody was delivered again, or found in Twilio's list."""
    kept = {event.provider_id for event in gather(program, providers).events}
    lost = [item for _, _, item in crowd.sent if item["event"] not in kept]
    assert not lost, f"{len(lost)} of {crowd.written} messages are nowhere"
