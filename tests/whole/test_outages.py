"""The database goes away while citizens write, and the disk is full (RELIABILITY, cases 1, 4, 5, 6)."""

import os
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from intake.tables.incoming import InboundEvent
from tests.databases import SERVER, fresh_database
from tests.whole.evidence import SETTLE_S, reading_rows, settle
from tests.whole.invariants import check_growth
from tests.whole.ledger import Ledger
from tests.whole.outages import OwnPostgres, own_database
from tests.whole.program import Program, installed
from tests.whole.providers import Providers
from tests.whole.waiting import wait_for

TEXT = "no hay agua en mi colonia desde el lunes y nadie nos dice nada"
SPOOL_POINTS = ("spool.written", "spool.renamed", "spool.replayed")
LONGER_THAN_SQLITE_WAITS_S = 20.0  # intake/database.SQLITE_BUSY_MS is 15 s
AWAY_S = float(os.environ.get("CANALIZA_FAULT_AWAY_S", "30"))  # 600 are the case itself
DISK_BYTES = 8 * 1024 * 1024
Installation = tuple[Program, Providers, OwnPostgres]


@pytest.fixture
def own_server(model: Path, tmp_path: Path) -> Iterator[Installation]:
    if SERVER not in os.environ:
        pytest.skip("no PostgreSQL here: run the tests with `make test`")
    with (
        own_database("postgresql", tmp_path) as database,
        installed(database.url, model, tmp_path) as (program, providers),
    ):
        assert isinstance(database, OwnPostgres)
        yield program, providers, database


@pytest.mark.slow
def test_while_the_database_is_away_twilio_is_spooled_and_telegram_comes_again_in_order(
    own_server: Installation, ledger: Ledger
) -> None:
    program, providers, database = own_server
    program.start()
    providers.waits_for_webhook()
    database.stops()
    for number in range(20):
        providers.writes("whatsapp", f"vecina-{number}", TEXT)
    for number in range(5):
        providers.writes("telegram", "lupita", f"sigue sin agua la calle número {number}")
    wait_for(lambda: _acknowledged(providers) == 20, "20 messages in the spool")
    wait_for(lambda: _answers(providers, "telegram") == {503}, "a refusal to Telegram")
    database.starts()
    settle(program, providers)
    ledger.holds(program, providers, faults=1)
    program.stop()
    assert all(providers.received("whatsapp", f"vecina-{number}") for number in range(20))


@pytest.mark.slow
@pytest.mark.faults
def test_a_long_time_without_a_database_costs_nothing_but_the_wait(own_server: Installation, ledger: Ledger) -> None:
    """Ten minutes in short (case 5): people go on writing, and the process neither grows nor gives up."""
    program, providers, database = own_server
    program.start()
    providers.waits_for_webhook()
    database.stops()
    ends, written = time.monotonic() + AWAY_S, 0
    while time.monotonic() < ends:
        providers.writes("whatsapp", f"vecina-{written % 7}", f"hola, van {written} días sin luz")
        providers.writes("telegram", f"vecino-{written % 3}", f"hola, van {written} días sin agua")
        written += 1
        time.sleep(0.5)
    assert not {200, 204} & _answers(providers, "telegram")
    assert check_growth(program) == []
    database.starts()
    settle(program, providers, AWAY_S + SETTLE_S)
    ledger.holds(program, providers, faults=1)
    program.stop()
    with reading_rows(program) as session:
        kept = Counter(session.scalars(select(InboundEvent.channel).where(InboundEvent.kind == "message")))
    assert kept == {"whatsapp": written, "telegram": written}


@pytest.mark.slow
@pytest.mark.faults
def test_a_process_that_starts_without_a_database_takes_in_what_comes(own_server: Installation, ledger: Ledger) -> None:
    """The machine came up before its database did, or the process fell while that was away."""
    program, providers, database = own_server
    database.stops()
    program.process = program.spawn()
    wait_for(lambda: _listens(program), f"a process that listens: {program.log}", 150)
    providers.waits_for_webhook()
    for number in range(5):
        providers.writes("whatsapp", f"vecina-{number}", TEXT)
    providers.writes("telegram", "lupita", TEXT)
    wait_for(lambda: _acknowledged(providers) == 5, "5 messages in the spool")
    wait_for(lambda: _answers(providers, "telegram") == {503}, "a refusal to Telegram")
    database.starts()
    settle(program, providers)
    ledger.holds(program, providers, faults=1)
    people = [("telegram", "lupita"), *(("whatsapp", f"vecina-{number}") for number in range(5))]
    assert all(len(providers.received(*person)) == 3 for person in people)
    program.stop()


