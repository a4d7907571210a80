"""The trained model that tests read with: made once for a corpus and a program, shared by all test processes."""

import fcntl
import hashlib
import shutil
from pathlib import Path

from rich.console import Console

from canaliza.learning import train_model
from intake.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
JURISDICTION = ROOT / "jurisdictions" / "oaxaca"
KEPT = ROOT / "var" / "test-models"
OTHERS_KEPT = 3  # models of other branches


def trained_model() -> Path:
    """The folder of a model of today's corpus and program; trains it when there is none."""
    KEPT.mkdir(parents=True, exist_ok=True)
    folder = KEPT / _digest()
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "meta.json").exists():
            for old in sorted(KEPT.glob("*/"), key=lambda known: known.stat().st_mtime)[:-OTHERS_KEPT]:
                shutil.rmtree(old)
            train_model(Settings(), folder, seed=7, out=Console(quiet=True))
    return folder


def _digest() -> str:
    learnt = [
        *(JURISDICTION / "corpus").rglob("*.jsonl"),
        JURISDICTION / "agencies.json",
        JURISDICTION / "concepts.yaml",
    ]
    paths = sorted([*learnt, *(ROOT / "nlp").glob("*.py"), ROOT / "nlp" / "recipe.yaml"])
    content = b"".join(path.read_bytes() for path in paths)
    return hashlib.sha256(content).hexdigest()[:16]
