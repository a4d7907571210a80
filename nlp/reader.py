"""Reads one text: danger first, then kind, agencies with reasons, place. Called by the office for every message.

Without a model, or when it fails, there is a reading all the same: a petition without suggestions, for human triage.
"""

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language

from nlp.commands import find_command
from nlp.doubts import Doubts, Question, load_doubts
from nlp.emergencies import EmergencyPhrases, load_emergencies
from nlp.features import FILLERS, stem
from nlp.matters import Sides, split_matters
from nlp.normalise import Word, read_words
from nlp.pipeline import AGENCY, NO_EMERGENCY, ReadText, find_table, heads_of, load_pipeline, read_text
from nlp.places import Gazetteer, Nearest, load_gazetteer
from nlp.reading import (
    Emergency,
    EmergencyKind,
    MessageKind,
    Municipality,
    PlaceReading,
    Reading,
    Span,
    Suggestion,
    Urgency,
)
from nlp.sound import sound
from nlp.table import Table
from nlp.territories import Territories, load_territories

RANKED = 10  # suggestions of a reading
EXPLAINED = 3  # of them say why
REASONS_AT_MOST = 4
READ_AT_MOST = 20_000  # characters; spaCy refuses a million, and what is wanted stands at the beginning
# spaCy's tokenizer takes the square of an unbroken run: 4,096 «😀» 1.4 s, 20,000 34 s; in runs of 200 0.01 s. No word
# is so long; what is lost of an address of that length says nothing.
UNBROKEN = re.compile(r"(\S{199})\S")
# Folio first (DESIGN, promise 1): a text with a sign of a matter gets a folio unless it surely is something else. On
# unseen authors 28 instead of 72 of 2,770 matters are taken for something else, and 72 instead of 58 of 594 others
# for a matter. A sign is the share of both kinds of matter, or an agency that the words speak for.
SURE_KIND, SIGN_OF_MATTER = 0.8, 0.15
SURE_WISH = (0.95, 0.05)  # who asks for an interpreter often says in the same breath what for
SURE_TALK, SIGN_OF_AGENCY = 0.7, 0.5
FOLIO = (MessageKind.PETITION, MessageKind.INFO)
TALK = frozenset(MessageKind) - {
    *FOLIO,
    MessageKind.CORRECTION,
    MessageKind.COMPLAINT_NO_ANSWER,
    MessageKind.STATUS_QUERY,
    MessageKind.INTERPRETER,
}
# Chosen on unseen authors (docs/decisions/0003; 2026-11-27: 0.10 finds 0.956 with 0.041 false alarms, 0.12 0.949
# with 0.036, 0.15 0.935 with 0.032): a false alarm costs one message, a miss may cost a life.
ALARM, ALARM_SHORT = 0.12, 0.5  # the model's probability of any danger from which it needs no phrase
SHORT = 4  # words: «así está» says nothing by itself, and the model is easily wrong about it
DOUBTED_PHRASE = 0.06  # below it not even a phrase counts
REMEMBERED = 16  # texts; several workers, and what each of them asks of one
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Knowledge:
    """What a jurisdiction's folder says besides the model."""

    phrases: EmergencyPhrases
    gazetteer: Gazetteer
    territories: Territories
    doubts: Doubts = field(default_factory=lambda: Doubts(()))


