"""What every test may lean on: databases of both kinds, a trained model, an office.

One thing is a patch: in this process a password costs next to nothing (`tests/intake/test_passwords.py` has its price).
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from pwdlib.hashers.argon2 import Argon2Hasher

from bot.channels import Channel
from bot.console import Console
from bot.messages import ChannelName
from intake.accounts.staff import HASHER
from intake.jurisdiction import Jurisdiction, read_jurisdiction
from intake.office import Office
from intake.settings import Settings
from intake.wiring import build_office
from nlp.reader import Reader, load_reader
from tests import loopback
from tests.databases import SERVER, fresh_database
from tests.models import JURISDICTION, trained_model
from tests.talk import Talk
from tests.whole.ledger import summarise

loopback.guard()
HASHER.current_hasher = Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1)
HASHER.hashers = (HASHER.current_hasher,)
DATABASES = ["sqlite", "postgresql"]


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated database of each kind in turn."""
    kind = request.param
    if kind == "postgresql" and SERVER not in os.environ:
        pytest.skip("no PostgreSQL here: run the tests with `make test`")
    with fresh_database(kind, tmp_path) as url:
        yield url


@pytest.fixture(scope="session")
def model() -> Path:
    return trained_model()


@pytest.fixture(scope="session")
def reader(model: Path) -> Reader:
    return load_reader(JURISDICTION, model)


@pytest.fixture(scope="session")
def jurisdiction() -> Jurisdiction:
    """Read once: its YAML takes longer than most tests."""
    return read_jurisdiction(JURISDICTION)


@pytest.fixture
def office(
    database_url: str, model: Path, reader: Reader, jurisdiction: Jurisdiction, tmp_path: Path
) -> Iterator[Office]:
    """An office with the console channel: the whole way without a provider. Each message is answered at once."""
    settings = Settings(
        database_url=database_url,
        secret_key="k" * 32,
        files_url=f"file://{tmp_path}/files",
        model_dir=str(model),
        quiet_s=0,
    )
    further: dict[ChannelName, Channel] = {ChannelName.CONSOLE: Console()}
    built = build_office(settings, further=further, reader=reader, jurisdiction=jurisdiction)
    yield built
    built.engine.dispose()


@pytest.fixture
def talk(office: Office) -> Talk:
    """A citizen at the console."""
    return Talk(office, "console-1")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What the cases of the fault suite add up to; here, because only the first conftest is read by xdist's head."""
    for line in summarise(terminalreporter.getreports("passed")):
        terminalreporter.write_line(line)
