"""A mind of a few words, so that pages can be tested without training a model: what it says is written here."""

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import cast

from nlp.doubts import Question, load_doubts
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
HESITATES = "baches"
DOUBTFUL = (Suggestion("MUNICIPIO", 0.5), Suggestion("CABIEN", 0.3), Suggestion("SEGO", 0.1))


class KeywordReader:
    def __init__(self, places: Path) -> None:
        self._gazetteer = load_gazetteer(places)
        self._doubts = load_doubts(places.parent / "questions.yaml")

    def read(self, text: str, *, explains: bool = True, known_place: Municipality | None = None) -> Reading:
        danger = Emergency(EmergencyKind.VIOLENCIA, 0.9) if "matar" in text else None
        place, is_doubtful = self.read_place(text), HESITATES in text
        question = "camino" if is_doubtful else None
        suggestions = DOUBTFUL if is_doubtful else _suggestions(text)
        urgency = 0.8 if "suero" in text else 0.0
        return Reading(
            MessageKind.PETITION, 0.9, danger, suggestions, place, VERSION, question=question, urgency=urgency
        )

    def read_place(self, text: str, *, is_answer: bool = False) -> PlaceReading | None:
        return self._gazetteer.read_place(text, is_answer=is_answer)

    def nearest(self, latitude: float, longitude: float) -> object:
        return self._gazetteer.nearest(latitude, longitude)

    def find_municipality(self, clave: str) -> Municipality | None:
        return self._gazetteer.find(clave)

    def list_municipalities(self) -> list[Municipality]:
        return self._gazetteer.list_all()

    def known_share(self, text: str) -> float | None:
        return None

    def read_traits(self, text: str) -> tuple[str, frozenset[str]]:
        return text.lower(), frozenset(word for word in WORDS if word in text)

    def split_matters(self, text: str) -> tuple[Span, ...]:
        """Before each «y aparte»."""
        starts = [0, *(match.start() for match in re.finditer("y aparte", text)), len(text)]
        spans = [Span(start, end, text[start:end]) for start, end in pairwise(starts)]
        return tuple(spans) if len(spans) > 1 else ()

    def find_question(self, question_id: str | None, agencies: Sequence[str]) -> Question | None:
        return self._doubts.get(question_id, agencies) if question_id else None


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
