"""An installation for each test: the program in its own process opposite simulated providers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.whole.program import Program, installed
from tests.whole.providers import Providers

Installation = tuple[Program, Providers]


@pytest.fixture
def installation(database_url: str, model: Path, tmp_path: Path) -> Iterator[Installation]:
    with installed(database_url, model, tmp_path) as pair:
        yield pair
