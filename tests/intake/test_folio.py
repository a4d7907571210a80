"""The folio: recognised as people write it, its check character notices slips, no word is one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.petitions.folio import (
    ALPHABET,
    FolioMention,
    check_character,
    find_folios,
    folio_part,
    hide_folios,
    new_folio,
)

PARTS = st.text(ALPHABET, min_size=6, max_size=6).filter(lambda part: any(c.isdigit() for c in part))


def _folio(part: str) -> str:
    return f"JG-2026-{part}-{check_character(2026, part)}"


@given(PARTS)
def test_a_folio_is_found_in_a_sentence(part: str) -> None:
    assert find_folios(f"buenas tardes, mi folio es {_folio(part)}, gracias") == [FolioMention(part, 2026, True)]


@given(PARTS)
def test_dashes_spaces_and_case_do_not_matter(part: str) -> None:
    written = _folio(part).lower().replace("-", " ")
    assert find_folios(written) == [FolioMention(part, 2026, True)]


@given(PARTS, st.integers(0, 5), st.sampled_from(ALPHABET))
def test_a_wrong_character_fails_the_check(part: str, at: int, other: str) -> None:
    wrong = part[:at] + other + part[at + 1 :]
    if wrong != part:
        assert check_character(2026, wrong) != check_character(2026, part)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("jg-2026-oo4k7q-3", "004K7Q"),
        ("JG 2026 0O4 K7Q", "004K7Q"),
        ("folio jg2026004k7q3", "004K7Q"),
        ("estado 004K7Q", "004K7Q"),
        ("mi folio es el 004-k7q", "004K7Q"),
        ("qué pasó con 0I4LK2", "0141K2"),
    ],
)
def test_look_alikes_and_short_forms_are_read(text: str, part: str) -> None:
    assert [mention.part for mention in find_folios(text)] == [part]


@pytest.mark.parametrize(("text", "is_apart"), [("ya son 140", True), ("el 004 k7q", True), ("004-k7q", False)])
def test_two_words_that_may_be_a_folio_are_told_from_one(text: str, *, is_apart: bool) -> None:
    assert [mention.is_apart for mention in find_folios(text)] == [is_apart]


@pytest.mark.parametrize(
    "text", ["no hay agua en mi colonia", "somos 120 familias", "el 15 de enero de 2026", "escuela secundaria"]
)
def test_ordinary_words_are_no_folio(text: str) -> None:
    assert find_folios(text) == []


def test_a_fresh_folio_holds_a_digit_and_no_look_alike() -> None:
    folios = [new_folio("JG", 2026) for _ in range(500)]
    assert len(set(folios)) == 500
    for folio in folios:
        assert any(char.isdigit() for char in folio_part(folio))
        assert not set(folio_part(folio)) & set("ILOU")


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("¿cómo va JG-2026-NR3PCD-M?", "¿cómo va folio?"),
        ("jg 2026 nr3pcd m", "folio"),
        ("en 2026 pasaron muchas cosas", "en 2026 pasaron muchas cosas"),
        ("desde 2025 no hay agua", "desde 2025 no hay agua"),
    ],
)
def test_a_folios_letters_are_hidden_from_the_mind(text: str, hidden: str) -> None:
    assert hide_folios(text, "JG") == hidden
