"""A matter's topic, from the jurisdiction's table: by its words and its agency. Pure: same words, same topic.

Words are compared as they sound (`nlp.normalise`), so that spelling is forgiven; nothing is learnt and nothing guessed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from nlp.normalise import sounds_of

AGENCY_WEIGHT = 2  # words
PHRASE_BONUS = 1  # a phrase says more than its first word
NEW = "nuevo"  # the page of one that there is not yet: no topic's key


@dataclass(frozen=True)
class Topic:
    """`needs_words`: its agencies do many other things. `words`: as they are written, parted by commas; `sounds`: each
    word or phrase between spaces, its weight. `is_open`: matters are named with it."""

    key: str
    name: str
    agencies: frozenset[str]
    needs_words: bool
    words: str
    is_open: bool
    is_confirmed: bool
    sounds: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Topics:
    """`table`: by key, in the order in which they are tried, retired ones too; the office's one is always current
    (`intake.configuration.standing`). `other_key`: of the one for what no topic takes."""

    source: str
    table: Mapping[str, Topic]
    other_key: str

    @property
    def topics(self) -> tuple[Topic, ...]:
        """Those that matters are named with, without `other`."""
        return tuple(topic for topic in self.table.values() if topic.is_open and topic.key != self.other_key)

    @property
    def other(self) -> Topic:
        return self.table[self.other_key]

    @property
    def is_confirmed(self) -> bool:
        return all(topic.is_confirmed for topic in self.topics)

    def find(self, key: str) -> Topic | None:
        return self.table.get(key)

    def name_of(self, key: str) -> str:
        """The key itself for a topic that the table has no more."""
        found = self.find(key)
        return found.name if found else key


def topic_of(topics: Topics, text: str, agency: str | None) -> str:
    """The key. The first of the table where two have as much for them."""
    sounds, offered = sounds_of(text), topics.topics
    weights = [(_weigh(topic, sounds, agency), -place) for place, topic in enumerate(offered)]
    best, place = max(weights, default=(0, 0))
    return offered[-place].key if best > 0 else topics.other_key


def load_topics(folder: Path) -> Topics:
    """23 ms. Raises OSError, KeyError, TypeError, ValueError."""
    values = YAML(typ="safe").load(folder / "topics.yaml")
    table = {key: topic_from(key, row) for key, row in rows_of(values).items()}
    return Topics(values["source"], table, values["other"]["key"])


def rows_of(values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """By key, each row of a file of topics with all its parts; the one for what no topic takes stands last."""
    other = values["other"]
    rows = {**values["topics"], other["key"]: {"agencies": [], "words": "", **other}}
    return {
        str(key): {
            "name": row["name"],
            "agencies": list(row["agencies"]),
            "only": row.get("only", False),
            "words": row["words"],
            "is_open": row.get("is_open", True),
            "confirmed": row.get("confirmed", values["confirmed"]),
        }
        for key, row in rows.items()
    }


def topic_from(key: str, row: Mapping[str, Any]) -> Topic:
    """Raises KeyError, ValueError for a key that none may have."""
    if key == NEW:
        raise ValueError(f"{NEW} is the page of a topic that there is not yet: no topic's key")
    return Topic(
        key,
        row["name"],
        frozenset(row["agencies"]),
        row["only"],
        row["words"],
        row["is_open"],
        row["confirmed"],
        read_sounds(row["words"]),
    )


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
