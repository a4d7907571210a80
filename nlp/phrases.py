"""A small language of phrases: how people say a thing, whatever the spelling. Pure.

A phrase is slots: `a|b` is either, `a|b_c` «a» or «b c», `quem*` any ending, `le?` or `le|la?` may be missing;
`..` up to three words between, `...` up to eight; `a & b` both, in either order, up to eight words between.
Both sides are compared by sound, so accents, b/v, s/c/z, h and ll/y do not matter. Called by `emergencies`.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
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


@dataclass(frozen=True, eq=False)
class _Phrase:
    """`needs`: for each word that must stand there, the alternatives; a text without one of them needs no search."""

    means: str
    pattern: re.Pattern[str]
    needs: tuple[frozenset[str], ...]


class PhraseBook:
    """Phrases with meanings. A phrase is searched for only when all that it needs stands in the text."""

    def __init__(self, phrases: Iterable[tuple[str, str]]) -> None:
        self._by_word: dict[str, list[_Phrase]] = defaultdict(list)
        self._stem_lengths: set[int] = set()
        for means, phrase in phrases:
            for ordered in _orders(phrase):
                self._add(means, ordered)

    def find(self, sounds: str) -> list[Match]:
        """All matches in a text as `normalise.sounds_of` gives it, in no order."""
        return [
            Match(phrase.means, m.start(), m.end())
            for phrase in self._candidates(sounds)
            for m in phrase.pattern.finditer(sounds)
        ]

    def list_meanings(self, sounds: str) -> list[str]:
        """What each phrase that stands in the text means, once for each phrase however often it stands there."""
        return [phrase.means for phrase in self._candidates(sounds) if phrase.pattern.search(sounds)]

    def stands_in(self, sounds: str) -> bool:
        return any(phrase.pattern.search(sounds) for phrase in self._candidates(sounds))

    def _candidates(self, sounds: str) -> list[_Phrase]:
        words = set(sounds.split())
        said = words | {f"{word[:length]}*" for word in words for length in self._stem_lengths}
        tried = {phrase for word in said & self._by_word.keys() for phrase in self._by_word[word]}
        return [phrase for phrase in tried if not any(need.isdisjoint(said) for need in phrase.needs)]

    def _add(self, means: str, phrase: str) -> None:
        """Raises ValueError for a phrase without a word to find it by."""
        slots = phrase.split()
        needs = [frozenset(_rarest(o) for o in _options(s)) for s in slots if s not in GAPS and not s.endswith("?")]
        if not needs:
            raise ValueError(f"phrase {phrase!r} has no word that must stand in the text")
        pattern = re.compile(" " + "".join(_slot_pattern(slot) for slot in slots))
        self._stem_lengths.update(len(word) - 1 for need in needs for word in need if word.endswith("*"))
        entry = _Phrase(means, pattern, tuple(sorted(needs, key=len)))
        for word in max(needs, key=lambda need: min(map(len, need))):
            self._by_word[word].append(entry)


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
