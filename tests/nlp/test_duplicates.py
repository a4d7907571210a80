"""Near-duplicates are found, and the corpus has next to none: every message was written for itself."""

import pytest

from nlp.corpus import read_corpus, split_corpus
from nlp.duplicates import NearDuplicates
from tests.models import JURISDICTION

ALIKE = 0.6
SHARE_MAX = 0.005
WORDS_MIN = 5  # shorter ones («buenas tardes», «no, gracias») are alike by nature
FOLDER = JURISDICTION / "corpus"


@pytest.fixture
def index() -> NearDuplicates:
    made = NearDuplicates()
    made.add("1", "No hay agua en la colonia Reforma desde el lunes y nadie nos dice nada")
    made.add("2", "El camino a la agencia está lleno de hoyos y no pasa la ambulancia")
    return made


def test_a_text_that_is_nearly_the_same_is_found_whatever_its_accents(index: NearDuplicates) -> None:
    found = list(index.find("no hay agua en la colonia REFORMA desde el lunes y nadie nos dijo nada", ALIKE))
    assert [key for key, _ in found] == ["1"]
    assert list(index.find("se fue la luz en todo el barrio", ALIKE)) == []
    assert list(index.find("", ALIKE)) == []


def test_the_corpus_repeats_next_to_nothing() -> None:
    index, alike = NearDuplicates(), []
    examples = [example for example in read_corpus(FOLDER) if len(example.text.split()) >= WORDS_MIN]
    for example in examples:
        alike += [(example.id, key) for key, _ in index.find_and_add(example.id, example.text, ALIKE)]
    assert len(alike) / len(examples) <= SHARE_MAX, alike[:20]


def test_ids_are_unique_and_every_agency_has_its_messages() -> None:
    examples = read_corpus(FOLDER)
    assert len({example.id for example in examples}) == len(examples)
    known, unseen = split_corpus(examples, FOLDER)
    for part, least in ((known, 60), (unseen, 3)):
        counts: dict[str, int] = {}
        for example in part:
            for agency in example.agencies[:1]:
                counts[agency] = counts.get(agency, 0) + 1
        assert len(counts) == 70
        assert min(counts.values()) >= least, min(counts, key=counts.__getitem__)


def test_no_author_is_on_both_sides_of_the_split() -> None:
    known, unseen = split_corpus(read_corpus(FOLDER), FOLDER)
    assert unseen
    assert not {e.author for e in known} & {e.author for e in unseen}


def test_the_matters_of_a_message_stand_in_it_in_order() -> None:
    several = [example for example in read_corpus(FOLDER) if example.matters]
    assert len(several) >= 200
    for example in several:
        ends = 0
        for matter in example.matters:
            assert ends <= matter.start < matter.end <= len(example.text), example.id
            assert matter.agency in example.agencies, example.id
            ends = matter.end
