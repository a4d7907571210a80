"""Danger told by phrases alone, so that no model has to be loaded for a message in danger to go first.

Phrases are the jurisdiction's: `emergencies.yaml`. Called by the reader for every text (facts/domain §2.6, rule 1).
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from nlp.normalise import sounds_of
from nlp.phrases import PhraseBook
from nlp.reading import Emergency, EmergencyKind

PHRASE_PROBABILITY = 0.9
NEVER_PAST = frozenset({EmergencyKind.VIOLENCIA, EmergencyKind.SUICIDIO, EmergencyKind.MENOR_EN_RIESGO})


def load_emergencies(path: Path) -> "EmergencyPhrases":
    """Raises OSError, KeyError or ValueError: phrases that cannot be read are not served without."""
    return EmergencyPhrases(YAML(typ="safe").load(path))


class EmergencyPhrases:
    def __init__(self, values: Mapping[str, Any]) -> None:
        groups = {name: "|".join(words.split("|")) for name, words in values["groups"].items()}
        self._order = [EmergencyKind(kind) for kind in values["kinds"]]
        self._figures = PhraseBook(("", phrase) for phrase in _spelled_out(values["exclusions"], groups))
        self._past = PhraseBook(("", phrase) for phrase in _spelled_out(values["past"], groups))
        self._now = PhraseBook(("", phrase) for phrase in _spelled_out(values["now"], groups))
        self._kinds = PhraseBook(
            (kind, phrase) for kind, phrases in values["kinds"].items() for phrase in _spelled_out(phrases, groups)
        )

    def find(self, text: str) -> Emergency | None:
        """The first kind, in the file's order, of which the text has a phrase that is not a figure of speech."""
        sounds = _without(sounds_of(text), self._figures)
        kinds = {EmergencyKind(match.means) for match in self._kinds.find(sounds)}
        if kinds - NEVER_PAST and self._past.find(sounds) and not self._now.find(sounds):
            kinds &= NEVER_PAST
        first = next((kind for kind in self._order if kind in kinds), None)
        return Emergency(first, PHRASE_PROBABILITY) if first else None


def _without(sounds: str, figures: PhraseBook) -> str:
    """The text with every figure of speech replaced by a stop that no phrase can cross."""
    for match in sorted(figures.find(sounds), key=lambda match: -match.start):
        sounds = f"{sounds[: match.start]} / / / / {sounds[match.end :]}"
    return " ".join(["", *sounds.split(), ""])


def _spelled_out(phrases: Sequence[str], groups: Mapping[str, str]) -> Iterator[str]:
    """Phrases with the names of groups, alone or among alternatives, replaced by their words."""
    for phrase in phrases:
        yield " ".join(_slot(slot, groups) for slot in str(phrase).split())


def _slot(slot: str, groups: Mapping[str, str]) -> str:
    tail = "?" if slot.endswith("?") else ""
    return "|".join(groups.get(option, option) for option in slot.rstrip("?").split("|")) + tail
