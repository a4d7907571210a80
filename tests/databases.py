"""Throw-away databases: a SQLite file, or a database of the PostgreSQL server that scripts/with-postgres started."""

import os
from contextlib import AbstractContextManager
from pathlib import Path

from canaliza.bench import office

SERVER = "CANALIZA_TEST_POSTGRES"


def fresh_database(kind: str, folder: Path, *, is_migrated: bool = True) -> AbstractContextManager[str]:
    """A database's URL; it is gone afterwards."""
    return office.fresh_database(kind, folder, os.environ.get(SERVER, ""), is_migrated=is_migrated)
