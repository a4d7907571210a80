"""`canaliza configuration`: all of it out to a folder under version control, and in again, said in words first."""

from pathlib import Path

from rich.console import Console
from sqlalchemy import select

from intake.accounts.staff import Member, Role
from intake.audit.trail import CONSOLE, Act, note_alone
from intake.configuration.bringing_in import Plan, apply, plan
from intake.configuration.folder import read_folder, write_folder
from intake.database import reading
from intake.errors import FormRefused, SettingsError
from intake.office import Office
from intake.tables.accounts import Staff

SHORT = 80  # of a text that is shown beside another


def export(office: Office, folder: Path, out: Console) -> None:
    """Raises SettingsError when it cannot be written."""
    try:
        names = write_folder(office, folder)
    except OSError as error:
        raise SettingsError(f"{folder} cannot be written: {error}") from error
    note_alone(office, CONSOLE, Act.CONFIG_EXPORTED)
    out.print(f"{len(names)} files in {folder}", highlight=False)


def bring_in(office: Office, folder: Path, out: Console, *, by: str, reason: str, only_look: bool) -> bool:
    """Whether it could come in. Raises SettingsError for a folder or an account that there is not."""
    files = read_folder(folder)
    if not files:
        raise SettingsError(f"{folder} holds no file of a configuration")
    wanted = plan(office, files)
    _say(wanted, out)
    if wanted.troubles or wanted.is_empty or only_look:
        return not wanted.troubles
    try:
        count = apply(office, _administrator(office, by), wanted, reason)
    except FormRefused as error:
        raise SettingsError("--reason says in at least 10 characters why") from error
    out.print(f"{count} applied; sentences of safety and numbers wait for a second person.", highlight=False)
    return True


def _say(wanted: Plan, out: Console) -> None:
    for one in wanted.differences:
        before = "new" if one.before is None else f"«{_short(one.before)}»"
        out.print(
            f"{one.subject} {one.key}, {one.part}: {before} → «{_short(one.after)}»", highlight=False, markup=False
        )
    for trouble in wanted.troubles:
        out.print(f"REFUSED {trouble.name} {trouble.key}: {trouble.why}", highlight=False, markup=False)
    for name in wanted.fixed:
        out.print(f"{name} differs: it is changed in the jurisdiction's folder", highlight=False)
    if wanted.is_empty and not wanted.troubles:
        out.print("the same as what is in force", highlight=False)


def _administrator(office: Office, username: str) -> Member:
    with reading(office.sessions) as session:
        row = session.scalars(select(Staff).where(Staff.username == username, Staff.is_active)).first()
        if row is None or Role(row.role) != Role.ADMINISTRATOR:
            raise SettingsError("--by names an administrator's account, in whose name it is applied")
        return Member(row.id, row.username, row.name, Role(row.role), None, "")


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHORT else line[: SHORT - 1] + "…"
