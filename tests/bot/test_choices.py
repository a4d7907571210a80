"""A yes or a no in the person's own words, after an answer: what says that it is solved, what only thanks."""

import re
from typing import cast

import pytest

from bot.choices import Choice, find_choice, is_followed
from bot.privacy_talk import DATA, RIGHTS
from bot.safe_talk import AT, LOOKS

OFFERED = (Choice("Sí", "solved:F-1:yes"), Choice("No", "solved:F-1:no"))


@pytest.mark.parametrize(
    "text",
    [
        "ya quedó, gracias",
        "gracias, ya quedó",
        "ya, gracias",
        "muchas gracias, quedó muy bien",
        "gracias, ya vinieron",
        "gracias, todo bien",
        "ya, Dios los bendiga",
        "se arregló, gracias",
        "quedó muy bien, muchas gracias",
        "ya quedó, gracias a Dios",
        "que Dios me los bendiga grandemente, ya tenemos agüita en la colonia",
        "señorita, ayer en la tarde ya lo arreglaron",
    ],
)
def test_thanks_with_what_was_done_say_that_it_is_solved(text: str) -> None:
    assert find_choice(OFFERED, text, None, "other") == OFFERED[0]


@pytest.mark.parametrize(
    "text",
    [
        "muchas gracias",
        "gracias, aquí los espero",
        "muchas gracias, quedo al pendiente",
        "gracias, quedo atenta",
        "gracias por avisar",
        "gracias, está bien",
        "gracias, lo voy a hacer",
        "gracias, ojalá ya vengan",
        "ya vi, gracias",
        "ya enterado, gracias",
        "listo, quedo atento",
        "está bien, aquí espero",
        "¿ya quedó?",
        "quedaron de venir el lunes, gracias",
        "gracias, ahora también hay un bache, quedó muy feo",
        "ya tenemos tres días sin agua, gracias",
        "ya no hay fuga, la repararon",
        "el ingeniero quedó de venir mañana",
        "quedamos en que venían el lunes",
        "ya me llegó su respuesta, gracias",
        "ya tengo la información, gracias",
        "quedo al tanto",
        "quedo a sus órdenes",
        "quedó un hoyo",
        "ya sale agua sucia, gracias",
        "si pueden mandar a alguien mañana por la tarde se los agradecería mucho",
        "si vienen mañana",
    ],
)
def test_thanks_for_what_the_answer_says_leave_the_question_open(text: str) -> None:
    assert find_choice(OFFERED, text, None, "yes" if text.startswith("está bien") else "other") is None


@pytest.mark.parametrize(
    "text",
    [
        "gracias pero sigue igual",
        "pues quedó a medias",
        "si se arreglo pero se volvio a descomponer",
        "no, disculpe la molestia pero todavía no sale ni una gota",
        "viene igual de sucia",
        "no, nadie ha venido",
        "vinieron, pero no arreglaron nada",
        "ya quedó feo",
        "quedó muy horrible",
    ],
)
def test_what_says_that_something_is_missing_disputes_the_answer(text: str) -> None:
    assert find_choice(OFFERED, text, None, "other") == OFFERED[1]


WITHDRAW = (Choice("Sí, cancelarla", "withdraw:F-1:yes"), Choice("No, que siga", "withdraw:F-1:no"))


@pytest.mark.parametrize(
    "text", ["espere, no", "ay no, mejor no", "pues no", "que siga", "no, yo quiero que siga", "sí, que siga"]
)
def test_a_no_need_not_stand_first(text: str) -> None:
    assert find_choice(WITHDRAW, text, None, "other") == WITHDRAW[1]


@pytest.mark.parametrize("text", ["no sirve el alumbrado de mi calle", "no hay agua", "gracias"])
def test_a_problem_told_with_a_no_answers_no_question(text: str) -> None:
    assert find_choice(WITHDRAW, text, None, "petition") is None


