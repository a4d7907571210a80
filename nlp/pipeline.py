"""The spaCy pipeline: `word_reader` reads words and features once, a `linear_categorizer` each for kind and agency.

Saved and loaded by spaCy itself (`nlp.to_disk`, `spacy.load`); every label's probability stands in `doc.cats`.
"""

from pathlib import Path
from typing import Any

import spacy
import srsly
from spacy.language import Language
from spacy.tokens import Doc

from nlp.features import Feature, read_features
from nlp.linear import LinearModel, from_arrays
from nlp.normalise import Word, read_words

WORDS, FEATURES = "canaliza_words", "canaliza_features"  # in doc.user_data
KIND, AGENCY = "kind", "agency"  # names of the two categorizers
MODEL_FILE = "model.msgpack"


@Language.component("word_reader")
def read_doc(doc: Doc) -> Doc:
    doc.user_data[WORDS] = read_words(doc.text)
    doc.user_data[FEATURES] = read_features(doc.user_data[WORDS])
    return doc


@Language.factory("linear_categorizer")
def make_categorizer(nlp: Language, name: str) -> "LinearCategorizer":
    return LinearCategorizer(name)


class LinearCategorizer:
    """One linear model as a component. Without a model (not trained yet) it passes a doc on unchanged."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.model: LinearModel | None = None

    def __call__(self, doc: Doc) -> Doc:
        if self.model:
            probabilities = self.model.probabilities(features_of(doc))
            doc.cats.update(zip(self.model.labels, probabilities.tolist(), strict=True))
        return doc

    def to_disk(self, path: Path, *, exclude: tuple[str, ...] = ()) -> None:
        path.mkdir(parents=True, exist_ok=True)
        if self.model:
            srsly.write_msgpack(path / MODEL_FILE, self.model.to_arrays())

    def from_disk(self, path: Path, *, exclude: tuple[str, ...] = ()) -> "LinearCategorizer":
        self.model = from_arrays(srsly.read_msgpack(path / MODEL_FILE))
        return self


def build_pipeline(kind: LinearModel, agency: LinearModel, meta: dict[str, Any]) -> Language:
    """A Spanish pipeline with trained models; `meta` says where they come from and gives the version."""
    language = spacy.blank("es", meta={"name": "canaliza_petitions", **meta})
    language.add_pipe("word_reader")
    for name, model in ((KIND, kind), (AGENCY, agency)):
        language.add_pipe("linear_categorizer", name=name)
        categorizer_of(language, name).model = model
    return language


def load_pipeline(folder: Path) -> Language:
    """Raises OSError, KeyError or ValueError when there is no model or it is not of this program."""
    language = spacy.load(folder)
    for name in (KIND, AGENCY):
        if categorizer_of(language, name).model is None:
            raise ValueError(f"{folder}: {name} is not trained")
    return language


def categorizer_of(language: Language, name: str) -> LinearCategorizer:
    pipe = language.get_pipe(name)
    if not isinstance(pipe, LinearCategorizer):
        raise ValueError(f"{name} is no linear categorizer")
    return pipe


def words_of(doc: Doc) -> list[Word]:
    words: list[Word] = doc.user_data[WORDS]
    return words


def features_of(doc: Doc) -> list[Feature]:
    features: list[Feature] = doc.user_data[FEATURES]
    return features
