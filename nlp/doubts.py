"""Abstention as a result: between which agencies the mind hesitates, and the one question that separates them.

Where two authorities are known rivals the question is about the fact that parts them; else it names what the first
suggestions are about. Read from the jurisdiction's `questions.yaml`; asked by the dialogue after the folio. Pure but
for loading.
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
LOST = 0.55  # below it the first suggestion is right in every second text, and one of the first three in five of six
OFFERED = 3
OF_THE_FIRST = "of_the_first"  # id of the question that is made from the suggestions


@dataclass(frozen=True)
class Question:
    """`choices`: what the person may say → the agency that it makes likeliest."""

    id: str
    between: frozenset[str]
    words: tuple[str, ...]
    ask: str
    choices: Mapping[str, str]


@dataclass(frozen=True)
class OfTheFirst:
    """The question for a doubt that no other one fits. `choices`: agency → what a person would say that it is about."""

    ask: str
    choices: Mapping[str, str]

    def between(self, agencies: Sequence[str]) -> Question | None:
        """None when fewer than two of the agencies can be offered."""
        offered = {self.choices[agency]: agency for agency in agencies[:OFFERED] if agency in self.choices}
        return Question(OF_THE_FIRST, frozenset(offered.values()), (), self.ask, offered) if len(offered) > 1 else None


class Doubts:
    def __init__(self, questions: Sequence[Question], of_the_first: OfTheFirst | None = None) -> None:
        self._questions = {question.id: question for question in questions}
        self._of_the_first = of_the_first

    def find(self, suggestions: Sequence[Suggestion], words: Sequence[Word]) -> Question | None:
        """The question for a text whose first suggestion is doubtful; None when there is no doubt or no question."""
        if len(suggestions) < 2:
            return None
        return self._rivals(suggestions, words) or self._lost(suggestions)

    def get(self, question_id: str, agencies: Sequence[str]) -> Question | None:
        """The question found for suggestions of these agencies, best first; None when there is none any more."""
        if question_id == OF_THE_FIRST:
            return self._of_the_first.between(agencies) if self._of_the_first else None
        return self._questions.get(question_id)

    def list_all(self) -> tuple[Question, ...]:
        """Those about a fact."""
        return tuple(self._questions.values())

    def _rivals(self, suggestions: Sequence[Suggestion], words: Sequence[Word]) -> Question | None:
        first, second = suggestions[:2]
        if first.probability >= DOUBTED or second.probability < COMPETES:
            return None
        heard = [sound(word.text) for word in words]
        fitting = (q for q in self._questions.values() if {first.agency, second.agency} <= q.between)
        return next((q for q in fitting if any(key.startswith(q.words) for key in heard)), None)

    def _lost(self, suggestions: Sequence[Suggestion]) -> Question | None:
        if suggestions[0].probability >= LOST or self._of_the_first is None:
            return None
        return self._of_the_first.between([suggestion.agency for suggestion in suggestions])


def load_doubts(path: Path) -> Doubts:
    """Raises OSError, KeyError, TypeError or ValueError; a file that is not there means no questions."""
    if not path.exists():
        return Doubts(())
    values = YAML(typ="safe").load(path)
    first = values.get("of_the_first")
    return Doubts(
        [_question(entry) for entry in values.get("questions", ())],
        OfTheFirst(first["ask"], dict(first["choices"])) if first else None,
    )


def _question(entry: Mapping[str, Any]) -> Question:
    return Question(
        id=entry["id"],
        between=frozenset(entry["between"]),
        words=tuple(sound(word) for word in entry["words"]),
        ask=entry["ask"],
        choices=dict(entry["choices"]),
    )
