"""Sentences that people translated, by language: `texts/KEY.po`, or `KEY-VARIANT.po`. Read at start, never written.

A translation is people's work, signed (`Last-Translator`): an entry that is empty, fuzzy or unsigned is missing, and
so is one whose variables are not those of the Spanish sentence.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError, read_po

from bot.texts import LOCALE, Catalogue, load_catalogue
from intake.configuration.variables import OPTIONAL, find_variable_faults
from intake.errors import SettingsError
from intake.thinking.languages import Languages

UNSIGNED = "FULL NAME"  # what gettext's own tools put where the translator's name belongs


@dataclass(frozen=True)
class Translation:
    """One language, or a variant of it (`key` as `zapoteco` or `zapoteco-istmo`). `by`: who signs it; None: nobody.
    `said`: by key the sentences that may be said; `broken`: those of other variables than the Spanish ones."""

    key: str
    by: str | None
    has_file: bool
    said: Mapping[str, str]
    missing: tuple[str, ...]
    unknown: tuple[str, ...]
    broken: tuple[str, ...] = ()


def list_translations(folder: Path, languages: Languages) -> Sequence[Translation]:
    """Every language of the jurisdiction, and every file beside the Spanish one. Raises SettingsError for a file that
    is named after no language or cannot be read; OSError, ValueError for the Spanish one."""
    spanish = load_catalogue(folder / "texts" / f"{LOCALE}.po")
    files = {path.stem: path for path in sorted((folder / "texts").glob("*.po")) if path.stem != LOCALE}
    strange = [stem for stem in files if stem.partition("-")[0] not in languages.names]
    if strange:
        raise SettingsError(f"texts/{strange[0]}.po is named after no language of languages.yaml")
    return [_translation(key, files.get(key), spanish) for key in sorted({*languages.names, *files})]


def _translation(key: str, path: Path | None, spanish: Catalogue) -> Translation:
    if path is None:
        return Translation(key, None, has_file=False, said={}, missing=tuple(sorted(spanish.keys())), unknown=())
    catalogue = _read(path)
    signed = catalogue.last_translator or ""
    by = signed if signed and UNSIGNED not in signed else None
    done = {str(e.id): str(e.string) for e in catalogue if e.id and e.string and not e.fuzzy} if by else {}
    known = {one: sentence for one, sentence in done.items() if spanish.has(one)}
    always = set(OPTIONAL)
    broken = {one for one in known if find_variable_faults(known[one], spanish.sentence(one), always)}
    said = {one: sentence for one, sentence in known.items() if one not in broken}
    return Translation(
        key,
        by,
        has_file=True,
        said=said,
        missing=tuple(sorted(spanish.keys() - said.keys())),
        unknown=tuple(sorted({str(entry.id) for entry in catalogue if entry.id} - spanish.keys())),
        broken=tuple(sorted(broken)),
    )


def _read(path: Path) -> Catalog:
    try:
        with path.open("rb") as file:
            return read_po(file, abort_invalid=True)
    except (OSError, ValueError, PoFileError) as error:
        raise SettingsError(f"{path} cannot be read: {error}") from error
