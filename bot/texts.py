"""Message catalogues: gettext `.po` files whose msgid is a key (`petition.received`) and whose msgstr is the sentence.

Read at start by the wiring, for citizens (a jurisdiction's `texts/`) and for staff; never written by the program.
"""

import string
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from babel.dates import format_date, format_time
from babel.messages.pofile import read_po

LOCALE = "es_MX"


class Catalogue:
    """Sentences by key. Dates and times among the values are written as people in Mexico write them."""

    def __init__(self, sentences: Mapping[str, str], always: Mapping[str, str]) -> None:
        self._sentences, self._always = dict(sentences), dict(always)

    def __call__(self, key: str, **values: object) -> str:
        sentence = self._sentences[key]
        return string.Formatter().vformat(sentence, (), {**self._always, **{n: written(v) for n, v in values.items()}})

    def keys(self) -> set[str]:
        return set(self._sentences)

    def has(self, key: str) -> bool:
        return key in self._sentences


def load_catalogue(path: Path, **always: str) -> Catalogue:
    """`always` are values that every sentence may use (the office's name, the privacy notice's link).

    Raises ValueError naming the file and the keys whose sentence is empty or fuzzy.
    """
    return Catalogue(_read(path, path.stat().st_mtime_ns), always)


@lru_cache(maxsize=8)
def _read(path: Path, changed_ns: int) -> Mapping[str, str]:
    """Read once while it stays as it is: babel takes a tenth of a second for two thousand sentences."""
    with path.open("rb") as file:
        entries = [entry for entry in read_po(file) if entry.id]
    unfinished = [str(entry.id) for entry in entries if not entry.string or entry.fuzzy]
    if unfinished:
        raise ValueError(f"{path}: no finished sentence for {', '.join(unfinished)}")
    return {str(entry.id): str(entry.string) for entry in entries}


def day(value: date) -> str:
    """«lunes 4 de marzo» — with the year only when it is not the nearest one to come is left to the sentence."""
    return format_date(value, "EEEE d 'de' MMMM", locale=LOCALE)


def hour(value: datetime) -> str:
    return format_time(value, "HH:mm", locale=LOCALE)


def written(value: object) -> object:
    """As people in Mexico write a day or an hour; anything else as it is."""
    if isinstance(value, datetime):
        return f"{day(value.date())}, {hour(value)} h"
    return day(value) if isinstance(value, date) else value
