"""A demo of one's own for pictures and measurements, on ports that nothing else uses: nobody's demo is touched."""

import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ruamel.yaml import YAML

PUBLIC, STAFF, PHONES = 18080, 18081, 18082
READY_WITHIN_S = 900  # the first start trains the model and invents three hundred petitions
ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
PASSWORD = YAML(typ="safe").load(Path("jurisdictions/oaxaca/demo.yaml"))["password"]


@contextmanager
def open_demo() -> Iterator[None]:
    """While it lasts it answers on the ports above. Exits when it does not start."""
    with tempfile.TemporaryDirectory() as folder:
        ports = ["--port", str(PUBLIC), "--staff-port", str(STAFF), "--phones-port", str(PHONES)]
        command = [sys.executable, "-m", "canaliza.cli", "demo", "--folder", f"{folder}/demo", *ports]
        process = subprocess.Popen(command)  # noqa: S603 — fixed arguments
        try:
            _wait(process)
            yield
        finally:
            process.terminate()
            process.wait(30)


def _wait(process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < end and process.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PHONES}/", timeout=2).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
        else:
            return
    sys.exit("the demo did not start: what went wrong stands above")
