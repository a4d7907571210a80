"""Which sentences that citizens read have a human translation, by language: `canaliza texts missing`.

A translation is people's work, signed (`Last-Translator`): an entry that is empty, fuzzy or unsigned is missing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from rich.console import Console
from rich.table import Table

from bot.texts import LOCALE
from intake.errors import SettingsError
from intake.settings import Settings
from intake.thinking.languages import load_languages

UNSIGNED = "FULL NAME"  # what gettext's own tools put where the translator's name belongs


@dataclass(frozen=True)
class Translation:
    """One language, or a variant of it (`key` as `zapoteco` or `zapoteco-istmo`). `by`: who signs it; None: nobody."""

    key: str
    by: str | None
    has_file: bool
    missing: tuple[str, ...]
    unknown: tuple[str, ...]


def show(settings: Settings, language: str | None, screen: Console) -> int:
    """All languages in a table, or one with the keys that it lacks; how many sentences lack a translation.

    Raises SettingsError for a language that the jurisdiction does not know.
    """
    folder = settings.jurisdiction_dir
    wanted = [one for one in list_translations(folder) if language in (None, one.key)]
    if not wanted:
        known = ", ".join(one.key for one in list_translations(folder))
        raise SettingsError(f"no language «{language}» in {folder.name}: there are {known}")
    total = len(_entries(folder / "texts" / f"{LOCALE}.po"))
    table = Table("lengua", "sentencias", "faltan", "traduce")
    for one in wanted:
        table.add_row(one.key, f"{total - len(one.missing)}/{total}", str(len(one.missing)), _by(one))
    screen.print(table)
    if language:
        screen.print("\n".join(wanted[0].missing), highlight=False)
    for one in wanted:
        if one.unknown:
            screen.print(f"{one.key}: {', '.join(one.unknown)} is said nowhere any more", style="yellow")
    return sum(len(one.missing) for one in wanted)


def list_translations(folder: Path) -> Sequence[Translation]:
    """Every language of the jurisdiction, and every file beside the Spanish one. Raises SettingsError for a file that
    is named after no language."""
    spanish = _entries(folder / "texts" / f"{LOCALE}.po")
    names = load_languages(folder / "languages.yaml").names
    files = {path.stem: path for path in sorted((folder / "texts").glob("*.po")) if path.stem != LOCALE}
    strange = [stem for stem in files if stem.partition("-")[0] not in names]
    if strange:
        raise SettingsError(f"texts/{strange[0]}.po is named after no language of languages.yaml")
    return [_translation(key, files.get(key), spanish) for key in sorted({*names, *files})]


def _translation(key: str, path: Path | None, spanish: set[str]) -> Translation:
    if path is None:
        return Translation(key, None, has_file=False, missing=tuple(sorted(spanish)), unknown=())
    catalogue = _read(path)
    signed = catalogue.last_translator or ""
    by = signed if signed and UNSIGNED not in signed else None
    done = {str(e.id) for e in catalogue if e.id and e.string and not e.fuzzy} if by else set()
    own = {str(entry.id) for entry in catalogue if entry.id}
    return Translation(
        key, by, has_file=True, missing=tuple(sorted(spanish - done)), unknown=tuple(sorted(own - spanish))
    )


def _by(one: Translation) -> str:
    if one.by:
        return one.by
    return "sin firma de quien tradujo" if one.has_file else "nadie todavía: español y una persona"


def _entries(path: Path) -> set[str]:
    return {str(entry.id) for entry in _read(path) if entry.id}


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)
