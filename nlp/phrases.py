"""A small language of phrases: how people say a thing, whatever the spelling. Pure.

A phrase is slots: `a|b` is either, `a|b_c` «a» or «b c», `quem*` any ending, `le?` or `le|la?` may be missing;
`..` up to three words between, `...` up to eight; `a & b` both, in either order, up to eight words between.
Both sides are compared by sound, so accents, b/v, s/c/z, h and ll/y do not matter. Called by `emergencies`.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations

from nlp.normalise import plain_words
from nlp.sound import sound

STOP = "/"  # stands in a text, as a word of its own, where no phrase may cross
GAPS = {"..": f"(?:[^ {STOP}]+ ){{0,3}}", "...": f"(?:[^ {STOP}]+ ){{0,8}}"}
EITHER_ORDER = " & "
JOIN = "_"
STEM_MIN = 2  # letters of a stem as it sounds («hij*» is «ij»)


@dataclass(frozen=True)
class Match:
    """Characters [start, end) of the sounded text, and what the phrase stands for."""

    means: str
    start: int
    end: int


class PhraseBook:
    """Phrases with meanings. A phrase is tried only when its longest word stands in the text."""

    def __init__(self, phrases: Iterable[tuple[str, str]]) -> None:
        self._by_word: dict[str, list[tuple[str, re.Pattern[str]]]] = defaultdict(list)
        self._by_stem: dict[str, list[tuple[str, re.Pattern[str]]]] = defaultdict(list)
        for means, phrase in phrases:
            for ordered in _orders(phrase):
                self._add(means, ordered)
        self._stem_lengths = sorted({len(stem) for stem in self._by_stem})

    def find(self, sounds: str) -> list[Match]:
        """All matches in a text as `normalise.sounds_of` gives it, in the order of the book's words."""
        found = []
        for means, pattern in self._candidates(sounds.split()):
            found += [Match(means, m.start(), m.end()) for m in pattern.finditer(sounds)]
        return found

    def list_meanings(self, sounds: str) -> list[str]:
        """What each phrase that stands in the text means, once for each phrase however often it stands there."""
        return [means for means, pattern in self._candidates(sounds.split()) if pattern.search(sounds)]

    def _candidates(self, words: Sequence[str]) -> list[tuple[str, re.Pattern[str]]]:
        tried: dict[tuple[str, re.Pattern[str]], None] = {}
        for word in dict.fromkeys(words):
            tried.update(dict.fromkeys(self._by_word.get(word, ())))
            for length in self._stem_lengths:
                tried.update(dict.fromkeys(self._by_stem.get(word[:length], ()) if len(word) >= length else ()))
        return list(tried)

    def _add(self, means: str, phrase: str) -> None:
        """Raises ValueError for a phrase without a word to find it by."""
        slots = phrase.split()
        entry = (means, re.compile(" " + "".join(_slot_pattern(slot) for slot in slots)))
        sure = [_options(slot) for slot in slots if slot not in GAPS and not slot.endswith("?")]
        if not sure:
            raise ValueError(f"phrase {phrase!r} has no word that must stand in the text")
        for option in max(sure, key=lambda options: min(len(_rarest(o)) for o in options)):
            word = _rarest(option)
            (self._by_stem if word.endswith("*") else self._by_word)[word.rstrip("*")].append(entry)


def _orders(phrase: str) -> Iterator[str]:
    """The phrase itself, or one phrase for each order of its parts."""
    for parts in permutations(phrase.split(EITHER_ORDER)):
        yield " ... ".join(parts)


def _slot_pattern(slot: str) -> str:
    if slot in GAPS:
        return GAPS[slot]
    body = "|".join(re.escape(option).replace(r"\*", "[^ ]*") for option in _options(slot))
    return f"(?:(?:{body}) )" + ("?" if slot.endswith("?") else "")


def _options(slot: str) -> list[str]:
    return [" ".join(map(_sounded, option.split(JOIN))) for option in slot.rstrip("?").split("|")]


def _rarest(option: str) -> str:
    """The word of an alternative to find it by: long words stand in few texts."""
    return max(option.split(), key=len)


def _sounded(option: str) -> str:
    """A stem is sounded with a vowel behind it: at the end of a word some letters sound otherwise."""
    if option.endswith("*"):
        stem = sound(option.rstrip("*") + "a")[:-1]
        if len(stem) < STEM_MIN:
            raise ValueError(f"stem {option!r} is too short")
        return stem + "*"
    return sound(plain_words(option)[0])