class Reader:
    """Thread-safe: everything in it is read only but for memories of words; spaCy has a text at a time."""

    def __init__(self, knowledge: Knowledge, language: Language | None) -> None:
        self.knowledge = knowledge
        self._phrases, self._gazetteer, self._language = knowledge.phrases, knowledge.gazetteer, language
        self._territories = knowledge.territories
        self._table = find_table(language)
        meta = language.meta if language and self._table else None
        self.model_version = f"{meta['name']}-{meta['version']}" if meta else None
        self._one_at_a_time = Lock()
        self._doc = lru_cache(REMEMBERED)(self._work_out)  # a new petition's text is its message's: it is read twice

    def read(self, text: str, *, explains: bool = True, known_place: Municipality | None = None) -> Reading:
        """`explains`: the first suggestions say why. `known_place`: where it is, whatever this text says of it."""
        phrase, place = self._phrases.find(text), self._gazetteer.read_place(text)
        command = find_command(text)
        try:
            doc = self._doc(text)
            kind, probability = (command, 1.0) if command else self._kind(doc)
            if kind in FOLIO and _is_signs_alone(text):
                kind = MessageKind.GREETING  # whose matter it is, no sign says: what happened is asked
            emergency = self._emergency(doc, phrase)
            suggestions = self._suggestions(doc, known_place or (place.chosen if place else None), explains=explains)
            version = self.model_version if doc else None
            question = self._question(doc, suggestions)
            urgency = doc.shares.get(Urgency.TODAY, 0.0) if doc else 0.0
        except Exception:  # a model that fails must not stop a message: a person reads it then
            log.exception("reader.model-failed")
            kind, probability, suggestions, version = command or MessageKind.PETITION, 0.0, (), None
            emergency, question, urgency = phrase, None, 0.0
        return Reading(
            kind,
            probability,
            emergency,
            suggestions,
            place,
            version,
            is_command=command is not None,
            is_sure=self._is_sure(suggestions),
            question=question.id if question else None,
            urgency=urgency,
        )

    def split_matters(self, text: str) -> tuple[Span, ...]:
        """The several problems that a text may tell, in order; none when it tells of one."""
        doc = self._doc(text)
        if doc is None or self._table is None or self._language is None:
            return ()
        sides = Sides(self._table, AGENCY, doc.text, doc.words, doc.units)
        parts = split_matters(sides, heads_of(self._language).joints)
        spans = [(doc.words[part.start].start, doc.words[part.end - 1].end) for part in parts if part.end > part.start]
        return tuple(Span(start, end, doc.text[start:end]) for start, end in spans) if len(spans) > 1 else ()

    def known_share(self, text: str) -> float | None:
        """Part of the text's words that the model has learnt; None without a model or a word."""
        if self._table is None:
            return None
        words = heads_of(self._language).lexicon.words(text[:READ_AT_MOST]) if self._language else ()
        if not words:
            return None
        return sum(self._table.knows(f"w:{sound(word.text)}") for word in words) / len(words)

    def read_traits(self, text: str) -> tuple[str, frozenset[str]]:
        """What another telling of the same event is compared by: telling stems by sound, and meanings."""
        words = read_words(text[:READ_AT_MOST])
        stems = [stem(sound(word.text)) for word in words if _tells(word)]
        keys = [sound(word.text) for word in words]
        meanings = heads_of(self._language).lexicon.concepts.find(keys) if self._language and self._table else ()
        return " ".join(stems), frozenset(meaning.concept for meaning in meanings)

    def read_place(self, text: str, *, is_answer: bool = False) -> PlaceReading | None:
        return self._gazetteer.read_place(text, is_answer=is_answer)

    def nearest(self, latitude: float, longitude: float) -> Nearest | None:
        return self._gazetteer.nearest(latitude, longitude)

    def list_municipalities(self) -> list[Municipality]:
        return self._gazetteer.list_all()

    def find_municipality(self, clave: str) -> Municipality | None:
        return self._gazetteer.find(clave)

    def _work_out(self, text: str) -> ReadText | None:
        if self._language is None or self._table is None:
            return None
        with self._one_at_a_time:
            return read_text(self._language, legible(text))

    def _kind(self, doc: ReadText | None) -> tuple[MessageKind, float]:
        if doc is None:
            return MessageKind.PETITION, 0.0
        kinds = {kind: doc.shares.get(kind.value, 0.0) for kind in MessageKind}
        best, matter = max(kinds, key=kinds.__getitem__), max(FOLIO, key=kinds.__getitem__)
        sure, sign = SURE_WISH if best == MessageKind.INTERPRETER else (SURE_KIND, SIGN_OF_MATTER)
        has_sign = kinds[best] < sure and sum(kinds[kind] for kind in FOLIO) >= sign
        if has_sign or (best in TALK and kinds[best] < SURE_TALK and self._speaks_of_agency(doc)):
            best = matter
        return best, kinds[best]

    def _speaks_of_agency(self, doc: ReadText) -> bool:
        labels = self._table.heads[AGENCY].labels if self._table else ()
        return max((doc.shares[label] for label in labels), default=0.0) >= SIGN_OF_AGENCY

    def _emergency(self, doc: ReadText | None, phrase: Emergency | None) -> Emergency | None:
        """Either a phrase or the model is enough; a phrase that the model finds next to impossible is let go."""
        if self._table is None or doc is None:
            return phrase
        told = {kind: doc.shares.get(kind.value, 0.0) for kind in EmergencyKind}
        danger = 1.0 - doc.shares.get(NO_EMERGENCY, 1.0)
        best = max(told, key=told.__getitem__)
        if phrase and danger >= DOUBTED_PHRASE:
            return Emergency(phrase.kind, max(phrase.probability, danger))
        alarm = ALARM_SHORT if len(doc.words) <= SHORT else ALARM
        return Emergency(best, danger) if danger >= alarm else None

    def _is_sure(self, suggestions: tuple[Suggestion, ...]) -> bool:
        if self._table is None or not suggestions:
            return False
        threshold = self._table.heads[AGENCY].thresholds.get(suggestions[0].agency)
        return threshold is not None and suggestions[0].probability >= threshold

    def find_question(self, question_id: str | None, agencies: Sequence[str]) -> Question | None:
        """`agencies`: those that were suggested when it was found, best first."""
        return self.knowledge.doubts.get(question_id, agencies) if question_id else None

    def _question(self, doc: ReadText | None, suggestions: tuple[Suggestion, ...]) -> Question | None:
        if doc is None or self._is_sure(suggestions):
            return None
        return self.knowledge.doubts.find(suggestions, doc.words)

    def _suggestions(
        self, doc: ReadText | None, place: Municipality | None, *, explains: bool
    ) -> tuple[Suggestion, ...]:
        if self._table is None or doc is None:
            return ()
        shares = {agency: doc.shares[agency] for agency in self._table.heads[AGENCY].labels}
        settled = self._territories.settle(shares, place)
        ranked = sorted(((share, agency) for agency, share in settled.items()), reverse=True)[:RANKED]
        explained = _explain(self._table, doc, [agency for _, agency in ranked[:EXPLAINED]]) if explains else {}
        return tuple(Suggestion(agency, probability, explained.get(agency, ())) for probability, agency in ranked)


