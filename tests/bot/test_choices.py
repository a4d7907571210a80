"""A yes or a no in the person's own words, after an answer: what says that it is solved, what only thanks."""

import pytest

from bot.choices import Choice, find_choice

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
    ],
)
def test_thanks_for_what_the_answer_says_leave_the_question_open(text: str) -> None:
    assert find_choice(OFFERED, text, None, "other") is None
