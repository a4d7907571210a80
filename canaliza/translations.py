"""Which sentences that citizens read have a human translation, by language: `canaliza texts missing`."""

from rich.console import Console
from rich.table import Table

from intake.configuration.translated import Translation
from intake.errors import SettingsError
from intake.jurisdiction import read_jurisdiction
from intake.settings import Settings


def show(settings: Settings, language: str | None, screen: Console) -> int:
    """All languages in a table, or one with the keys that it lacks; how many sentences lack a translation.

    Raises SettingsError for a language that the jurisdiction does not know.
    """
    folder = settings.jurisdiction_dir
    there = read_jurisdiction(folder).translations.values()
    wanted = [one for one in there if language in (None, one.key)]
    if not wanted:
        known = ", ".join(one.key for one in there)
        raise SettingsError(f"no language «{language}» in {folder.name}: there are {known}")
    table = Table("lengua", "sentencias", "faltan", "traduce")
    for one in wanted:
        total = len(one.said) + len(one.missing)
        table.add_row(one.key, f"{len(one.said)}/{total}", str(len(one.missing)), _by(one))
    screen.print(table)
    if language:
        screen.print("\n".join(wanted[0].missing), highlight=False)
    for one in wanted:
        if one.unknown:
            screen.print(f"{one.key}: {', '.join(one.unknown)} is said nowhere any more", style="yellow")
        if one.broken:
            screen.print(f"{one.key}: {', '.join(one.broken)} has other variables than the Spanish", style="yellow")
    return sum(len(one.missing) for one in wanted)


def _by(one: Translation) -> str:
    if one.by:
        return one.by
    return "sin firma de quien tradujo" if one.has_file else "nadie todavía: español y una persona"
