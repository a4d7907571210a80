"""A small language of phrases: how people say a thing, whatever the spelling. Pure.

A phrase is words; `a|b` is either, `quem*` any ending, `le?` may be missing, `..` up to three words between.
Both sides are compared by sound, so accents, b/v, s/c/z, h and ll/y do not matter. Called by `emergencies`.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nlp.normalise import plain_words
from nlp.sound import sound

GAP = ".."
GAP_PATTERN = r"(?:[^ ]+ ){0,3}"
STEM_MIN = 3  # letters of a stem as it sounds


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
            self._add(means, phrase)
        self._stem_lengths = sorted({len(stem) for stem in self._by_stem})

    def find(self, sounds: str) -> list[Match]:
        """All matches in a text as `normalise.sounds_of` gives it, in the order of the book's words."""
        found = []
        for means, pattern in self._candidates(sounds.split()):
            found += [Match(means, m.start(), m.end()) for m in pattern.finditer(sounds)]
        return found

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
        sure = [_options(slot) for slot in slots if slot != GAP and not slot.endswith("?")]
        if not sure:
            raise ValueError(f"phrase {phrase!r} has no word that must stand in the text")
        for option in max(sure, key=lambda options: min(len(o) for o in options)):
            (self._by_stem if option.endswith("*") else self._by_word)[option.rstrip("*")].append(entry)


def _slot_pattern(slot: str) -> str:
    if slot == GAP:
        return GAP_PATTERN
    body = "|".join(re.escape(o.rstrip("*")) + ("[^ ]*" if o.endswith("*") else "") for o in _options(slot))
    return f"(?:(?:{body}) )" + ("?" if slot.endswith("?") else "")


def _options(slot: str) -> list[str]:
    return [_sounded(option) for option in slot.rstrip("?").split("|")]


def _sounded(option: str) -> str:
    """A stem is sounded with a vowel behind it: at the end of a word some letters sound otherwise."""
    if option.endswith("*"):
        stem = sound(option.rstrip("*") + "a")[:-1]
        if len(stem) < STEM_MIN:
            raise ValueError(f"stem {option!r} is too short")
        return stem + "*"
    return sound(plain_words(option)[0])
