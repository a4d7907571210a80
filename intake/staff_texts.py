"""What staff read: the catalogue of their sentences, for pages, letters and papers."""

from pathlib import Path
from typing import Protocol

from bot.texts import load_catalogue
from intake.office import Office


class Texts(Protocol):
    """Sentences by key, values filled in. Raises KeyError for an unknown key."""

    def __call__(self, key: str, **values: object) -> str: ...

    def has(self, key: str) -> bool: ...


def load_staff_texts(path: Path, office: Office) -> Texts:
    """What staff read. Raises ValueError for a catalogue with an empty sentence."""
    return load_catalogue(path, office=office.jurisdiction.office, channel=office.jurisdiction.channel)
