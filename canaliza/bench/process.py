"""A server of the benchmark in a process of its own: started, awaited, weighed, ended."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

from canaliza.bench.office import free_port
from intake.errors import IntakeError
from intake.settings import Settings

START_S = 60
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


class NotStarted(IntakeError):
    """The server ended or did not answer; its last words stand in the text."""


class Server:
    def __init__(self, process: "subprocess.Popen[bytes]", started_s: float) -> None:
        self._process, self.started_s = process, started_s

    @property
    def memory_mb(self) -> float:
        """Resident now."""
        return int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1]) * PAGE / 1e6

    @property
    def cpu_s(self) -> float:
        """Used so far, user and system."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS


def whole_office(port: int) -> list[str]:
    """What `running` is given for a server of everything; its webhooks come to `port`."""
    return ["canaliza.cli", "serve", "--port", str(port), "--staff-port", str(free_port())]


@contextmanager
def running(settings: Settings, arguments: Sequence[str], port: int | None, folder: Path) -> Iterator[Server]:
    """`python -m …` until the block ends; ready when /healthz answers on `port` (None: at once). Raises NotStarted."""
    log = folder / f"server-{time.monotonic_ns()}.log"
    with log.open("wb") as out:
        started = time.monotonic()
        process = subprocess.Popen(  # noqa: S603 — this program with fixed arguments
            [sys.executable, "-m", *arguments],
            env={**os.environ, **settings.as_environment()},
            stdout=out,
            stderr=out,
        )
    try:
        if port:
            _wait(process, port, log)
        yield Server(process, time.monotonic() - started)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    end = time.monotonic() + START_S
    while time.monotonic() < end and process.poll() is None:
        try:
            with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
                return
        except HTTPError as error:
            if error.code < 500:  # another's server, which knows no such page, but answers
                return
            time.sleep(0.02)
        except OSError:
            time.sleep(0.02)
    raise NotStarted(log.read_text("utf-8", "replace")[-2000:])
