"""`canaliza bench`: the whole, part by part, with the machine's limits beside; a table, and JSON for programs."""

import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path

from rich.console import Console

from canaliza.bench import mind
from canaliza.bench.acknowledge import measure_acknowledging
from canaliza.bench.claim import measure_claiming
from canaliza.bench.end_to_end import measure_end_to_end
from canaliza.bench.figures import Figure, as_lines
from canaliza.bench.growth import SIZES, measure_growth
from canaliza.bench.machine import fsyncs_a_second, postgresql_commits_a_second, sqlite_commits_a_second
from canaliza.bench.parts import measure_parts
from canaliza.bench.start import measure_start
from intake.errors import SettingsError
from intake.settings import Settings
from nlp.shelf import is_model


class Measured(StrEnum):
    START = "start"
    ACKNOWLEDGE = "acknowledge"
    CLAIM = "claim"
    PARTS = "parts"
    END_TO_END = "end-to-end"
    MIND = "mind"
    GROWTH = "growth"


USUAL = tuple(part for part in Measured if part != Measured.GROWTH)  # what is measured in five minutes


def bench(
    settings: Settings,
    out: Console,
    parts: Sequence[Measured],
    postgresql: str,
    json_to: Path | None,
    sizes: Sequence[int] = SIZES,
) -> None:
    """`sizes`: petitions in the databases of growth. Raises SettingsError without a model, NotStarted."""
    if not is_model(settings.model_folder):
        raise SettingsError("there is no model: run `canaliza train` first")
    found: dict[str, list[Figure]] = {}
    with tempfile.TemporaryDirectory(prefix="canaliza-bench.", dir=Path.cwd() / "var") as name:
        for title, figures in _measure(settings, Path(name), parts, postgresql):
            out.print(as_lines(title, figures))
            found[title] = figures
        if Measured.GROWTH in parts:
            kind = "postgresql" if postgresql else "sqlite"
            for title, figures in measure_growth(settings, kind, Path(name), postgresql, sizes=sizes, out=out):
                out.print(as_lines(title, figures))
                found[title] = figures
    if json_to:
        values = {
            title: [asdict(f) | {"is_reached": f.is_reached} for f in figures] for title, figures in found.items()
        }
        json_to.write_text(json.dumps(values, ensure_ascii=False, indent=1), encoding="utf-8")
    if Measured.MIND in parts:
        mind.bench(settings, out)


def _measure(
    settings: Settings, folder: Path, parts: Sequence[Measured], postgresql: str
) -> Iterator[tuple[str, list[Figure]]]:
    fsyncs, commits = fsyncs_a_second(folder), {"sqlite": sqlite_commits_a_second(folder)}
    if postgresql:
        commits["postgresql"] = postgresql_commits_a_second(postgresql)
    limits = [Figure(f"bare commits on {kind}", rate, "a second") for kind, rate in commits.items()]
    yield "the machine", [Figure("fsync of 4 kB", fsyncs, "a second"), *limits]
    if Measured.START in parts:
        yield "start", measure_start(settings, folder)
    if Measured.PARTS in parts:
        yield "processor time of a message", measure_parts(settings, folder)
    for kind, rate in commits.items():
        if Measured.ACKNOWLEDGE in parts:
            yield f"acknowledging on {kind}", measure_acknowledging(settings, kind, folder, postgresql, fsyncs=fsyncs)
        if Measured.CLAIM in parts:
            yield f"claiming on {kind}", measure_claiming(settings, kind, folder, postgresql, commits=rate)
        if Measured.END_TO_END in parts:
            yield f"end to end on {kind}", measure_end_to_end(settings, kind, folder, postgresql)
