"""Words as a search compares them: without accents and case, as they sound, without their endings; and near misses.

Both databases keep the same words, made here, so both find the same. A near miss is found by what is left of a word
without one of its letters (SymSpell, Garbe 2012): two words that share such a rest differ by about one letter. Pure.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from nlp.features import FILLERS, stem
from nlp.normalise import TOKEN, plain_words
from nlp.sound import sound

WORDS_AT_MOST = 600  # of one petition, with their rests about 5,000 units: 20,000 letters hold some 3,000 words
ASKED_AT_MOST = 8
BEGINNING_MIN = 3  # letters from which a word is found by its beginning
REST_MIN = 5  # letters of a stem whose near misses are found: of shorter ones too much would be near
REST = "0"  # begins the unit of a rest, so that no word is one
DIGITS_MAX = 12
PLURAL_MIN = 4  # letters as it sounds: «tres» may lose its own, the same on both sides
CH = "§"  # as `nlp.sound` writes it; the letter c is free, and databases take it for one


@dataclass(frozen=True)
class Piece:
    text: str
    is_found: bool = False


def document_of(texts: Iterable[str]) -> str:
    """What the index keeps of a petition: stems and rests, each once, between spaces."""
    stems = dict.fromkeys(key for text in texts for key in _stems(text))
    kept = list(stems)[:WORDS_AT_MOST]
    return " ".join(dict.fromkeys([*kept, *(rest for key in kept for rest in rests_of(key))]))


def asked_of(text: str) -> tuple[str, ...]:
    """Stems of what is looked for, fillers left out where anything else is said."""
    stems = tuple(dict.fromkeys(_stems(text)))
    return (tuple(key for key in stems if key not in FILLERS) or stems)[:ASKED_AT_MOST]


def rests_of(key: str) -> tuple[str, ...]:
    if len(key) < REST_MIN or key.isdigit():
        return ()
    return tuple(dict.fromkeys(f"{REST}{key[:at]}{key[at + 1 :]}" for at in range(len(key))))


def units_of(key: str, *, is_near: bool) -> tuple[tuple[str, bool], ...]:
    """What of a document answers one word: units, and whether it is enough that a word begins so."""
    exact = ((key, len(key) >= BEGINNING_MIN and not key.isdigit()),)
    if not is_near:
        return exact
    return (*exact, (f"{REST}{key}", False), *((rest, False) for rest in rests_of(key)), *_without_one(key))


def mark(text: str, asked: Sequence[str], *, is_near: bool) -> tuple[Piece, ...]:
    """The text in pieces, with those marked that answer what was asked."""
    pieces, at = [], 0
    for start, end in _hits(text, asked, is_near=is_near):
        pieces += [Piece(text[at:start]), Piece(text[start:end], is_found=True)]
        at = end
    return tuple(piece for piece in (*pieces, Piece(text[at:])) if piece.text)


def _hits(text: str, asked: Sequence[str], *, is_near: bool) -> Iterator[tuple[int, int]]:
    for match in TOKEN.finditer(text):
        if any(_answers(key, one, is_near=is_near) for key in _stems_of_token(match[0]) for one in asked):
            yield match.span()


def _answers(key: str, asked: str, *, is_near: bool) -> bool:
    own = {key, *rests_of(key)}
    return any(unit in own or (begins and key.startswith(unit)) for unit, begins in units_of(asked, is_near=is_near))


def _without_one(key: str) -> tuple[tuple[str, bool], ...]:
    """The asked word may have a letter too many."""
    return tuple((rest.removeprefix(REST), False) for rest in rests_of(key))


def _stems(text: str) -> Iterator[str]:
    for match in TOKEN.finditer(text):
        yield from _stems_of_token(match[0])


@lru_cache(maxsize=50_000)
def _stems_of_token(token: str) -> tuple[str, ...]:
    if token.isdigit():
        return (token[:DIGITS_MAX],) if token.isascii() else ()
    keys = (_stem(sound(word)).replace(CH, "c") for word in plain_words(token))
    return tuple(key for key in keys if key.isascii() and key.isalnum())


def _stem(key: str) -> str:
    """Of short words too the plural's end goes: «aguas» is «agua»."""
    found = stem(key)
    return found[:-1] if found == key and len(key) >= PLURAL_MIN and key.endswith("s") else found
