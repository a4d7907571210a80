"""The machine's own limits, so that a figure means the same elsewhere: syncing to disk, a bare commit."""

import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

SECONDS = 1.5


def fsyncs_a_second(folder: Path) -> float:
    path = folder / "fsync"
    with path.open("wb") as file:

        def once() -> None:
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())

        return _rate(once)


def sqlite_commits_a_second(folder: Path) -> float:
    """One row a commit, WAL and synchronous=FULL as the program has it."""
    connection = sqlite3.connect(folder / "commits.db", isolation_level=None)
    for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "CREATE TABLE t (x)"):
        connection.execute(statement)
    try:
        return _rate(lambda: connection.execute("INSERT INTO t VALUES (1)"))
    finally:
        connection.close()


def postgresql_commits_a_second(url: str) -> float:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS bare_commits (x int)")
        return _rate(lambda: connection.execute("INSERT INTO bare_commits VALUES (1)"))


def _rate(act: Callable[[], object]) -> float:
    done, start = 0, time.perf_counter()
    while (passed := time.perf_counter() - start) < SECONDS:
        act()
        done += 1
    return done / passed
