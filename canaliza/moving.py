"""`canaliza move`: the way to another kind of database, with its progress, its proof and what to do next."""

from collections.abc import Callable, Sequence

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table as Lines
from sqlalchemy import Engine

from intake.database import open_engine
from intake.settings import Settings
from intake.upkeep import moving
from intake.upkeep.moving import Comparison

DIGEST_SHOWN = 12  # hexadecimal places: enough to compare by eye
NEXT = """Everything is in PostgreSQL. Files and model stay where they are. Next:
  export CANALIZA_DATABASE_URL={url}
  canaliza doctor
  canaliza serve
Keep {path} as a copy of this moment; no office may be started on it again."""


def move(settings: Settings, to: str, out: Console) -> None:
    """Raises MoveError, SettingsError."""
    source, target = open_engine(settings.database_url), moving.open_target(to)
    compared = _watched("Carried and read back", moving.move, source, target, out)
    _show(compared, out)
    for name, count in moving.count_unstorable(source).items():
        out.print(f"{name}: a NUL character, which PostgreSQL refuses, became � in {count} rows.", highlight=False)
    said = NEXT.format(url=target.url.set(drivername="postgresql"), path=source.url.database)
    out.print(said, highlight=False, soft_wrap=True)


def verify(settings: Settings, to: str, out: Console) -> bool:
    """Whether both databases hold the same. Raises MoveError, SettingsError."""
    source, target = open_engine(settings.database_url), moving.open_target(to)
    compared = _watched("Read on both sides", moving.verify, source, target, out)
    _show(compared, out)
    is_equal = all(one.is_equal for one in compared)
    out.print("Both databases hold the same." if is_equal else "[bold red]The databases differ.[/]")
    return is_equal


def _watched(
    title: str,
    act: Callable[[Engine, Engine, moving.OnRows], list[Comparison]],
    source: Engine,
    target: Engine,
    out: Console,
) -> list[Comparison]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=out) as progress:
        task = progress.add_task(title, total=2 * moving.count_rows(source))
        return act(source, target, lambda rows: progress.advance(task, rows))


def _show(compared: Sequence[Comparison], out: Console) -> None:
    lines = Lines("table", "rows", "hash", "")
    for one in compared:
        rows, digest = str(one.source.rows), one.source.digest[:DIGEST_SHOWN]
        if not one.is_equal:
            rows, digest = f"{rows} ≠ {one.target.rows}", f"{digest} ≠ {one.target.digest[:DIGEST_SHOWN]}"
        lines.add_row(one.name, rows, digest, "same" if one.is_equal else "[red]differs[/]")
    out.print(lines)
