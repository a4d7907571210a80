"""What the classifiers look at in a text: words, stems, neighbours, pieces of words, meanings, all by sound. Pure.

By sound, because half of the messages are written without accents, with k for qu, or with b for v: «bine por la beka»
and «vine por la beca» give the same features. Features come in units, each of which knows its words, so that a
suggestion can say why. A unit counts once however often it stands in the text: what it adds can be remembered.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from nlp.concepts import Concepts, Meaning
from nlp.normalise import Word
from nlp.sound import sound

PIECE_MIN, PIECE_MAX = 3, 5  # letters
STEM_MIN = 4
WORD = "w:"  # begins the key of a written word
PLACE = "@"  # begins the word that stands for a place's name; no written word has it (nlp/normalise)
LENGTHS = 6  # classes of length by powers of two
# Endings by sound, longest first: a light stemmer; inflection is what separates «pavimentar» from «pavimentación».
ENDINGS = (
    "mientos miento asiones asion siones sion iendo ieron ando aron mente aban aba amos emos imos ados adas idos idas"
    " ado ada ido ida ores ora or ar er ir an en as os es a o e s"
).split()
FILLERS = frozenset(
    "k ke de la el en los las un una i a y por kon no se es ai mi su me ya lo al del para pero komo".split()
)


class Unit(NamedTuple):
    """`key` names it among all units; it stands on words [start, end) of the text."""

    key: str
    start: int
    end: int

    @property
    def is_word(self) -> bool:
        """Else it has one feature, of its own name."""
        return self.key.startswith(WORD)

    @property
    def names(self) -> tuple[str, ...]:
        """Its features."""
        return names_of(self.key)


def read_units(words: Sequence[Word], concepts: Concepts) -> list[Unit]:
    """All units of a text, each once, where it first stands."""
    keys = [sound(word.text) for word in words]
    stems = [PLACE if key.startswith(PLACE) else stem(key) for key in keys]
    meanings = concepts.find(keys)
    found: dict[str, Unit] = {}
    for unit in (*_words(words), *_neighbours(stems), *_meanings(meanings), *_shape(stems)):
        found.setdefault(unit.key, unit)
    return list(found.values())


def names_of(key: str) -> tuple[str, ...]:
    """A unit's features: worked out when asked for, as what a word's add together is remembered (`table`)."""
    return _names_of_word(key.removeprefix(WORD)) if key.startswith(WORD) else (key,)


@lru_cache(maxsize=20_000)
def stem(key: str) -> str:
    ending = next((e for e in ENDINGS if key.endswith(e) and len(key) - len(e) >= STEM_MIN), "")
    return key.removesuffix(ending)


def pieces(key: str) -> list[str]:
    """Runs of letters of one word, its borders marked: «^luz$» gives ^lu, luz, uz$, ^luz, …"""
    marked = f"^{key}$"
    return [marked[at : at + size] for size in range(PIECE_MIN, PIECE_MAX + 1) for at in range(len(marked) - size + 1)]


def _words(words: Sequence[Word]) -> Iterator[Unit]:
    for at, word in enumerate(words):
        yield Unit(f"{WORD}{word.text}", at, at + 1)


@lru_cache(maxsize=2_000)  # for learning, which reads many texts; two kB each
def _names_of_word(word: str) -> tuple[str, ...]:
    key = sound(word)
    if key.startswith(PLACE):
        return tuple(dict.fromkeys((f"w:{PLACE}", f"w:{key}")))
    return (f"w:{key}", f"s:{stem(key)}", *(f"c:{piece}" for piece in pieces(key)))


def _neighbours(stems: Sequence[str]) -> Iterator[Unit]:
    for at, (first, second) in enumerate(pairwise(stems)):
        yield Unit(f"b:{first} {second}", at, at + 2)


def _meanings(meanings: Sequence[Meaning]) -> Iterator[Unit]:
    for meaning in meanings:
        yield Unit(f"m:{meaning.concept}", meaning.start, meaning.end)


def _shape(stems: Sequence[str]) -> Iterator[Unit]:
    """How long the text is, how it begins and ends: what tells a greeting or a question from a matter."""
    if not stems:
        return
    opening, closing = f"^:{' '.join(stems[:2])}", f"$:{' '.join(stems[-2:])}"
    length = f"n:{min(LENGTHS, len(stems).bit_length())}"
    for name in (opening, closing, length):
        yield Unit(name, 0, 0)
