"""How alerts are made here, by the jurisdiction's `alerts.yaml`: what chance may do, words of conflict, sizes."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

from intake.alerts.scanning import Allowed
from intake.alerts.topics import read_sounds
from intake.errors import SettingsError

Sounds = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class AlertTerms:
    """`towns`, `regions`, `state`: alarms by chance. `conflict`: what sounds of a conflict, by what it is about."""

    source: str
    is_confirmed: bool
    towns: Allowed
    regions: Allowed
    state: Allowed
    quiet_days: int
    conflict: tuple[tuple[str, Sounds], ...]
    conflict_persons: int
    conflict_days: int
    cluster_persons: int
    cluster_days: int


@cache
def load_alert_terms(folder: Path) -> AlertTerms:
    """Read once, like all of the jurisdiction. Raises SettingsError."""
    path = folder / "alerts.yaml"
    try:
        values = YAML(typ="safe").load(path)
        chance, conflict, cluster = values["by_chance_a_week"], values["conflict"], values["cluster"]
        return AlertTerms(
            values["source"],
            values["confirmed"],
            Allowed(float(chance["municipality"])),
            Allowed(float(chance["region"])),
            Allowed(float(chance["state"])),
            int(values["quiet_days"]),
            tuple((key, read_sounds(words)) for key, words in conflict["words"].items()),
            int(conflict["persons"]),
            int(conflict["days"]),
            int(cluster["persons"]),
            int(cluster["days"]),
        )
    except (OSError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise SettingsError(f"{path} cannot be read: {error!r}") from error
