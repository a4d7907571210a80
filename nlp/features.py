"""What the classifiers look at in a text: words, stems, neighbours and pieces of words, all by sound. Pure.

By sound, because half of the messages are written without accents, with k for qu, or with b for v: «bine por la beka»
and «vine por la beca» give the same features. Each feature knows its words, so that a suggestion can say why.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from nlp.normalise import Word
from nlp.sound import sound

PIECE_MIN, PIECE_MAX = 3, 5  # letters; 2–4 cost a point of top-1 in cross-validation by author (canaliza evaluate)
STEM_MIN = 4
LENGTHS, LENGTH_WEIGHT = 6, 3  # classes of length by powers of two; a length counts as three words
# Endings by sound, longest first: a light stemmer; inflection is what separates «pavimentar» from «pavimentación».
ENDINGS = (
    "mientos miento asiones asion siones sion iendo ieron ando aron mente aban aba amos emos imos ados adas idos idas"
    " ado ada ido ida ores ora or ar er ir an en as os es a o e s"
).split()
FILLERS = frozenset(
    "k ke de la el en los las un una i a y por kon no se es ai mi su me ya lo al del para pero komo".split()
)


@dataclass(frozen=True, slots=True)
class Feature:
    """`name` as the vocabulary has it; it stands on words [start, end) of the text."""

    name: str
    start: int
    end: int


def read_features(words: Sequence[Word]) -> list[Feature]:
    """All features of a text, repeated as often as they occur."""
    sounds = [sound(word.text) for word in words]
    stems = [stem(key) for key in sounds]
    found: list[Feature] = []
    for at, (word, key) in enumerate(zip(words, sounds, strict=True)):
        found += [Feature(f"w:{key}", at, at + 1), Feature(f"r:{word.text}", at, at + 1)]
        found.append(Feature(f"s:{stems[at]}", at, at + 1))
        found += [Feature(f"c:{piece}", at, at + 1) for piece in pieces(key)]
    found += [Feature(f"b:{stems[at]} {stems[at + 1]}", at, at + 2) for at in range(len(stems) - 1)]
    return [*found, *_pairs([(at, key) for at, key in enumerate(stems) if key not in FILLERS]), *_shape(stems)]


def _shape(stems: Sequence[str]) -> list[Feature]:
    """How long the text is, how it begins and ends: what tells a greeting or a question from a matter."""
    if not stems:
        return []
    count = len(stems)
    opening, closing = " ".join(stems[:2]), " ".join(stems[-2:])
    return [
        *[Feature(f"n:{min(LENGTHS, count.bit_length())}", 0, 0)] * LENGTH_WEIGHT,
        Feature(f"^:{opening}", 0, min(2, count)),
        Feature(f"$:{closing}", max(0, count - 2), count),
    ]


def stem(key: str) -> str:
    ending = next((e for e in ENDINGS if key.endswith(e) and len(key) - len(e) >= STEM_MIN), "")
    return key.removesuffix(ending)


def pieces(key: str) -> list[str]:
    """Runs of letters of one word, its borders marked: «^luz$» gives ^lu, luz, uz$, ^luz, …"""
    marked = f"^{key}$"
    return [marked[at : at + size] for size in range(PIECE_MIN, PIECE_MAX + 1) for at in range(len(marked) - size + 1)]


def _pairs(content: Sequence[tuple[int, str]]) -> list[Feature]:
    """Two words of content, next to each other or with one between: «agua … pozo», whatever small words stand there."""
    pairs = [*pairwise(content), *zip(content, content[2:], strict=False)]
    return [Feature(f"k:{first} {second}", at, end + 1) for (at, first), (end, second) in pairs]
