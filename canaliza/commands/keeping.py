"""Carries data: to a newer version, into backups, out of older registers, to another database."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from canaliza import carrying, configuring, moving
from canaliza import seed as seeding
from canaliza.bounding import put_boundaries
from canaliza.commands.shared import build_armed, out
from intake.errors import SettingsError
from intake.petitions.search_texts import rebuild
from intake.schema import upgrade
from intake.settings import read_settings
from intake.upkeep import backup as backups
from intake.wiring import build_office

app = typer.Typer()
database = typer.Typer(no_args_is_help=True, help="The database")
moves = typer.Typer(no_args_is_help=True, help="From one kind of database to another")
configurations = typer.Typer(no_args_is_help=True, help="What staff may change, out and in as files")
app.add_typer(database, name="db")
app.add_typer(moves, name="move")
app.add_typer(configurations, name="configuration")


@database.command("upgrade")
def upgrade_database() -> None:
    """Bring the database to the newest version."""
    office_settings = read_settings()
    upgrade(build_office(office_settings).engine)
    out.print("The database is up to date.")


@database.command("reindex")
def reindex_words() -> None:
    """Make the words by which petitions are found anew. The office may work meanwhile."""
    settings = read_settings()
    out.print(f"{rebuild(build_armed(settings))} petitions")


@app.command()
def seed(
    count: Annotated[int, typer.Option(help="Petitions")] = 300,
    days: Annotated[int, typer.Option(help="Spread over so many days until now")] = 90,
) -> None:
    """Invented petitions, agencies' answers and staff, for trying the office out. Never in production."""
    settings = read_settings()
    upgrade(build_office(settings).engine)
    seeding.fill(settings, seeding.Extent(count, days), out)


@app.command("backup")
def back_up(
    folder: Annotated[
        Path | None, typer.Argument(help="Where backups stand; a later one copies only new files [CANALIZA_BACKUP_DIR]")
    ] = None,
    keep: Annotated[int, typer.Option(min=0, help="Older whole backups are removed but for so many; 0: all stay")] = 0,
) -> None:
    """A consistent copy of database and citizens' files, while the office runs."""
    settings = read_settings()
    if folder is None and not settings.backup_dir:
        raise SettingsError("name a folder, or set CANALIZA_BACKUP_DIR")
    made = backups.back_up(build_office(settings), folder or Path(settings.backup_dir))
    out.print(f"Backup {made}. Secrets and model are not in it.", highlight=False)
    for old in backups.prune(made.parent, keep) if keep else ():
        out.print(f"Removed {old}.", highlight=False)


@app.command("restore")
def restore(folder: Annotated[Path, typer.Argument(help="One backup: the folder with its manifest.json")]) -> None:
    """Put a backup into an empty database, and its files into the store."""
    manifest = backups.restore(build_office(read_settings()), folder)
    petitions = manifest.rows.get("petitions", 0)
    out.print(f"{petitions} petitions and {len(manifest.files)} files of {manifest.made_at} are back.", highlight=False)


@app.command("import")
def import_register(
    file: Annotated[Path, typer.Argument(help="CSV or XLSX with older folios")],
    mapping: Annotated[
        Path | None, typer.Option(help="How its columns are read (docs/import.md); else guessed")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would come in; change nothing")] = False,
    report: Annotated[Path | None, typer.Option(help="Where the dry run writes a line a row")] = None,
    user: Annotated[str, typer.Option(help="The administrator who answers for it; the first one by default")] = "",
) -> None:
    """Bring in petitions of an older register, with their folios, dates, states and answers; nobody is told."""
    carrying.import_file(build_office(read_settings()), carrying.Errand(file, mapping, dry_run, report, user), out)


@app.command("export")
def export_everything(folder: Annotated[Path, typer.Argument(help="An empty folder, or one to be made")]) -> None:
    """Write everything as JSON Lines and files, of one moment, with a manifest of hashes (docs/export.md)."""
    carrying.export_folder(build_office(read_settings()), folder, out)


@moves.command("sqlite-to-postgres")
def move_to_postgres(
    to: Annotated[str, typer.Option(help="postgresql://… of an empty database; the password in PGPASSWORD")],
    verify: Annotated[bool, typer.Option("--verify", help="Move nothing; compare both databases again")] = False,
) -> None:
    """Carry everything from the settings' SQLite into PostgreSQL, proved table by table, whole or not at all."""
    if not verify:
        moving.move(read_settings(), to, out)
    elif not moving.verify(read_settings(), to, out):
        sys.exit(1)


@app.command()
def boundaries(source: Annotated[Path, typer.Argument(help="GeoJSON in degrees, a feature a municipality")]) -> None:
    """Check the municipalities' official boundaries, make them simple, and put them where «Mapa» looks."""
    count, whole = put_boundaries(build_office(read_settings()), source)
    out.print(f"{count} of {whole} municipalities")


@configurations.command("export")
def configuration_export(folder: Annotated[Path, typer.Argument(help="Is made; files in it are written over")]) -> None:
    """Write what is in force as files for version control; nothing secret is among them."""
    configuring.export(build_office(read_settings()), folder, Console())


@configurations.command("import")
def configuration_import(
    folder: Annotated[Path, typer.Argument(help="As `export` wrote it, or a part of it")],
    by: Annotated[str, typer.Option(help="The administrator's account in whose name it is applied")] = "",
    reason: Annotated[str, typer.Option(help="Why, at least 10 characters")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and what is wrong")] = False,
) -> None:
    """Apply what differs from what is in force, as further versions."""
    office = build_office(read_settings())
    if not configuring.bring_in(office, folder, Console(), by=by, reason=reason, only_look=dry_run):
        raise typer.Exit(1)
