"""A register of invented rows tried, brought in, sent out and taken back: seconds, and memory at its most.

Not among the parts that `canaliza bench` measures when none is named: 100,000 rows take some minutes.
"""

import csv
import random
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

from canaliza.bench.figures import Figure
from canaliza.bench.office import fresh_database, office_settings, sample_texts
from intake.accounts.staff import Member, NewAccount, Role, add_account
from intake.carrying.exporting import FolderTarget, export_all
from intake.carrying.imports import AT_WORK, begin_import, bring_in, get_import, map_columns, undo
from intake.carrying.stepping import work_once
from intake.office import Office
from intake.settings import Settings
from intake.wiring import build_office

SIZES = (100_000,)
HEAD = ("No. Folio", "Fecha de recepción", "Petición", "Peticionario", "Municipio", "Turnado a", "Estatus")
FURTHER = ("Fecha de turno", "Fecha de respuesta", "Respuesta", "Fecha de conclusión")
FIRST_DAY, DAYS = date(2022, 1, 3), 1_400
TEXTS = 2_000  # different ones
SEED = 104


class _NoTexts:
    """What a trial's report says of a row does not matter here."""

    def __call__(self, key: str, **values: object) -> str:
        return key

    def has(self, key: str) -> bool:
        return True


def measure_carrying(
    settings: Settings, kind: str, folder: Path, server: str, *, sizes: Sequence[int]
) -> Iterator[tuple[str, list[Figure]]]:
    for size in sizes:
        with fresh_database(kind, folder, server) as url:
            office = build_office(office_settings(settings, url, folder, api_url="http://127.0.0.1:9", port=1))
            path = folder / f"register-{size}.csv"
            invent(office, settings, path, size)
            yield f"a register of {size:,} rows on {kind}", _measure(office, path, folder / f"out-{kind}-{size}")
            office.engine.dispose()


def invent(office: Office, settings: Settings, path: Path, size: int) -> None:
    """Rows of petitions that nobody wrote, at every step of their way, in the jurisdiction's towns, to its agencies."""
    chance = random.Random(SEED)  # noqa: S311 — no secret
    texts = sample_texts(settings, TEXTS)
    towns = [one.nombre for one in office.reader.list_municipalities()]
    agencies = list(office.jurisdiction.agencies.values())
    with path.open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow((*HEAD, *FURTHER))
        for number in range(1, size + 1):
            came = FIRST_DAY + timedelta(days=chance.randrange(DAYS))
            about = (chance.choice(texts), f"Persona {number}", chance.choice(towns))
            lines.writerow((f"JG/{number}/{came.year}", f"{came:%d/%m/%Y}", *about, *_way(chance, came, agencies)))


def _way(chance: random.Random, came: date, agencies: Sequence[object]) -> tuple[str, ...]:
    agency = getattr(chance.choice(agencies), "name", "")
    days = [f"{came + timedelta(days=after):%d/%m/%Y}" for after in (1, 7, 9)]
    match chance.randrange(10):
        case 0:
            return "", "Recibida", "", "", "", ""
        case 1 | 2:
            return agency, "Turnado", days[0], "", "", ""
        case 3:
            return agency, "Contestado", days[0], days[1], "Se atendió lo que pide.", ""
    return agency, "Concluido", days[0], days[1], "Se atendió lo que pide.", days[2]


def _measure(office: Office, path: Path, folder: Path) -> list[Figure]:
    with office.sessions.begin() as session:
        row = add_account(
            session, office.jurisdiction, NewAccount("bench", "Bench", Role.ADMINISTRATOR, "invented for this run")
        )
        boss = Member(row.id, row.username, row.name, Role.ADMINISTRATOR, None, "")
    number, figures = begin_import(office, boss, path.name, path), list[Figure]()
    with office.sessions() as session:
        guessed = get_import(session, number).reading
    office.reader.read_place("Oaxaca", is_answer=True)  # loaded, as in a server
    map_columns(office, boss, number, guessed)
    figures += _timed("trial", lambda: _carry(office, number))
    bring_in(office, boss, number)
    figures += _timed("brought in", lambda: _carry(office, number))
    with office.sessions() as session:
        counts = get_import(session, number).counts
    figures.append(Figure("came", counts["comes"], "rows", beside=f"{counts['refused']} refused"))
    figures += _timed("sent out", lambda: export_all(office, FolderTarget(folder)))
    figures += _timed("asked to be taken back", lambda: undo(office, boss, number))
    figures += _timed("taken back", lambda: _carry(office, number))
    return figures


def _carry(office: Office, number: int) -> None:
    while _is_at_work(office, number):
        work_once(office, _NoTexts())


def _is_at_work(office: Office, number: int) -> bool:
    with office.sessions() as session:
        return get_import(session, number).state in AT_WORK


def _timed(name: str, act: Callable[[], object]) -> list[Figure]:
    """Seconds; beside them those of the processor, and the most memory that the process held meanwhile."""
    before = _peak_mb(anew=True)
    began, busy = time.perf_counter(), time.process_time()
    act()
    taken, worked = time.perf_counter() - began, time.process_time() - busy
    return [Figure(name, taken, "s", beside=f"{worked:,.0f} s of processor, {before:,.0f} → {_peak_mb():,.0f} MB")]


def _peak_mb(*, anew: bool = False) -> float:
    """Of this process; `anew`: counted from now on (Linux's proc(5), clear_refs)."""
    if anew:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    words = Path("/proc/self/status").read_text(encoding="ascii").split("VmHWM:")[1].split()
    return int(words[0]) / 1024
