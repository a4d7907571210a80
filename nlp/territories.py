"""What is known of where agencies serve, beside what the model has learnt: «no hay agua» is another's in another town.

Called by the reader; the routing rules say the same openly once the municipality is known (routing/rules).
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from nlp.reading import Municipality

LEFT = 0.05  # of its probability, for a place that was read wrongly


class Territories:
    """Read only. An agency without an entry serves the whole jurisdiction."""

    def __init__(self, entries: Mapping[str, Mapping[str, Any]]) -> None:
        self._districts = {agency: frozenset(entry["districts"]) for agency, entry in entries.items()}
        self._elsewhere = {agency: str(entry["elsewhere"]) for agency, entry in entries.items()}

    def list_serving(self, place: Municipality) -> list[str]:
        """Of the agencies that do not serve everywhere those that serve there, in order."""
        return sorted(agency for agency, districts in self._districts.items() if place.distrito in districts)

    def settle(self, shares: Mapping[str, float], place: Municipality | None) -> dict[str, float]:
        """The probabilities, with those of agencies that do not serve the place given to whoever does."""
        settled = dict(shares)
        for agency, districts in self._districts.items():
            if place and place.distrito not in districts and agency in settled:
                moved = settled[agency] * (1 - LEFT)
                settled[agency] -= moved
                settled[self._elsewhere[agency]] = settled.get(self._elsewhere[agency], 0.0) + moved
        return settled


def load_territories(path: Path) -> Territories:
    """Raises OSError, KeyError or TypeError."""
    return Territories(YAML(typ="safe").load(path))
