"""Names of places as one word: what is folded, what is left, where its characters are; kept with the model."""

import pytest

from nlp.lexicon import lexicon_from, load_lexicon
from tests.models import JURISDICTION

LEXICON = load_lexicon(JURISDICTION)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("en Santa Lucía del Camino no hay agua", "en @SOAPA no hay agua"),
        ("la carretera a san isidro", "la carretera a @"),
        ("soy de Tuxtepec", "soy de @"),
        ("Sto. Domingo Tehuantepec: la luz", "@ la luz"),
        ("el camino se deslavó", "el camino se deslavo"),
        ("agua en la reforma", "agua en la reforma"),
        ("por la salida", "por la salida"),
        ("it's gone", "it s gone"),
        ("san", "san"),
    ],
)
def test_a_places_name_is_one_word_and_a_matter_is_none(text: str, words: str) -> None:
    assert " ".join(word.text for word in LEXICON.words(text)) == words


def test_the_word_stands_where_the_name_stands() -> None:
    text = "vivo en Santa Lucía del Camino desde hace años"
    place = LEXICON.words(text)[2]
    assert text[place.start : place.end] == "Santa Lucía del Camino"


def test_a_name_counts_as_any_place_and_as_one_that_the_agency_serves() -> None:
    names = [unit.names for unit in LEXICON.read("en Xoxocotlán") if unit.key.startswith("w:@")]
    assert names == [("w:@", "w:@soapa")]


def test_two_towns_outside_an_agencys_reach_read_alike() -> None:
    first, second = (LEXICON.read(f"no hay clases en {town}") for town in ("Putla", "Huautla de Jiménez"))
    assert [unit.names for unit in first] == [unit.names for unit in second]


def test_what_is_kept_with_a_model_reads_the_same() -> None:
    kept = lexicon_from(LEXICON.to_values())
    text = "mi mamá en San Isidro Monjas, Xoxo, sin pipa de agua"
    assert kept.read(text) == LEXICON.read(text)
