"""Danger told by phrases alone, so that no model has to be loaded for a message in danger to go first.

Phrases are the jurisdiction's: `emergencies.yaml`. Called by the reader for every text (facts/domain §2.6, rule 1).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from nlp.normalise import sounds_of
from nlp.phrases import STOP, PhraseBook
from nlp.reading import Emergency, EmergencyKind

PHRASE_PROBABILITY = 0.9


def load_emergencies(path: Path) -> "EmergencyPhrases":
    """Raises OSError, KeyError or ValueError: phrases that cannot be read are not served without."""
    return EmergencyPhrases(YAML(typ="safe").load(path))


class EmergencyPhrases:
    """Read only, so one object serves all threads."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        groups = _grown(values["groups"])
        self._order = [EmergencyKind(kind) for kind in values["kinds"]]
        self._figures = _book(values["figures"], groups)
        self._old, self._recent = _book(values["old"], groups), _book(values["recent"], groups)
        self._now = _book(values["now"], groups)
        self._always = _book_of_kinds(values["kinds"], "always", groups)
        self._unless_old = _book_of_kinds(values["kinds"], "unless_old", groups)
        self._unless_recent = _book_of_kinds(values["kinds"], "unless_recent", groups)

    def find(self, text: str) -> Emergency | None:
        """The kind of which the text has most phrases, figures of speech left out; of equals, the file's first."""
        sounds = _without(sounds_of(text), self._figures)
        told = Counter(EmergencyKind(kind) for kind in self._list_told(sounds))
        first = max(self._order, key=lambda kind: told[kind])
        return Emergency(first, PHRASE_PROBABILITY) if told[first] else None

    def _list_told(self, sounds: str) -> list[str]:
        """The kind of each phrase that stands in the text; what is told as over counts only beside a word of now."""
        told = self._always.list_meanings(sounds)
        is_now = self._now.stands_in(sounds)
        if is_now or not self._old.stands_in(sounds):
            told += self._unless_old.list_meanings(sounds)
            if is_now or not self._recent.stands_in(sounds):
                told += self._unless_recent.list_meanings(sounds)
        return told


def _without(sounds: str, figures: PhraseBook) -> str:
    """The text with every figure of speech replaced by a stop that no phrase can cross."""
    kept, at = [], 0
    for match in sorted(figures.find(sounds), key=lambda match: (match.start, -match.end)):
        if match.start >= at:
            kept += [sounds[at : match.start], STOP]
        at = max(at, match.end)
    return " ".join(["", *" ".join([*kept, sounds[at:]]).split(), ""])


def _book(phrases: Iterable[str], groups: Mapping[str, str]) -> PhraseBook:
    return PhraseBook(("", phrase) for phrase in _spelled_out(phrases, groups))


def _book_of_kinds(
    kinds: Mapping[str, Mapping[str, Sequence[str]]], part: str, groups: Mapping[str, str]
) -> PhraseBook:
    return PhraseBook(
        (kind, phrase) for kind, parts in kinds.items() for phrase in _spelled_out(parts.get(part, ()), groups)
    )


def _grown(groups: Mapping[str, str]) -> dict[str, str]:
    """Groups with the groups that stand before them in the file spelled out."""
    grown: dict[str, str] = {}
    for name, words in groups.items():
        grown[name] = _slot(words, grown)
    return grown


def _spelled_out(phrases: Iterable[str], groups: Mapping[str, str]) -> Iterator[str]:
    """Phrases with the names of groups, alone or among alternatives, replaced by their words."""
    for phrase in phrases:
        yield " ".join(_slot(slot, groups) for slot in str(phrase).split())


def _slot(slot: str, groups: Mapping[str, str]) -> str:
    tail = "?" if slot.endswith("?") else ""
    return "|".join(groups.get(option, option) for option in slot.rstrip("?").split("|")) + tail
