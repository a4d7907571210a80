"""The spaCy pipeline: one component of our own, which reads words and units once and asks every head of one table.

Saved and loaded by spaCy itself (`nlp.to_disk`, `spacy.load`); every label's probability stands in `doc.cats`.
"""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import spacy
import srsly
from spacy.language import Language
from spacy.tokens import Doc

from nlp.features import Unit
from nlp.lexicon import Lexicon, lexicon_from
from nlp.matters import JointWeights, joints_from
from nlp.normalise import Word
from nlp.table import Table, from_arrays

COMPONENT = "petition_heads"
WORDS, UNITS = "canaliza_words", "canaliza_units"  # in doc.user_data
KIND, AGENCY, EMERGENCY, URGENCY = "kind", "agency", "emergency", "urgency"  # names of the heads
NO_EMERGENCY = "no_emergency"
KEPT = 10_000  # words
TABLE_FILE, LEXICON_FILE, JOINTS_FILE = "table.msgpack", "lexicon.msgpack", "joints.msgpack"


@dataclass(frozen=True)
class ReadText:
    """What the pipeline made of a text. `shares`: the probability of every head's labels; none without a table."""

    text: str
    words: Sequence[Word]
    units: Sequence[Unit]
    shares: Mapping[str, float]


class PetitionHeads:
    """Without a table (not trained yet) it passes a doc on unchanged."""

    def __init__(self, name: str = COMPONENT) -> None:
        self.name = name
        self.table: Table | None = None
        self.lexicon = Lexicon()
        self.joints = JointWeights()

    def __call__(self, doc: Doc) -> Doc:
        words = self.lexicon.words(doc.text)
        units = self.lexicon.units(words)
        doc.user_data[WORDS], doc.user_data[UNITS] = words, units
        if self.table:
            scores = self.table.scores(units)
            for head in self.table.heads.values():
                shares = self.table.probabilities(head.name, scores)
                doc.cats.update(zip(head.labels, shares.tolist(), strict=True))
        return doc

    def to_disk(self, path: Path, *, exclude: tuple[str, ...] = ()) -> None:
        path.mkdir(parents=True, exist_ok=True)
        srsly.write_msgpack(path / LEXICON_FILE, self.lexicon.to_values())
        if self.table:
            srsly.write_msgpack(path / TABLE_FILE, self.table.to_arrays())
            srsly.write_msgpack(path / JOINTS_FILE, asdict(self.joints))

    def from_disk(self, path: Path, *, exclude: tuple[str, ...] = ()) -> "PetitionHeads":
        self.lexicon = lexicon_from(srsly.read_msgpack(path / LEXICON_FILE))
        self.table = from_arrays(srsly.read_msgpack(path / TABLE_FILE))
        self.joints = joints_from(srsly.read_msgpack(path / JOINTS_FILE))
        return self


@Language.factory(COMPONENT)
def make_heads(nlp: Language, name: str) -> PetitionHeads:
    return PetitionHeads(name)


def build_pipeline(table: Table, lexicon: Lexicon, joints: JointWeights, meta: dict[str, Any]) -> Language:
    """A Spanish pipeline with a trained table; `meta` says where it comes from and gives the version."""
    language = spacy.blank("es", meta={"name": "canaliza_petitions", **meta})
    language.add_pipe(COMPONENT)
    heads = heads_of(language)
    heads.table, heads.lexicon, heads.joints = table, lexicon, joints
    return language


def load_pipeline(folder: Path) -> Language:
    """Raises OSError, KeyError or ValueError when there is no model or it is not of this program."""
    language = spacy.load(folder)
    table_of(language)
    return language


def heads_of(language: Language) -> PetitionHeads:
    """Raises KeyError or ValueError when the pipeline has no such component."""
    pipe = language.get_pipe(COMPONENT)
    if not isinstance(pipe, PetitionHeads):
        raise ValueError(f"{COMPONENT} is another component")
    return pipe


def find_table(language: Language | None) -> Table | None:
    """None when nothing is loaded or trained, or the pipeline is of another program."""
    if language is None or not language.has_pipe(COMPONENT):
        return None
    return heads_of(language).table


def table_of(language: Language) -> Table:
    """Raises KeyError or ValueError when nothing is trained."""
    table = heads_of(language).table
    if table is None:
        raise ValueError("the pipeline is not trained")
    return table


def read_text(language: Language, text: str) -> ReadText:
    """By one thread at a time. spaCy keeps every word that it meets, 1 kB each, and lets none go but those of a memory
    zone, where each is taken apart anew: the first words are kept, as most that come are among them. So nothing of a
    Doc may outlive this."""
    with nullcontext() if len(language.vocab) < KEPT else language.memory_zone():
        doc = language(text)
        return ReadText(text, doc.user_data[WORDS], doc.user_data[UNITS], doc.cats)