def _listens(program: Program) -> bool:
    with suppress(httpx.HTTPError):
        return httpx.get(f"{program.public_url}/healthz", timeout=5).status_code == 200
    return False


def _acknowledged(providers: Providers) -> int:
    return sum(p["provider"] == "twilio" and p["status"] == 200 for p in providers.log()["webhooks"])


def _answers(providers: Providers, provider: str) -> set[int | None]:
    return {posted["status"] for posted in providers.log()["webhooks"] if posted["provider"] == provider}


@pytest.mark.slow
@pytest.mark.faults
@pytest.mark.parametrize("point", SPOOL_POINTS)
def test_a_kill_at_the_spool_loses_nothing_that_was_acknowledged(
    own_server: Installation, ledger: Ledger, point: str
) -> None:
    program, providers, database = own_server
    program.start(failpoint=f"{point}:1")
    database.stops()
    sent = providers.writes("whatsapp", "lupita", TEXT)
    if point == "spool.replayed":
        wait_for(lambda: _acknowledged(providers) == 1, "the message in the spool")
        database.starts()
    assert program.waits_for_death() == -9
    if point != "spool.replayed":
        database.starts()
    program.start()
    providers.delivers_again("whatsapp", "lupita", sent["event"], 2)
    texts = providers.waits_for("whatsapp", "lupita", "¿De qué municipio", 150)
    settle(program, providers)
    ledger.holds(program, providers, faults=1)
    program.stop()
    assert len(texts) == len(set(texts)) == 3


@pytest.mark.slow
@pytest.mark.faults
def test_a_server_that_stops_again_and_again_loses_nothing(own_server: Installation, ledger: Ledger) -> None:
    program, providers, database = own_server
    program.start()
    providers.waits_for_webhook()
    with ThreadPoolExecutor(1) as pool:
        stopping = pool.submit(lambda: [database.goes_away(number % 3) or time.sleep(5) for number in range(8)])
        for number in range(600):
            providers.writes(
                ("telegram", "whatsapp")[number % 2], f"vecina-{number // 4}", f"hola, van {number} días sin luz"
            )
            time.sleep(0.08)
        stopping.result()
    settle(program, providers)
    ledger.holds(program, providers, faults=8)
    program.stop()


@pytest.mark.slow
@pytest.mark.faults
def test_a_sqlite_file_that_another_program_locks_loses_nothing(model: Path, tmp_path: Path, ledger: Ledger) -> None:
    with own_database("sqlite", tmp_path) as database, installed(database.url, model, tmp_path) as (program, providers):
        program.start()
        providers.waits_for_webhook()
        with ThreadPoolExecutor(1) as pool:
            locking = pool.submit(database.goes_away, LONGER_THAN_SQLITE_WAITS_S)
            for number in range(30):
                providers.writes(("telegram", "whatsapp")[number % 2], f"vecina-{number}", TEXT)
                time.sleep(0.4)
            locking.result()
        settle(program, providers)
        ledger.holds(program, providers, faults=1)
        program.stop()


@pytest.mark.slow
@pytest.mark.faults
def test_with_a_full_disk_nothing_is_acknowledged_and_it_mends_itself(
    model: Path, tmp_path: Path, ledger: Ledger
) -> None:
    """Database, spool and files on one small disk; the log elsewhere."""
    with (
        _small_disk(tmp_path / "disk") as disk,
        fresh_database("sqlite", disk) as url,
        installed(url, model, tmp_path) as (program, providers),
    ):
        program.spool = disk / "spool"
        program.environment |= {"CANALIZA_SPOOL_DIR": str(program.spool), "CANALIZA_FILES_URL": f"file://{disk}/files"}
        program.start()
        providers.waits_for_webhook()
        filler = disk / "filler"
        _fill(filler)
        lost = [providers.writes("whatsapp", f"vecina-{number}", TEXT) for number in range(10)]
        providers.writes("telegram", "lupita", TEXT)
        wait_for(lambda: len(providers.log()["webhooks"]) >= 11, "an answer to every message")
        assert _answers(providers, "twilio") == _answers(providers, "telegram") == {503}
        filler.unlink()
        for number, sent in enumerate(lost):
            assert providers.delivers_again("whatsapp", f"vecina-{number}", sent["event"], 1) == [200]
        settle(program, providers)
        ledger.holds(program, providers, faults=1)
        program.stop()


@contextmanager
def _small_disk(folder: Path) -> Iterator[Path]:
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(folder)]
    if os.getuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("a small disk cannot be mounted without the rights of root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)  # noqa: S607 — of the system, as mount


def _fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        for size in (65536, 4096, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue
