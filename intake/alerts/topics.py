"""A matter's topic, from the jurisdiction's table: by its words and its agency. Pure: same words, same topic.

Words are compared as they sound (`nlp.normalise`), so that spelling is forgiven; nothing is learnt and nothing guessed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from intake.errors import SettingsError
from nlp.normalise import sounds_of

AGENCY_WEIGHT = 2  # words
PHRASE_BONUS = 1  # a phrase says more than its first word


@dataclass(frozen=True)
class Topic:
    """`needs_words`: its agencies do many other things. `sounds`: each word or phrase between spaces, its weight."""

    key: str
    name: str
    agencies: frozenset[str]
    needs_words: bool
    sounds: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Topics:
    """`other`: what no topic takes."""

    source: str
    is_confirmed: bool
    topics: tuple[Topic, ...]
    other: Topic

    def find(self, key: str) -> Topic | None:
        return next((topic for topic in (*self.topics, self.other) if topic.key == key), None)

    def name_of(self, key: str) -> str:
        """The key itself for a topic that the table has no more."""
        found = self.find(key)
        return found.name if found else key


def topic_of(topics: Topics, text: str, agency: str | None) -> str:
    """The key. The first of the table where two have as much for them."""
    sounds = sounds_of(text)
    weights = [(_weigh(topic, sounds, agency), -place) for place, topic in enumerate(topics.topics)]
    best, place = max(weights)
    return topics.topics[-place].key if best > 0 else topics.other.key


@cache
def load_topics(folder: Path) -> Topics:
    """Read once (23 ms), like all of the jurisdiction. Raises SettingsError."""
    path = folder / "topics.yaml"
    try:
        values = YAML(typ="safe").load(path)
        topics = tuple(_topic(key, row) for key, row in values["topics"].items())
        other = Topic(values["other"]["key"], values["other"]["name"], frozenset(), True, ())
        return Topics(values["source"], values["confirmed"], topics, other)
    except (OSError, KeyError, TypeError, AttributeError) as error:
        raise SettingsError(f"{path} cannot be read: {error!r}") from error


def read_sounds(words: str) -> tuple[tuple[str, int], ...]:
    """Words and phrases that commas part, as they sound, with their weights."""
    phrases = [phrase.strip() for phrase in words.split(",") if phrase.strip()]
    return tuple((sounds_of(phrase), 1 + PHRASE_BONUS * (" " in phrase)) for phrase in phrases)


def says_any(sounds: str, wanted: Sequence[tuple[str, int]]) -> bool:
    """`sounds`: of a whole text, by `sounds_of`."""
    return any(sound in sounds for sound, _ in wanted)


def _weigh(topic: Topic, sounds: str, agency: str | None) -> int:
    words = sum(weight for sound, weight in topic.sounds if sound in sounds)
    is_theirs = agency in topic.agencies and (words > 0 or not topic.needs_words)
    return words + (AGENCY_WEIGHT if is_theirs else 0)


def _topic(key: str, row: Mapping[str, Any]) -> Topic:
    return Topic(key, row["name"], frozenset(row["agencies"]), row.get("only", False), read_sounds(row["words"]))
