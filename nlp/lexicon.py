"""What is known of a jurisdiction's words before anything is learnt: meanings and places. Kept with the model.

Called by `training` and `pipeline`, which must read a text in the same way.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nlp.concepts import Concepts, load_concepts
from nlp.features import Unit, read_units
from nlp.normalise import Word, read_words
from nlp.place_names import read_municipalities, read_names
from nlp.place_words import PlaceWords, place_words_from
from nlp.territories import load_territories


@dataclass(frozen=True)
class Lexicon:
    concepts: Concepts = field(default_factory=lambda: Concepts({}))
    places: PlaceWords = field(default_factory=lambda: PlaceWords({}, {}))

    def words(self, text: str) -> Sequence[Word]:
        """In order, a place's name as one."""
        return self.places.fold(text, read_words(text))

    def units(self, words: Sequence[Word]) -> list[Unit]:
        return read_units(words, self.concepts)

    def read(self, text: str) -> list[Unit]:
        return self.units(self.words(text))

    def to_values(self) -> dict[str, Any]:
        """For msgpack."""
        return {"concepts": self.concepts.entries, "places": self.places.to_values()}


def load_lexicon(folder: Path) -> Lexicon:
    """From a jurisdiction's folder. Raises OSError, KeyError or ValueError for what cannot be read."""
    municipalities = read_municipalities(folder / "places" / "municipalities.csv")
    territories = load_territories(folder / "territories.yaml")
    zones = {m.clave: " ".join(territories.list_serving(m)) for m in municipalities}
    names = read_names(folder / "places", municipalities)
    return Lexicon(load_concepts(folder / "concepts.yaml"), PlaceWords(names, {c: z for c, z in zones.items() if z}))


def lexicon_from(values: dict[str, Any]) -> Lexicon:
    """What `to_values` gave."""
    return Lexicon(Concepts(values["concepts"]), place_words_from(values["places"]))
