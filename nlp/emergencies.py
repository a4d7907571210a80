"""Danger told by phrases alone, so that no model has to be loaded for a message in danger to go first.

Phrases are the jurisdiction's: `emergencies.yaml`. Called by the reader for every text (facts/domain §2.6, rule 1).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from nlp.normalise import sounds_of
from nlp.phrases import STOP, PhraseBook
from nlp.reading import Emergency, EmergencyKind

PHRASE_PROBABILITY = 0.9
ALWAYS, UNLESS_OLD, UNLESS_RECENT = "always", "unless_old", "unless_recent"  # parts of a kind in the file
OLD, RECENT, NOW = "old", "recent", "now"


def load_emergencies(path: Path) -> "EmergencyPhrases":
    """Raises OSError, KeyError or ValueError: phrases that cannot be read are not served without."""
    return EmergencyPhrases(YAML(typ="safe").load(path))


class EmergencyPhrases:
    """Read only, so one object serves all threads."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        groups = _grown(values["groups"])
        self._order = [EmergencyKind(kind) for kind in values["kinds"]]
        self._figures = _book([("", phrase) for phrase in values["figures"]], groups)
        told = [
            (f"{part} {kind}", phrase)
            for kind, parts in values["kinds"].items()
            for part in (ALWAYS, UNLESS_OLD, UNLESS_RECENT)
            for phrase in parts.get(part, ())
        ]
        times = [(time, phrase) for time in (OLD, RECENT, NOW) for phrase in values[time]]
        self._book = _book([*told, *times], groups)

    def find(self, text: str) -> Emergency | None:
        """The kind of which the text has most phrases, figures of speech left out; of equals, the file's first."""
        sounds = _without(sounds_of(text), self._figures)
        told = Counter(EmergencyKind(kind) for kind in self._list_told(sounds))
        first = max(self._order, key=lambda kind: told[kind])
        return Emergency(first, PHRASE_PROBABILITY) if told[first] else None

    def _list_told(self, sounds: str) -> list[str]:
        """The kind of each phrase that stands in the text; what is told as over counts only beside a word of now."""
        found = [means.split() for means in self._book.list_meanings(sounds)]
        times = {time for time, *kind in found if not kind}
        told = {ALWAYS}
        if NOW in times or OLD not in times:
            told.add(UNLESS_OLD)
            if NOW in times or RECENT not in times:
                told.add(UNLESS_RECENT)
        return [kind[0] for part, *kind in found if part in told]


def _without(sounds: str, figures: PhraseBook) -> str:
    """The text with every figure of speech replaced by a stop that no phrase can cross."""
    kept, at = [], 0
    for match in sorted(figures.find(sounds), key=lambda match: (match.start, -match.end)):
        if match.start >= at:
            kept += [sounds[at : match.start], STOP]
        at = max(at, match.end)
    return " ".join(["", *" ".join([*kept, sounds[at:]]).split(), ""])


def _book(phrases: Iterable[tuple[str, str]], groups: Mapping[str, str]) -> PhraseBook:
    return PhraseBook((means, _spelled_out(phrase, groups)) for means, phrase in phrases)


def _grown(groups: Mapping[str, str]) -> dict[str, str]:
    """Groups with the groups that stand before them in the file spelled out."""
    grown: dict[str, str] = {}
    for name, words in groups.items():
        grown[name] = _slot(words, grown)
    return grown


def _spelled_out(phrase: str, groups: Mapping[str, str]) -> str:
    """With the names of groups, alone or among alternatives, replaced by their words."""
    return " ".join(_slot(slot, groups) for slot in str(phrase).split())


def _slot(slot: str, groups: Mapping[str, str]) -> str:
    tail = "?" if slot.endswith("?") else ""
    return "|".join(groups.get(option, option) for option in slot.rstrip("?").split("|")) + tail
