"""A database that goes away and comes back: a PostgreSQL server of the test's own, a SQLite file that another locks."""

import os
import pwd
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import psutil
from sqlalchemy.engine import make_url

from intake.database import open_engine
from intake.schema import upgrade
from tests.databases import fresh_database

OWNER = "postgres"  # PostgreSQL refuses to run as root; scripts/with-postgres does the same
LOCK_PATIENCE_S = 60.0


class Database(Protocol):
    """A migrated database that a test can take away."""

    url: str

    def goes_away(self, seconds: float) -> None:
        """Nothing can be written for so long."""
        ...

    def hangs(self, seconds: float) -> None:
        """It answers nothing for so long, and then goes on."""
        ...


class LockedSqlite:
    def __init__(self, url: str) -> None:
        self.url = url
        self._path = make_url(url).database or ""

    def goes_away(self, seconds: float) -> None:
        """Another program holds the write lock, as a backup tool or a shell does."""
        connection = sqlite3.connect(self._path, timeout=LOCK_PATIENCE_S, isolation_level=None)
        try:
            connection.execute("BEGIN EXCLUSIVE")
            time.sleep(seconds)
            connection.execute("ROLLBACK")
        finally:
            connection.close()

    def hangs(self, seconds: float) -> None:
        self.goes_away(seconds)


class OwnPostgres:
    """One server, which no other test uses."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._programs = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
        self.url = f"postgresql://canaliza@/postgres?host={folder}"

    def starts(self) -> None:
        options = f"-k {self._folder} -c listen_addresses='' -c max_connections=60"
        self._run("pg_ctl", "-D", "data", "-l", "log", "-w", "-t", "60", "-o", options, "start")

    def is_made(self) -> None:
        if os.getuid() == 0:
            shutil.chown(self._folder, OWNER)
        self._run(
            "initdb", "-D", "data", "-U", "canaliza", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"
        )
        self.starts()

    def stops(self) -> None:
        self._run("pg_ctl", "-D", "data", "-m", "immediate", "-w", "stop")

    def is_running(self) -> bool:
        return (self._folder / "data" / "postmaster.pid").exists()

    def goes_away(self, seconds: float) -> None:
        self.stops()
        time.sleep(seconds)
        self.starts()

    def hangs(self, seconds: float) -> None:
        main = psutil.Process(int((self._folder / "data" / "postmaster.pid").read_text().split()[0]))
        frozen = [main, *main.children()]
        for process in frozen:
            _signal(process, signal.SIGSTOP)
        time.sleep(seconds)
        for process in reversed(frozen):
            _signal(process, signal.SIGCONT)

    def _run(self, program: str, *arguments: str) -> None:
        user = OWNER if os.getuid() == 0 else None
        group = pwd.getpwnam(OWNER).pw_gid if user else None
        command = [str(self._programs / program), *arguments]
        with (self._folder / f"{program}.out").open("wb") as out:
            subprocess.run(command, cwd=self._folder, user=user, group=group, stdout=out, stderr=out, check=True)


@contextmanager
def own_database(kind: str, folder: Path) -> Iterator[Database]:
    """A migrated database for one test alone."""
    if kind == "sqlite":
        with fresh_database(kind, folder) as url:
            yield LockedSqlite(url)
        return
    with tempfile.TemporaryDirectory(prefix="canaliza-pg.") as name:  # a socket's path may have 107 characters
        server = OwnPostgres(Path(name))
        server.is_made()
        try:
            engine = open_engine(server.url)
            upgrade(engine)
            engine.dispose()
            yield server
        finally:
            if server.is_running():
                server.stops()


def _signal(process: psutil.Process, number: int) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return  # a backend that ended meanwhile
