"""A process that carries imports or exports, or sends what was approved, and is killed on its way: `python -m
tests.carrier imports|exports|approved POINT`.

Its settings come from the environment, as the program's do.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

from bot.console import Console
from bot.messages import ChannelName
from intake.answers.leaving import send_approved
from intake.carrying.exports import prepare_once
from intake.carrying.stepping import work_once
from intake.clock import utc_now
from intake.failpoints import arm
from intake.office import Office
from intake.settings import read_settings
from intake.wiring import build_office

ROOT = Path(__file__).parents[1]


class PlainTexts:
    """Of the staff's sentences only the keys."""

    def __call__(self, key: str, **values: object) -> str:
        return key

    def has(self, key: str) -> bool:
        return True


def dies_at(office: Office, what: str, point: str) -> None:
    """A process of that office carries until it is killed at that point."""
    settings = office.settings
    environment = {
        **os.environ,
        "CANALIZA_DATABASE_URL": settings.database_url,
        "CANALIZA_SECRET_KEY": settings.secret_key,
        "CANALIZA_FILES_URL": settings.files_url,
        "CANALIZA_MODEL_DIR": settings.model_dir,
    }
    command = [sys.executable, "-m", "tests.carrier", what, point]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stdout + done.stderr


if __name__ == "__main__":
    own = build_office(read_settings(), further={ChannelName.CONSOLE: Console()})
    arm(sys.argv[2])
    match sys.argv[1]:
        case "exports":
            prepare_once(own)
        case "imports":
            work_once(own, PlainTexts())
        case "approved":
            send_approved(own, utc_now())
