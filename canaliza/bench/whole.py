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
from canaliza.bench.alerts import measure_alerts
from canaliza.bench.carrying import SIZES as REGISTERS
from canaliza.bench.carrying import measure_carrying
from canaliza.bench.claim import measure_claiming
from canaliza.bench.drain import SIZES as DRAINED_SIZES
from canaliza.bench.drain import measure_draining
from canaliza.bench.end_to_end import measure_end_to_end
from canaliza.bench.figures import Figure, as_lines
from canaliza.bench.growth import SIZES, measure_growth
from canaliza.bench.machine import fsyncs_a_second, postgresql_commits_a_second, sqlite_commits_a_second
from canaliza.bench.outbound import measure_outbound
from canaliza.bench.parts import measure_parts
from canaliza.bench.staff import SIZES as STAFFS_SIZES
from canaliza.bench.staff import measure_staff
from canaliza.bench.start import measure_start
from intake.mind.minds import require_model
from intake.settings import Settings


class Measured(StrEnum):
    START = "start"
    ACKNOWLEDGE = "acknowledge"
    CLAIM = "claim"
    PARTS = "parts"
    END_TO_END = "end-to-end"
    OUTBOUND = "outbound"
    DRAIN = "drain"
    MIND = "mind"
    STAFF = "staff"
    GROWTH = "growth"
    ALERTS = "alerts"
    CARRYING = "carrying"


LONG = frozenset(
    {Measured.DRAIN, Measured.STAFF, Measured.GROWTH, Measured.ALERTS, Measured.CARRYING}
)  # they fill databases, or take minutes
USUAL = tuple(part for part in Measured if part not in LONG)  # what is measured in five minutes


def bench(
    settings: Settings,
    out: Console,
    parts: Sequence[Measured],
    postgresql: str,
    json_to: Path | None,
    sizes: Sequence[int] = (),
) -> None:
    """`sizes`: petitions in the databases of growth and of the staff's pages, messages that wait to be drained, rows of
    a register; empty: each its own.

    Raises SettingsError without a model, NotStarted.
    """
    needs_model = set(parts) != {Measured.ALERTS}
    if needs_model:
        require_model(settings)
    found: dict[str, list[Figure]] = {}
    for title, figures in measure_alerts(settings.jurisdiction_dir) if Measured.ALERTS in parts else ():
        out.print(as_lines(title, figures))
        found[title] = figures
    if needs_model:
        found |= _measure_all(settings, out, parts, postgresql, sizes)
    if json_to:
        values = {
            title: [asdict(f) | {"is_reached": f.is_reached} for f in figures] for title, figures in found.items()
        }
        json_to.write_text(json.dumps(values, ensure_ascii=False, indent=1), encoding="utf-8")
    if Measured.MIND in parts:
        mind.bench(settings, out)


def _measure_all(
    settings: Settings, out: Console, parts: Sequence[Measured], postgresql: str, sizes: Sequence[int]
) -> dict[str, list[Figure]]:
    found: dict[str, list[Figure]] = {}
    with tempfile.TemporaryDirectory(prefix="canaliza-bench.", dir=Path.cwd() / "var") as name:
        for title, figures in _measure(settings, Path(name), parts, postgresql):
            out.print(as_lines(title, figures))
            found[title] = figures
        for title, figures in _measure_filled(settings, Path(name), parts, postgresql, sizes, out):
            out.print(as_lines(title, figures))
            found[title] = figures
    return found


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
        if Measured.OUTBOUND in parts:
            yield f"sending on {kind}", measure_outbound(settings, kind, folder, postgresql)


def _measure_filled(
    settings: Settings, folder: Path, parts: Sequence[Measured], postgresql: str, sizes: Sequence[int], out: Console
) -> Iterator[tuple[str, list[Figure]]]:
    """What needs a database of many petitions, or makes one."""
    kinds = ["sqlite", "postgresql"] if postgresql else ["sqlite"]
    for kind in kinds if Measured.STAFF in parts else ():
        yield from measure_staff(settings, kind, folder, postgresql, sizes=sizes or STAFFS_SIZES, out=out)
    for kind in kinds if Measured.DRAIN in parts else ():
        yield from measure_draining(settings, kind, folder, postgresql, sizes=sizes or DRAINED_SIZES, out=out)
    if Measured.GROWTH in parts:
        yield from measure_growth(settings, kinds[-1], folder, postgresql, sizes=sizes or SIZES, out=out)
    for kind in kinds if Measured.CARRYING in parts else ():
        yield from measure_carrying(settings, kind, folder, postgresql, sizes=sizes or REGISTERS)