@pytest.mark.parametrize("text", ["si me atienden mañana", "si pueden venir mejor"])
def test_a_condition_is_no_yes(text: str) -> None:
    for offered in (WITHDRAW, OFFERED):
        assert find_choice(offered, text, None, "yes") is None


def test_a_yes_that_says_quedo_is_no_yes_either() -> None:
    assert find_choice(OFFERED, "quedo a sus órdenes", None, "yes") is None
    assert find_choice(OFFERED, "que les vaya bien", None, "yes") is None
    assert find_choice(OFFERED, "quedó muy bien", None, "yes") == OFFERED[0]


PLACES = (
    Choice("San Juan Mixtepec (Juxtlahuaca)", "place:F-1:20206"),
    Choice("San Juan Mixtepec (Miahuatlán)", "place:F-1:20207"),
    Choice("Otro", "other:F-1:"),
)


@pytest.mark.parametrize(
    ("text", "meant"),
    [("el de juxtlahuaca", 0), ("es San Juan Mixtepec, Miahuatlán", 1), ("la del distrito de Miahuatlán", 1)],
)
def test_words_of_one_label_alone_mean_that_choice(text: str, meant: int) -> None:
    assert find_choice(PLACES, text, None, "petition") == PLACES[meant]


@pytest.mark.parametrize("text", ["otra", "es otra"])
def test_another_one_is_one_also_in_the_feminine(text: str) -> None:
    assert find_choice(PLACES, text, None, "petition") == PLACES[2]
    repeated = (Choice("Es otro problema", "same:F-1:other"),)
    assert find_choice(repeated, text, None, "petition") == repeated[0]


def test_words_of_two_labels_mean_none() -> None:
    assert find_choice(PLACES, "el de San Juan Mixtepec", None, "petition") is None


def test_a_long_text_is_looked_through_once_for_each_of_both_words() -> None:
    """However often the first one stands in it: as one expression with `.*` between them it was once for each."""
    looked: list[tuple[str, int]] = []

    class Counted:
        def __init__(self, word: str) -> None:
            self._shape = re.compile(word)

        def search(self, words: str, start: int = 0) -> re.Match[str] | None:
            looked.append((self._shape.pattern, start))
            return self._shape.search(words, start)

    first, then = cast("re.Pattern[str]", Counted("revisa")), cast("re.Pattern[str]", Counted("celular"))
    assert not is_followed("revisa " * 1_500, first, then)
    assert looked == [("revisa", 0), ("celular", 6)]


@pytest.mark.parametrize("shape", [LOOKS, AT, DATA, *RIGHTS.values()])
def test_no_word_that_is_looked_for_looks_through_the_rest(shape: re.Pattern[str]) -> None:
    assert not re.search(r"\.\*|\.\+", shape.pattern)


@pytest.mark.parametrize(
    ("words", "is_said"),
    [("me revisa el celular", True), ("revisa el celular", True), ("el celular lo revisa", False), ("revisa", False)],
)
def test_the_second_word_stands_after_the_first(words: str, is_said: bool) -> None:
    assert is_followed(words, LOOKS, AT) == is_said


@pytest.mark.parametrize(
    ("text", "kind", "answer"),
    [
        ("sí, arreglaron el de mi vecino", "yes", None),
        ("ya arreglaron en la otra calle", "petition", None),
        ("sí, arreglaron el de mi vecino (pero el mío no)", "petition", "no"),
        ("sí, el del vecino quedó y el mío no", "yes", "no"),
        ("sí, arreglaron el de mi vecino y el mío", "yes", "yes"),
        ("sí, mis vecinos y yo quedamos contentos", "yes", "yes"),
    ],
)
def test_what_was_done_at_a_neighbours_solves_nothing(text: str, kind: str, answer: str | None) -> None:
    choice = find_choice(OFFERED, text, None, kind)
    assert (choice.data.rpartition(":")[2] if choice else None) == answer
