"""Names of places as one word: nothing is learnt from «camino» in «Santa Lucía del Camino». Called by `lexicon`.

What is kept of a name is whether an agency that serves a part of the jurisdiction serves there (territories.yaml).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from nlp.features import PLACE
from nlp.normalise import Word
from nlp.place_names import SAINTS, SPELLED_OUT, PlaceName, name_key
from nlp.place_scan import READ_AT_MOST, Scanner

SURE_FROM = 75.0  # points of `Mention.score`: below it the words may be ordinary ones
SAINT_MIN = 4  # letters of what follows «san»


class PlaceWords:
    """Read only but for its memory of slips. `zones`: municipality → agencies that serve there and not everywhere."""

    def __init__(self, names: Mapping[str, PlaceName], zones: Mapping[str, str]) -> None:
        self._names, self._zones = dict(names), dict(zones)
        self._scanner = Scanner(self._names)

    def fold(self, text: str, words: Sequence[Word]) -> tuple[Word, ...]:
        """The text's words with every name of a place as one of them: «@», or «@» and its zone."""
        folded: list[Word] = []
        names = [*self._named(text), (len(text) + 1, len(text) + 1, PLACE)]
        at = 0
        for word in words:
            while word.start >= names[at][1]:
                at += 1
            start, end, name = names[at]
            if word.start < start:
                folded.append(word)
            elif folded and folded[-1].start == start and folded[-1].text == name:
                continue
            else:
                folded.append(Word(name, start, end))
        return tuple(_saints(folded))

    def to_values(self) -> dict[str, Any]:
        """For msgpack."""
        names = {
            key: [name.text, list(name.claves), name.is_common, name.is_locality, name.is_open, name.article]
            for key, name in self._names.items()
        }
        return {"names": names, "zones": self._zones}

    def _named(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Characters of each name, in order, and the word that stands for it."""
        for mention in self._scanner.scan(text[:READ_AT_MOST]):
            is_spelled = name_key(text[mention.begin : mention.finish]) in self._names
            if mention.score >= SURE_FROM and is_spelled:  # «salida» is no slip of «Salina»
                zones = {self._zones.get(clave, "") for clave in mention.name.claves}
                yield mention.begin, mention.finish, PLACE + (zones.pop() if len(zones) == 1 else "")


def place_words_from(values: Mapping[str, Any]) -> PlaceWords:
    """What `to_values` gave."""
    names = {key: PlaceName(text, tuple(claves), *rest) for key, (text, claves, *rest) in values["names"].items()}
    return PlaceWords(names, values["zones"])


def _saints(words: Sequence[Word]) -> Iterator[Word]:
    """«San Isidro», which no table has: a hamlet, a street or a feast, never the matter."""
    at = 0
    while at < len(words):
        word, after = words[at], words[at + 1] if at + 1 < len(words) else None
        is_saint = len(word.text) > 1 and SPELLED_OUT.get(word.text, word.text) in SAINTS
        if is_saint and after is not None and len(after.text) >= SAINT_MIN and after.text.isalpha():
            yield Word(PLACE, word.start, after.end)
            at += 2
        else:
            yield word
            at += 1
