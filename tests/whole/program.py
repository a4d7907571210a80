"""The program as it is deployed: `canaliza serve` in a process of its own, killed and started again at will."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import httpx

from intake.clock import utc_now
from tests.models import ROOT
from tests.whole.providers import ACCOUNT, AUTH, SECRET, SENDER, TOKEN, Providers, free_port, running_providers
from tests.whole.waiting import wait_for

START_S = 150  # of a process on a machine whose cores are busy with other tests


@dataclass
class Program:
    """One installation: its settings, its folder, and the process while it runs."""

    environment: dict[str, str]
    port: int
    staff_port: int
    log: Path
    spool: Path
    process: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def public_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def staff_url(self) -> str:
        return f"http://127.0.0.1:{self.staff_port}"

    def start(self, *, failpoint: str = "") -> None:
        """Start and wait until it is ready."""
        self.process = self.spawn(failpoint=failpoint)
        wait_for(self._is_ready, f"ready: {self.log}", START_S)

    def spawn(self, *options: str, failpoint: str = "") -> subprocess.Popen[bytes]:
        """`serve` in a process of its own; does not wait for it."""
        command = [sys.executable, "-m", "canaliza.cli", "serve"]
        command += ["--port", str(self.port), "--staff-port", str(self.staff_port), *options]
        with self.log.open("ab") as log:
            return subprocess.Popen(
                command, cwd=ROOT, env={**self.environment, "CANALIZA_FAILPOINT": failpoint}, stdout=log, stderr=log
            )

    def run(self, *command: str) -> str:
        """Another command of the command line with the same settings; its standard output."""
        done = subprocess.run(
            [sys.executable, "-m", "canaliza.cli", *command],
            cwd=ROOT,
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout

    def waits_for_death(self) -> int:
        """The exit code of the process, which a failpoint kills."""
        assert self.process
        return self.process.wait(120)

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait(20)

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(30)

    def _is_ready(self) -> bool:
        assert self.process
        assert self.process.poll() is None, self.log.read_text()[-2000:]
        try:
            return httpx.get(f"{self.public_url}/readyz", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False


@contextmanager
def installed(
    database_url: str, model: Path, folder: Path, clock: Callable[[], datetime] = utc_now
) -> Iterator[tuple[Program, Providers]]:
    """A program that is not running yet, and the providers that it will talk to, with their clock."""
    port = free_port()
    with running_providers(port, clock) as providers:
        environment = {
            "PATH": os.environ["PATH"],
            "CANALIZA_DATABASE_URL": database_url,
            "CANALIZA_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "CANALIZA_SECRET_KEY": "k" * 32,
            "CANALIZA_TELEGRAM_TOKEN": TOKEN,
            "CANALIZA_TELEGRAM_WEBHOOK_SECRET": SECRET,
            "CANALIZA_TELEGRAM_API_URL": providers.url,
            "CANALIZA_TWILIO_ACCOUNT_SID": ACCOUNT,
            "CANALIZA_TWILIO_AUTH_TOKEN": AUTH,
            "CANALIZA_TWILIO_WHATSAPP_FROM": SENDER,
            "CANALIZA_TWILIO_API_URL": providers.url,
            "CANALIZA_FILES_URL": f"file://{folder}/files",
            "CANALIZA_SPOOL_DIR": f"{folder}/spool",
            "CANALIZA_MODEL_DIR": str(model),
            "CANALIZA_QUIET_S": "0.4",
        }
        program = Program(environment, port, free_port(), folder / "program.log", folder / "spool")
        try:
            yield program, providers
        finally:
            program.kill()
