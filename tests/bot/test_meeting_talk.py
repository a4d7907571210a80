"""The word and the code of a meeting: what is a check-in, and what is everything else."""

import pytest

from bot.meeting_talk import find_code


@pytest.mark.parametrize(
    "text",
    [
        "asistencia K7Q2",
        "Asistencia: k7q2",
        "ASISTENCIA K7-Q2",
        "mi asistensia k 7 q 2",
        "Hola asistencia K7Q2 gracias",
    ],
)
def test_the_word_and_the_code_are_a_check_in_however_they_are_written(text: str) -> None:
    assert find_code(text) == "K7Q2"


@pytest.mark.parametrize("text", ["asistencia K7O2", "asistencia k0q1", "Asistencia KSQ2", "asistencia 07Q2"])
def test_a_code_that_was_read_wrong_off_the_screen_is_still_a_check_in(text: str) -> None:
    assert find_code(text)


@pytest.mark.parametrize(
    "text",
    [
        "asistencia",
        "K7Q2",
        "mi asistencia médica no llega",
        "asistencia el 10",
        "asistencia solo",
        "asistencia 1010",
        "asistencia médica",
        "asistencia 2024",
        "asistencia K7Q2 hay un herido en la puerta",
        "necesito asistencia K7Q2 para mi papá",
        "asistencia K7Q2X9",
    ],
)
def test_whatever_says_more_or_less_is_read_as_always(text: str) -> None:
    assert find_code(text) is None