def _explain(table: Table, doc: ReadText, agencies: Sequence[str]) -> dict[str, tuple[Span, ...]]:
    gains = table.word_weights(AGENCY, doc.units, agencies, len(doc.words))
    return {agency: _because(doc.words, doc.text, gains[at]) for at, agency in enumerate(agencies)}


def _because(words: Sequence[Word], text: str, gains: NDArray[np.float32]) -> tuple[Span, ...]:
    """The words that spoke most for an agency, in the order of the text."""
    telling = [at for at in np.argsort(-gains).tolist() if gains[at] > 0 and _tells(words[at])]
    return tuple(
        Span(word.start, word.end, text[word.start : word.end])
        for word in dict.fromkeys(words[at] for at in sorted(telling[:REASONS_AT_MOST]))
    )


def _is_signs_alone(text: str) -> bool:
    """«😡😡😡🚰», «???». Of a photo or a voice note without a word it says nothing."""
    return bool(text.strip()) and not any(character.isalnum() for character in text)


def _tells(word: Word) -> bool:
    return len(word.text) > 2 and sound(word.text) not in FILLERS


def load_reader(jurisdiction: Path, model: Path | None) -> Reader:
    """`model` None: phrases and places only. Raises OSError, KeyError or ValueError for what cannot be read."""
    return Reader(load_knowledge(jurisdiction), load_pipeline(model) if model else None)


def load_knowledge(jurisdiction: Path) -> Knowledge:
    return Knowledge(
        load_emergencies(jurisdiction / "emergencies.yaml"),
        load_gazetteer(jurisdiction / "places"),
        load_territories(jurisdiction / "territories.yaml"),
        load_doubts(jurisdiction / "questions.yaml"),
    )


def legible(text: str) -> str:
    """What spaCy is given of a text, every character in its place: but for one of 200 in an unbroken run, and a lone
    surrogate, which it cannot take and which becomes a question mark."""
    return UNBROKEN.sub(r"\1 ", text[:READ_AT_MOST]).encode("utf-8", "replace").decode("utf-8")
