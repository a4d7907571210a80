"""A mind of a few words, so that pages can be tested without training a model: what it says is written here."""

import re
from pathlib import Path
from typing import cast

from nlp.places import load_gazetteer
from nlp.reader import Reader
from nlp.reading import Emergency, EmergencyKind, MessageKind, Municipality, PlaceReading, Reading, Span, Suggestion

WORDS = {
    "mordida": "SHTFP",
    "agua": "SOAPA",
    "pipa": "SOAPA",
    "camino": "CABIEN",
    "hoyos": "CABIEN",
    "beca": "BECAS_F",
    "maestro": "IEEPO",
}
OTHERS = ("MUNICIPIO", "SEGO", "JGAB", "CABIEN")
VERSION = "palabras-1"


class KeywordReader:
    def __init__(self, places: Path) -> None:
        self._gazetteer = load_gazetteer(places)

    def read(self, text: str) -> Reading:
        danger = Emergency(EmergencyKind.VIOLENCIA, 0.9) if "matar" in text else None
        return Reading(MessageKind.PETITION, 0.9, danger, _suggestions(text), self.read_place(text), VERSION)

    def read_place(self, text: str, *, is_answer: bool = False) -> PlaceReading | None:
        return self._gazetteer.read_place(text, is_answer=is_answer)

    def nearest(self, latitude: float, longitude: float) -> object:
        return self._gazetteer.nearest(latitude, longitude)

    def find_municipality(self, clave: str) -> Municipality | None:
        return self._gazetteer.find(clave)

    def read_traits(self, text: str) -> tuple[str, frozenset[str]]:
        return text.lower(), frozenset(word for word in WORDS if word in text)

    def find_question(self, question_id: str | None) -> None:
        """It never hesitates."""


def keyword_reader(places: Path) -> Reader:
    return cast(Reader, KeywordReader(places))


def _suggestions(text: str) -> tuple[Suggestion, ...]:
    """The agency of the first known word with 0.82, then three that are nobody's."""
    found = [(match, WORDS[match[0]]) for match in re.finditer("|".join(WORDS), text)]
    first = found[0][1] if found else "JGAB"
    because = tuple(Span(m.start(), m.end(), m[0]) for m, agency in found if agency == first)
    rest = [agency for agency in OTHERS if agency != first][:3]
    return (
        Suggestion(first, 0.82, because),
        *(Suggestion(agency, 0.1 - n / 50) for n, agency in enumerate(rest)),
    )
