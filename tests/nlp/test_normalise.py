"""A message as plain words, each with its place in the original."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.normalise import HEAD_CHARACTERS, TAIL_CHARACTERS, plain_words, read_words, sounds_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("¿Qué pasó?", "que paso ?"),
        ("xfa q no hay agua", "por favor que no hay agua"),
        ("tmb pq nms", "tambien porque nada mas"),
        ("Holaaaaa", "hola"),
        ("jajajaja jeje", "jaja jaja"),
        ("llame al 911", "llame al 911"),
        ("son 12345 pesos", "son #5 pesos"),
        ("cel 9511234567", "celular #10"),
        ("ÑANDÚ y pingüino", "nandu y pinguino"),
        ("agua_potable", "agua potable"),
        ("gracias 🙏", "gracias 🙏"),
        ("", ""),
        ("...", ""),
    ],
)
def test_chat_spelling_is_spelled_out(text: str, words: str) -> None:
    assert " ".join(word.text for word in read_words(text)) == words


def test_every_word_knows_its_characters_of_the_original() -> None:
    text = "Oiga: ¡xfa! arreglen la BOMBA 🙏"
    assert [(word.text, text[word.start : word.end]) for word in read_words(text)] == [
        ("oiga", "Oiga"),
        ("por", "xfa"),
        ("favor", "xfa"),
        ("!", "!"),
        ("arreglen", "arreglen"),
        ("la", "la"),
        ("bomba", "BOMBA"),
        ("🙏", "🙏"),
    ]


def test_of_a_long_text_the_beginning_and_the_end_are_read() -> None:
    text = "inicio " + "a " * 10_000 + "final"
    words = read_words(text)
    assert (words[0].text, words[-1].text) == ("inicio", "final")
    assert text[words[-1].start : words[-1].end] == "final"
    assert len(words) <= (HEAD_CHARACTERS + TAIL_CHARACTERS) / 2 + 2


def test_sounds_stand_between_single_spaces() -> None:
    assert sounds_of("No ay  AGUA") == " no ay aua "


def test_a_token_of_marks_alone_is_no_word() -> None:
    assert plain_words("\u0301") == ()


@given(st.text(max_size=200))
def test_words_lie_within_the_text_in_order(text: str) -> None:
    words = read_words(text)
    assert all(0 <= word.start < word.end <= len(text) and word.text for word in words)
    assert [word.start for word in words] == sorted(word.start for word in words)
