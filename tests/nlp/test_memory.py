"""What a process holds after a year of messages: words that nobody writes twice are let go."""

from concurrent.futures import ThreadPoolExecutor
from itertools import product

import pytest
import spacy
from spacy.language import Language

from nlp import pipeline
from nlp.pipeline import COMPONENT, read_text
from nlp.reader import Reader

TEXTS = [f"no llega agua {one}{two}{three} desde ayer" for one, two, three in product("kvzgb", "aeiou", "xtdml")]


@pytest.fixture
def language() -> Language:
    blank = spacy.blank("es")
    blank.add_pipe(COMPONENT)
    return blank


def test_the_first_words_are_kept_and_later_ones_let_go(language: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    known = len(language.vocab.strings)
    monkeypatch.setattr(pipeline, "KEPT", len(language.vocab) + 20)
    for text in TEXTS:
        read_text(language, text)
    assert known < len(language.vocab.strings) <= known + 40


def test_a_text_reads_the_same_when_its_words_are_let_go(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = [reader.read(text) for text in TEXTS]
    monkeypatch.setattr(pipeline, "KEPT", 0)
    assert [reader.read(f"{text} ") for text in TEXTS] == kept


def test_threads_do_not_take_each_others_words(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = [reader.read(text) for text in TEXTS]
    monkeypatch.setattr(pipeline, "KEPT", 0)
    with ThreadPoolExecutor(8) as pool:
        for _ in range(3):
            list(pool.map(reader.read, [f" {text}" for text in TEXTS]))  # so that none is remembered
            assert list(pool.map(reader.read, TEXTS)) == alone
