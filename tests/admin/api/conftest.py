"""The machines' door over a migrated database of each kind, with accounts of the office's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.channels import Channel
from bot.console import Console
from bot.messages import ChannelName
from intake.accounts.staff import Member
from intake.jurisdiction import Jurisdiction
from intake.office import Office
from intake.settings import Settings
from intake.wiring import build_office
from nlp.reader import Reader
from tests.admin.api.machine import Scene, officials, set_scene


@pytest.fixture
def office(database_url: str, reader: Reader, jurisdiction: Jurisdiction, tmp_path: Path) -> Iterator[Office]:
    settings = Settings(
        database_url=database_url,
        secret_key="k" * 32,
        files_url=f"file://{tmp_path}/files",
        model_dir=str(tmp_path / "model" / "oaxaca"),
        quiet_s=0,
    )
    further: dict[ChannelName, Channel] = {ChannelName.CONSOLE: Console()}
    built = build_office(settings, further=further, reader=reader, jurisdiction=jurisdiction)
    yield built
    built.engine.dispose()


@pytest.fixture
def people(office: Office) -> dict[str, Member]:
    return officials(office)


@pytest.fixture
def scene(office: Office, people: dict[str, Member]) -> Scene:
    return set_scene(office, people)
