"""`canaliza bench`: how fast and how large the mind is on this machine, one core, messages of the corpus."""

import os
import random
import resource
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table as Lines

from canaliza.classify import open_reader
from intake.settings import Settings
from nlp.corpus import read_corpus
from nlp.pipeline import AGENCY, heads_of, load_pipeline
from nlp.reader import Reader

WARMING, MESSAGES = 2000, 4000
MEGABYTE = 1024 * 1024
KILOBYTES = 1024  # of a megabyte: the unit in which the system counts memory


def bench(settings: Settings, out: Console) -> None:
    """Print a table. Raises SettingsError without a model."""
    texts = [example.text for example in read_corpus(settings.jurisdiction_dir / "corpus")]
    random.Random(1).shuffle(texts)  # noqa: S311 — no secret
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    before = _memory_mb()
    started = time.perf_counter()
    reader = open_reader(settings)
    loaded_s = time.perf_counter() - started
    for text in texts[:WARMING]:
        reader.read(text)
    timed = texts[WARMING : WARMING + MESSAGES]
    lines = Lines("what", "p50 ms", "p99 ms", "a second")
    for name, act in _acts(reader, settings.model_folder).items():
        lines.add_row(name, *_row(act, timed))
    out.print(lines)
    size = sum(path.stat().st_size for path in settings.model_folder.rglob("*") if path.is_file())
    memory = _memory_mb() - before
    out.print(f"model {size / MEGABYTE:.1f} MB on disk, {memory:.0f} MB in memory, loaded in {loaded_s:.2f} s")


def _memory_mb() -> float:
    """The most that the process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KILOBYTES


def _acts(reader: Reader, folder: Path) -> dict[str, Callable[[str], object]]:
    """`agency alone`: from characters to probabilities, without the other heads, phrases and places."""
    heads = heads_of(load_pipeline(folder))
    table, lexicon = heads.table, heads.lexicon

    def agency(text: str) -> object:
        return table.probabilities(AGENCY, table.scores(lexicon.read(text))) if table else None

    return {
        "agency alone": agency,
        "whole reading": lambda text: reader.read(text, explains=False),
        "whole reading with reasons": reader.read,
    }


def _row(act: Callable[[str], object], texts: Sequence[str]) -> tuple[str, str, str]:
    for text in texts[:WARMING]:
        act(text)
    times = []
    for text in texts:
        started = time.perf_counter()
        act(text)
        times.append(time.perf_counter() - started)
    middle, late = np.percentile(times, (50, 99)) * 1000
    return f"{middle:.3f}", f"{late:.3f}", f"{len(times) / sum(times):,.0f}"
