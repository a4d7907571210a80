"""Everyday meanings: which words and phrases of a jurisdiction's people belong together, whatever their spelling.

A classifier that learns from some thousand texts meets most words once or never. The lexicon (`concepts.yaml`) tells it
that «tinaco», «pipa» and «no cae ni gota» are about the same thing. Called by `features`.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from ruamel.yaml import YAML

from nlp.sound import sound

STEM_MIN = 3  # letters of a stem as it sounds
Phrase = tuple[tuple[str, ...], str]  # its words, its concept
PLURALS = ("es", "s")
JOIN, ANY_ENDING = "_", "*"
REMEMBERED = 20_000  # words


class Meaning(NamedTuple):
    """A concept that words [start, end) of a text stand for."""

    concept: str
    start: int
    end: int


class Concepts:
    """Read only but for its memory of words, so one object serves all threads."""

    def __init__(self, entries: Mapping[str, str]) -> None:
        """`entries`: concept → words, stems (`pavimenta*`) and phrases (`silla_de_ruedas`), separated by spaces."""
        self.entries = dict(entries)
        self._words: dict[str, set[str]] = defaultdict(set)
        self._stems: dict[str, set[str]] = defaultdict(set)
        self._phrases: dict[tuple[str, str], list[Phrase]] = defaultdict(list)  # by their first two words
        self._stem_phrases: dict[str, list[Phrase]] = defaultdict(list)  # by the letters that they begin with
        self._of_word = lru_cache(REMEMBERED)(self._look_up)
        for concept, spoken in entries.items():
            for entry in spoken.split():
                self._add(concept, entry)

    def find(self, keys: Sequence[str]) -> list[Meaning]:
        """What the words of a text, given by their sound, stand for; in the text's order."""
        found = []
        for at, key in enumerate(keys):
            found += [Meaning(concept, at, at + 1) for concept in self._of_word(key)]
            pair = (key, keys[at + 1] if at + 1 < len(keys) else "")
            for phrase, concept in (*self._phrases.get(pair, ()), *self._stem_phrases.get(key[:STEM_MIN], ())):
                if _stands_at(phrase, keys, at):
                    found.append(Meaning(concept, at, at + len(phrase)))
        return found

    def _look_up(self, key: str) -> tuple[str, ...]:
        """The word itself, its singular, its masculine, and every stem that it begins with."""
        forms = {key, *(key.removesuffix(ending) for ending in PLURALS)}
        forms |= {form[:-1] + "o" for form in forms if form.endswith("a")}
        found = {concept for form in forms for concept in self._words.get(form, ())}
        return tuple(sorted(found.union(*(self._stems.get(key[:size], ()) for size in range(STEM_MIN, len(key) + 1)))))

    def _add(self, concept: str, entry: str) -> None:
        parts = tuple(_sounded(part) for part in entry.split(JOIN))
        if len(parts) > 1 and ANY_ENDING in parts[0] + parts[1]:
            self._stem_phrases[parts[0].rstrip(ANY_ENDING)[:STEM_MIN]].append((parts, concept))
        elif len(parts) > 1:
            self._phrases[parts[0], parts[1]].append((parts, concept))
        elif entry.endswith(ANY_ENDING):
            self._stems[parts[0].rstrip(ANY_ENDING)].add(concept)
        else:
            self._words[parts[0]].add(concept)


def load_concepts(path: Path) -> Concepts:
    """Raises OSError or ValueError."""
    values = YAML(typ="safe").load(path)
    if not isinstance(values, dict) or not all(isinstance(spoken, str) for spoken in values.values()):
        raise ValueError(f"{path}: needs one line of words for each concept")
    return Concepts(values)


def _sounded(part: str) -> str:
    """A stem is sounded with a vowel behind it: at the end of a word some letters sound otherwise."""
    if part.endswith(ANY_ENDING):
        return sound(part.rstrip(ANY_ENDING) + "a")[:-1] + ANY_ENDING
    return sound(part)


def _stands_at(phrase: tuple[str, ...], keys: Sequence[str], at: int) -> bool:
    if len(phrase) > len(keys) - at:
        return False
    for place, part in enumerate(phrase, start=at):
        key = keys[place]
        if key != part and not (part[-1:] == ANY_ENDING and key.startswith(part[:-1])):
            return False
    return True
