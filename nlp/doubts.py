"""Abstention as a result: between which agencies the mind hesitates, and the one question that separates them.

Read from the jurisdiction's `questions.yaml`; asked by the dialogue after the folio. Pure but for loading.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from nlp.normalise import Word
from nlp.reading import Suggestion
from nlp.sound import sound

DOUBTED = 0.7  # from here on the first suggestion is right oftener than people answer a question rightly
COMPETES = 0.08  # a second suggestion below it is no competitor


@dataclass(frozen=True)
class Question:
    """`choices`: what the person may say → the agency that it makes likeliest."""

    id: str
    between: frozenset[str]
    words: tuple[str, ...]
    ask: str
    choices: Mapping[str, str]


class Doubts:
    def __init__(self, questions: Sequence[Question]) -> None:
        self._questions = {question.id: question for question in questions}

    def find(self, suggestions: Sequence[Suggestion], words: Sequence[Word]) -> Question | None:
        """The question for a text whose first two suggestions are too near; None when there is none or no doubt."""
        if len(suggestions) < 2:
            return None
        first, second = suggestions[:2]
        if first.probability >= DOUBTED or second.probability < COMPETES:
            return None
        heard = [sound(word.text) for word in words]
        fitting = (q for q in self._questions.values() if {first.agency, second.agency} <= q.between)
        return next((q for q in fitting if any(key.startswith(q.words) for key in heard)), None)

    def get(self, question_id: str) -> Question | None:
        """None for one that the jurisdiction has no more."""
        return self._questions.get(question_id)

    def list_all(self) -> tuple[Question, ...]:
        return tuple(self._questions.values())


def load_doubts(path: Path) -> Doubts:
    """Raises OSError, KeyError, TypeError or ValueError; a file that is not there means no questions."""
    if not path.exists():
        return Doubts(())
    values = YAML(typ="safe").load(path)
    return Doubts([_question(entry) for entry in values["questions"]])


def _question(entry: Mapping[str, Any]) -> Question:
    return Question(
        id=entry["id"],
        between=frozenset(entry["between"]),
        words=tuple(sound(word) for word in entry["words"]),
        ask=entry["ask"],
        choices=dict(entry["choices"]),
    )
