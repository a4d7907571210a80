"""When the mind hesitates between two agencies it asks what separates them, and without a doubt nothing."""

from pathlib import Path

import pytest

from intake.jurisdiction import read_jurisdiction
from nlp.doubts import Doubts, load_doubts
from nlp.normalise import read_words
from nlp.reading import Suggestion
from tests.models import JURISDICTION

LABEL_MAX = 60  # a button that is read at a glance; Telegram cuts longer ones on a narrow phone


@pytest.fixture(scope="module")
def doubts() -> Doubts:
    return load_doubts(JURISDICTION / "questions.yaml")


def _asked(doubts: Doubts, text: str, *shares: tuple[str, float]) -> str | None:
    question = doubts.find([Suggestion(agency, share) for agency, share in shares], read_words(text))
    return question.id if question else None


def test_two_near_suggestions_about_a_road_are_asked_which_road(doubts: Doubts) -> None:
    assert _asked(doubts, "ay muchos vaches", ("MUNICIPIO", 0.5), ("CABIEN", 0.3)) == "camino"


def test_no_question_without_a_doubt_a_word_or_a_competitor(doubts: Doubts) -> None:
    assert _asked(doubts, "hay baches", ("MUNICIPIO", 0.8), ("CABIEN", 0.2)) is None
    assert _asked(doubts, "hay ruido", ("MUNICIPIO", 0.6), ("CABIEN", 0.3)) is None
    assert _asked(doubts, "hay baches", ("MUNICIPIO", 0.6), ("CABIEN", 0.05)) is None
    assert _asked(doubts, "hay baches", ("MUNICIPIO", 0.6), ("SALUD", 0.3)) is None
    assert _asked(doubts, "hay baches", ("MUNICIPIO", 0.5)) is None


def test_a_doubt_that_no_question_fits_is_asked_among_the_first_three(doubts: Doubts) -> None:
    shares = [Suggestion("CFE", 0.4), Suggestion("PRIVADO", 0.3), Suggestion("CONSUMO_F", 0.2), Suggestion("SAT", 0.1)]
    question = doubts.find(shares, read_words("me cobran de mas"))
    assert question is not None
    assert list(question.choices.values()) == ["CFE", "PRIVADO", "CONSUMO_F"]
    assert doubts.get(question.id, ["CFE", "PRIVADO", "CONSUMO_F", "SAT"]) == question
    assert doubts.get(question.id, ["CFE"]) is None


def test_every_agency_can_be_offered_in_words_of_its_own(doubts: Doubts) -> None:
    agencies = sorted(read_jurisdiction(JURISDICTION).agencies)
    offered: dict[str, str] = {}
    for at in range(len(agencies)):
        question = doubts.get("of_the_first", [agencies[at - 1], agencies[at]])
        assert question is not None
        assert len(question.choices) == 2
        offered |= question.choices
    assert sorted(offered.values()) == agencies
    assert all(len(label) <= LABEL_MAX for label in offered)


def test_every_question_can_be_asked_and_its_answers_are_agencies() -> None:
    agencies = read_jurisdiction(JURISDICTION).agencies
    questions = load_doubts(JURISDICTION / "questions.yaml").list_all()
    assert len({question.id for question in questions}) == len(questions) >= 8
    for question in questions:
        assert question.between <= agencies.keys()
        assert set(question.choices.values()) <= question.between
        assert all(0 < len(label) <= LABEL_MAX for label in question.choices)
        assert 2 <= len(question.choices) <= 5


def test_a_jurisdiction_without_questions_asks_none(tmp_path: Path) -> None:
    assert load_doubts(tmp_path / "questions.yaml").list_all() == ()
