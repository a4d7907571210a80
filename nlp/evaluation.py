"""What the mind is worth on authors that it has not learnt from. Called by `canaliza evaluate`, never while serving."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.model_selection import GroupKFold

from nlp.corpus import Example
from nlp.emergencies import load_emergencies
from nlp.places import load_gazetteer
from nlp.reader import Reader
from nlp.reading import EmergencyKind, MessageKind
from nlp.training import train

FOLDS = 5


@dataclass(frozen=True)
class Outcome:
    """What was read in an example by a model that knew none of its author's texts. `ranking`: agencies best first."""

    example: Example
    kind: MessageKind
    ranking: tuple[str, ...]
    probability: float
    emergency: EmergencyKind | None


def cross_examine(
    examples: Sequence[Example], competences: Mapping[str, Iterable[str]], jurisdiction: Path, *, seed: int
) -> list[Outcome]:
    """Every example once, each read by the fold's model that was trained without its author."""
    phrases = load_emergencies(jurisdiction / "emergencies.yaml")
    gazetteer = load_gazetteer(jurisdiction / "places")
    groups = np.array([example.author for example in examples])
    outcomes = []
    for known, unseen in GroupKFold(FOLDS).split(groups, groups=groups):
        language = train([examples[i] for i in known], competences, seed=seed, progress=_silent)
        reader = Reader(phrases, gazetteer, language)
        outcomes += [_outcome(reader, examples[i]) for i in unseen]
    return outcomes


def _outcome(reader: Reader, example: Example) -> Outcome:
    reading = reader.read(example.text)
    return Outcome(
        example,
        reading.kind,
        tuple(suggestion.agency for suggestion in reading.suggestions),
        reading.suggestions[0].probability,
        reading.emergency.kind if reading.emergency else None,
    )


def _silent(step: str) -> None:
    pass
