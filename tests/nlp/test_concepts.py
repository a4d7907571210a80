"""Meanings of words and phrases, whatever their spelling."""

from pathlib import Path

import pytest

from nlp.concepts import Concepts, load_concepts
from nlp.normalise import read_words
from nlp.sound import sound
from tests.models import JURISDICTION

LEXICON = Concepts(
    {
        "water": "pipa tinaco no_cae_agua",
        "paving": "pavimenta* bache",
        "wheelchair": "silla_de_rueda*",
        "drink": "pipa",
    }
)


def _found(text: str) -> list[tuple[str, str]]:
    keys = [sound(word.text) for word in read_words(text)]
    return [(m.concept, " ".join(keys[m.start : m.end])) for m in LEXICON.find(keys)]


@pytest.mark.parametrize(
    ("text", "concepts"),
    [
        ("una pipa", {"water", "drink"}),
        ("dos pipas y tinacos", {"water", "drink"}),
        ("la PAVIMENTACIÓN", {"paving"}),
        ("un vache", {"paving"}),
        ("zilla de ruedas", {"wheelchair"}),
        ("no cae el agua", set()),
        ("no cae agua", {"water"}),
        ("silla", set()),
        ("", set()),
    ],
)
def test_words_stems_and_phrases_are_found(text: str, concepts: set[str]) -> None:
    assert {concept for concept, _ in _found(text)} == concepts


def test_a_phrase_says_on_which_words_it_stands() -> None:
    assert ("wheelchair", "siya de ruedas") in _found("necesito silla de ruedas por favor")


def test_the_jurisdictions_lexicon_is_one_line_a_concept(tmp_path: Path) -> None:
    lexicon = load_concepts(JURISDICTION / "concepts.yaml")
    assert len(lexicon.entries) > 400
    (tmp_path / "bad.yaml").write_text("water: [pipa, tinaco]\n")
    with pytest.raises(ValueError, match=r"bad\.yaml"):
        load_concepts(tmp_path / "bad.yaml")
