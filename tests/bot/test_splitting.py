"""Long texts are cut where a reader would pause, and nothing of them is lost."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.splitting import split_text

WORDS = st.text(alphabet=st.characters(codec="utf-8"), max_size=400) | st.lists(
    st.sampled_from(["agua. ", "¿no?", "\n\n", "\n", " ", "camino", "👩🏽‍🌾", "🇲🇽", "ñ", "n\u0303", "«sí». ", "\x00"])
).map("".join)


@given(text=WORDS, limit=st.integers(1, 60))
def test_nothing_but_white_space_is_lost_and_no_part_is_blank_or_too_long(text: str, limit: int) -> None:
    parts = split_text(text, limit)
    assert all(part.strip() and len(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.replace("\x00", "").split())


@given(text=WORDS.filter(lambda text: len(text.replace("\x00", "").strip()) <= 60 and text.strip("\x00 \n") != ""))
def test_what_fits_is_not_cut(text: str) -> None:
    assert split_text(text, 60) in ([text.replace("\x00", "").strip()], [])


@given(
    text=st.lists(st.sampled_from(["👩🏽‍🌾", "🇲🇽", "n\u0303", "a", "❤️"]), min_size=1).map("".join),
    limit=st.integers(4, 12),
)
def test_no_character_is_cut_in_two(text: str, limit: int) -> None:
    for part in split_text(text, limit)[1:]:
        assert not unicodedata.category(part[0]).startswith("M")
        assert part[0] not in "\u200d🏽🇽"


@pytest.mark.parametrize(
    ("text", "limit", "parts"),
    [
        ("uno dos\n\ntres. cuatro cinco", 20, ["uno dos", "tres. cuatro cinco"]),
        ("uno. dos tres cuatro", 10, ["uno.", "dos tres", "cuatro"]),
        ("«¿Y el agua?» Nadie sabe", 16, ["«¿Y el agua?»", "Nadie sabe"]),
        ("uno dos", 3, ["uno", "dos"]),
        ("abcdef", 4, ["abcd", "ef"]),
        ("ab\n\n" + "c " * 20, 30, ["ab\n\n" + "c " * 12 + "c", ("c " * 7).strip()]),
        ("  \n\x00 ", 5, []),
        ("", 5, []),
        ("a" + "\u0301" * 9, 4, ["a\u0301\u0301\u0301", "\u0301" * 4, "\u0301" * 2]),
    ],
)
def test_cuts_are_where_they_are_expected(text: str, limit: int, parts: list[str]) -> None:
    assert split_text(text, limit) == parts


def test_a_hundred_thousand_characters_are_cut_at_once() -> None:
    assert len(split_text("palabra " * 12_500, 4096)) == 25


def test_a_limit_without_room_is_refused() -> None:
    with pytest.raises(ValueError, match="room"):
        split_text("x", 0)
