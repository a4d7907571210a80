"""The language of phrases, one rule a test."""

import pytest

from nlp.normalise import sounds_of
from nlp.phrases import PhraseBook


def stands(phrase: str, text: str) -> bool:
    return PhraseBook([("", phrase)]).stands_in(sounds_of(text))


def test_words_of_a_phrase_stand_side_by_side_and_whole() -> None:
    assert stands("no respira", "mi niño no respira")
    assert not stands("no respira", "no se le oye que respira")
    assert not stands("no respira", "no respiraba")


def test_spelling_does_not_matter_where_the_sound_is_the_same() -> None:
    assert stands("no quiero vivir", "NO KIERO BIBIR")
    assert stands("huele a gas", "uele a gaz")
    assert stands("se cayó", "se callo")


def test_one_of_several_words_is_enough() -> None:
    assert stands("se cayo|desplomo", "se desplomó")
    assert not stands("se cayo|desplomo", "se rompió")


def test_an_alternative_may_have_several_words() -> None:
    assert stands("huele a gas|cable_quemado fuerte", "huele a cable quemado fuerte")
    assert stands("huele a gas|cable_quemado fuerte", "huele a gas fuerte")
    assert not stands("huele a gas|cable_quemado fuerte", "huele a cable fuerte")


def test_a_stem_takes_any_ending() -> None:
    assert stands("golpe* a", "golpeando a")
    assert stands("quem* la", "queman la")
    assert stands("dij*", "me dijo")
    assert not stands("golpe* a", "se golpió a")


def test_a_word_may_be_missing() -> None:
    assert stands("no me? deja salir", "no deja salir")
    assert stands("no me|nos? deja salir", "no nos deja salir")
    assert not stands("no me? deja salir", "no le deja salir")


@pytest.mark.parametrize(("gap", "words"), [("..", 3), ("...", 8)])
def test_a_gap_holds_so_many_words_and_no_more(gap: str, words: int) -> None:
    assert stands(f"mi {gap} sangra", "mi sangra")
    assert stands(f"mi {gap} sangra", f"mi {'x ' * words}sangra".replace("x", "muy"))
    assert not stands(f"mi {gap} sangra", f"mi {'x ' * (words + 1)}sangra".replace("x", "muy"))


def test_parts_joined_by_and_stand_in_either_order() -> None:
    assert stands("hijo & encerrado", "tengo encerrado aquí a mi hijo")
    assert stands("hijo & encerrado", "mi hijo está encerrado")
    assert not stands("hijo & encerrado", "mi hijo está")


def test_no_gap_crosses_a_stop() -> None:
    book = PhraseBook([("", "mi .. sangra")])
    assert book.stands_in(" mi ijo sangra ")
    assert not book.stands_in(" mi / sangra ")


def test_a_match_tells_its_place_and_meaning() -> None:
    (match,) = PhraseBook([("fuego", "se quema")]).find(" mi kasa se kema ya ")
    assert (match.means, match.start, match.end) == ("fuego", 8, 17)


def test_a_phrase_that_stands_twice_means_once() -> None:
    book = PhraseBook([("fuego", "se quema"), ("humo", "humo")])
    assert book.list_meanings(" se kema se kema ") == ["fuego"]


@pytest.mark.parametrize("phrase", ["a*", "le?", ".."])
def test_a_phrase_that_cannot_be_searched_for_is_refused(phrase: str) -> None:
    with pytest.raises(ValueError, match=r"too short|no word"):
        PhraseBook([("", phrase)])
