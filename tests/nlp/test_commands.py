"""Words that mean one thing whatever the model thinks."""

import pytest

from nlp.commands import find_command


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("AYUDA", "help"),
        ("persona", "human"),
        ("Cancelar", "cancel"),
        ("privacidad", "privacy"),
        ("mis folios", "status_query"),
        ("Estado 004K7Q", "status_query"),
        ("JG-2026-004K7Q-3", "status_query"),
        ("jg 2026 004k7q 3", "status_query"),
        ("sí", "yes"),
        ("no", "no"),
        ("INTÉRPRETE", "interpreter"),
    ],
)
def test_a_fixed_word_has_its_kind(text: str, kind: str) -> None:
    assert find_command(text) == kind


@pytest.mark.parametrize("text", ["no hay agua", "baches", "2 meses sin luz", "", "sí hay agua pero sale sucia", "🙏"])
def test_a_sentence_is_no_command(text: str) -> None:
    assert find_command(text) is None
