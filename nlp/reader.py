"""Reads one text: danger first, then kind, agencies with reasons, place. Called by the office for every message.

Without a model, or when it fails, there is a reading all the same: a petition without suggestions, for human triage.
"""

import logging
from pathlib import Path

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from nlp.commands import find_command
from nlp.emergencies import EmergencyPhrases, load_emergencies
from nlp.features import FILLERS
from nlp.linear import LinearModel
from nlp.normalise import Word
from nlp.pipeline import AGENCY, categorizer_of, features_of, load_pipeline, words_of
from nlp.places import Gazetteer, Nearest, load_gazetteer
from nlp.reading import MessageKind, Municipality, PlaceReading, Reading, Span, Suggestion
from nlp.sound import sound

EXPLAINED = 3  # suggestions that say why
REASONS_AT_MOST = 4
READ_AT_MOST = 20_000  # characters; spaCy refuses a million, and what is wanted stands at the beginning
SURE_KIND = 0.4  # below it a text with a sign of a matter is a petition: folio first (DESIGN, promise 1)
SIGN_OF_MATTER = 0.3
log = logging.getLogger(__name__)


class Reader:
    """Thread-safe: everything in it is read only."""

    def __init__(self, phrases: EmergencyPhrases, gazetteer: Gazetteer, language: Language | None) -> None:
        self._phrases, self._gazetteer, self._language = phrases, gazetteer, language

    @property
    def model_version(self) -> str | None:
        return f"{self._language.meta['name']}-{self._language.meta['version']}" if self._language else None

    def read(self, text: str) -> Reading:
        emergency, place = self._phrases.find(text), self._gazetteer.read_place(text)
        command = find_command(text)
        try:
            doc = self._doc(text)
            kind, probability = (command, 1.0) if command else self._kind(doc)
            suggestions, version = self._suggestions(doc), self.model_version if doc else None
        except Exception:  # a model that fails must not stop a message: a person reads it then
            log.exception("reader.model-failed")
            kind, probability, suggestions, version = command or MessageKind.PETITION, 0.0, (), None
        return Reading(kind, probability, emergency, suggestions, place, version, is_command=command is not None)

    def read_place(self, text: str, *, is_answer: bool = False) -> PlaceReading | None:
        return self._gazetteer.read_place(text, is_answer=is_answer)

    def nearest(self, latitude: float, longitude: float) -> Nearest | None:
        return self._gazetteer.nearest(latitude, longitude)

    def list_municipalities(self) -> list[Municipality]:
        return self._gazetteer.list_all()

    def find_municipality(self, clave: str) -> Municipality | None:
        return self._gazetteer.find(clave)

    def _doc(self, text: str) -> Doc | None:
        """A lone surrogate, which spaCy cannot take, becomes a question mark: places in the text stay the same."""
        if self._language is None:
            return None
        return self._language(text[:READ_AT_MOST].encode("utf-8", "replace").decode("utf-8"))

    def _kind(self, doc: Doc | None) -> tuple[MessageKind, float]:
        if doc is None:
            return MessageKind.PETITION, 0.0
        kinds = {kind: doc.cats.get(kind.value, 0.0) for kind in MessageKind}
        best = max(kinds, key=kinds.__getitem__)
        if kinds[best] < SURE_KIND and kinds[MessageKind.PETITION] >= SIGN_OF_MATTER:
            best = MessageKind.PETITION
        return best, kinds[best]

    def _suggestions(self, doc: Doc | None) -> tuple[Suggestion, ...]:
        model = categorizer_of(self._language, AGENCY).model if self._language else None
        if doc is None or model is None:
            return ()
        ranked = sorted(((doc.cats[agency], agency) for agency in model.labels), reverse=True)
        return tuple(
            Suggestion(agency, probability, _because(model, doc, agency) if rank < EXPLAINED else ())
            for rank, (probability, agency) in enumerate(ranked)
        )


def _because(model: LinearModel, doc: Doc, agency: str) -> tuple[Span, ...]:
    """The words that spoke most for the agency, in the order of the text."""
    words = words_of(doc)
    gains = model.word_weights(features_of(doc), agency, len(words))
    telling = [at for at in np.argsort(-gains).tolist() if gains[at] > 0 and _tells(words[at])]
    return tuple(
        Span(word.start, word.end, doc.text[word.start : word.end])
        for word in dict.fromkeys(words[at] for at in sorted(telling[:REASONS_AT_MOST]))
    )


def _tells(word: Word) -> bool:
    return len(word.text) > 2 and sound(word.text) not in FILLERS


def load_reader(jurisdiction: Path, model: Path | None) -> Reader:
    """`model` None: phrases and places only. Raises OSError, KeyError or ValueError for what cannot be read."""
    phrases = load_emergencies(jurisdiction / "emergencies.yaml")
    gazetteer = load_gazetteer(jurisdiction / "places")
    return Reader(phrases, gazetteer, load_pipeline(model) if model else None)
