"""An installation for each test: the program in its own process opposite simulated providers."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.whole.ledger import Ledger
from tests.whole.program import Program, installed
from tests.whole.providers import Providers

Installation = tuple[Program, Providers]
DIAGONAL = {("telegram", "sqlite"), ("whatsapp", "postgresql")}


def pytest_itemcollected(item: pytest.Item) -> None:
    """In every run each channel meets one database; the other two pairs belong to the long form (docs/faults.md)."""
    values = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
    pair = values.get("channel"), values.get("database_url")
    if None not in pair and pair not in DIAGONAL:
        item.add_marker(pytest.mark.faults)


@pytest.fixture
def installation(database_url: str, model: Path, tmp_path: Path) -> Iterator[Installation]:
    with installed(database_url, model, tmp_path) as pair:
        yield pair


@pytest.fixture
def ledger(record_property: Callable[[str, Any], None]) -> Ledger:
    """Where a case of the fault suite checks the invariants and is counted."""
    return Ledger(record_property)
