"""Languages are known by their names; another tongue is never rubbish."""

import pytest

from intake.thinking.languages import load_languages, may_be_another_tongue
from tests.models import JURISDICTION

LANGUAGES = load_languages(JURISDICTION / "languages.yaml")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Zapoteco de San Blas Atempa", "zapoteco"),
        ("hablamos tu'un savi", "mixteco"),
        ("soy de Ayutla, hablo AYUUJK", "mixe"),
        ("en diidxazá por favor", "zapoteco"),
        ("nahuatl", "náhuatl"),
        ("somos de la Mixteca, de San Juan Mixtepec", None),
        ("no hay agua en Chalcatongo", None),
    ],
)
def test_a_language_is_known_by_its_name_and_by_nothing_else(text: str, name: str | None) -> None:
    assert LANGUAGES.find(text) == name


@pytest.mark.parametrize(
    ("text", "may_be"),
    [
        ("ayuujk ja'ay nyaku'ukë", True),
        ("gane dinero desde su casa", False),
        ("jajaja xd", False),
        ("bit.ly/123456 win win win", False),
    ],
)
def test_words_without_any_spanish_may_be_another_tongue(text: str, *, may_be: bool) -> None:
    assert may_be_another_tongue(text) == may_be
