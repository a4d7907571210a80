"""What may be published, by the jurisdiction's `transparency.yaml`."""

from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

from intake.errors import SettingsError


@dataclass(frozen=True)
class Terms:
    """`k`: no group that is published is smaller."""

    k: int
    source: str
    is_confirmed: bool
    licence: str
    licence_url: str
    per_minute: int
    fresh_s: int


def load_terms(folder: Path) -> Terms:
    """Raises SettingsError: what cannot be understood is not published."""
    path = folder / "transparency.yaml"
    try:
        values = YAML(typ="safe").load(path)
        licence = values["licence"]
        terms = Terms(
            int(values["k"]),
            values["source"],
            values["confirmed"],
            licence["name"],
            licence["url"],
            int(values["per_minute"]),
            int(values["fresh_s"]),
        )
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise SettingsError(f"{path} cannot be read: {error!r}") from error
    if terms.k < 2:
        raise SettingsError(f"{path}: k is {terms.k}, and a group of one is a person")
    return terms
