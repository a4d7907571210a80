"""Whether a text to a citizen reads plainly: long sentences, an office's words, and what it leaves open.

Advice, never a refusal. Pure; the lists are the jurisdiction's `plain_language.yaml`, read at start.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

PASSAGE_MAX = 120
BLANK = "."  # ends words, and is none
# A sentence ends at a mark and a space, or with its line; not behind the short forms in which offices abound.
END = re.compile(r"[.!?…]+[\"'»”)\]]*(?=\s)|\n+")
SHORT_FORM = re.compile(
    r"\b(?:lic|ing|arq|dr|dra|mtro|mtra|prof|profa|c|sr|sra|srita|gral|av|blvd|col|no|núm|num|art|arts|frac|fracc|"
    r"inc|tel|ext|km|mz|lt|int|etc|ej|pág|sta|sto|depto|edif|u|h|a\.m|p\.m)\.$"
)
# Digits that are a day, an hour or a term; what stands in letters is in the jurisdiction's list.
DATE = re.compile(
    r"\b\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?\b|\b\d{1,2}:\d{2}\b|"
    r"\b\d+\s+(?:dias?|horas?|semanas?|meses|mes|anos?|minutos|hrs?|h)\b|\b20\d\d\b"
)
PHONE_OR_ADDRESS = re.compile(r"\b\d(?:[\s-]?\d){6,}\b|\b911\b|https?:|www\.|@\w")
# «Revisamos», «iremos»: who speaks is the agency, whose name stands above its answer. Words that end so and are no
# deed, and those by which an office clears its throat, are left out.
NO_DEED = (
    "informamos|comunicamos|agradecemos|hacemos de|estamos|somos|tenemos|lamentamos|recibimos|quedamos|damos|daremos|"
    "permitimos|reiteramos|solicitamos|proximos|ultimos|minimos|maximos|anonimos|legitimos|tramos|ramos|reclamos|"
    "extremos|supremos|gramos|kilogramos|prestamos"
)
WE_DO = re.compile(rf"\b(?!(?:{NO_DEED})\b)\w{{2,}}(?:amos|emos|imos)\b")
# «Irá», «repararon», «se cambió»; what only moved the paper is an office's word and does not get here.
DEED = re.compile(r"\b\w*(?:ará|erá|irá|arán|erán|irán)\b|\b(?!est|fu)\w{3,}(?:aron|ieron)\b|\bse \w{2,}ó\b")
# «Reparó»: what is done leaves the person nowhere to go.
DONE = re.compile(r"\b(?!est|fu)\w{3,}(?:aron|ieron|ó)\b")


class Matter(StrEnum):
    """What a piece of advice is about; the staff's catalogue has a sentence for each (`plain.<matter>`)."""

    LONG = "long"
    JARGON = "jargon"
    WHAT = "what"
    WHO = "who"
    WHEN = "when"
    WHERE = "where"


@dataclass(frozen=True)
class Advice:
    """`passage`: the words in question as they were written. `instead`: words for their place; `do`: what to do."""

    matter: Matter
    passage: str = ""
    words: int = 0
    instead: str = ""
    do: str = ""


@dataclass(frozen=True)
class Jargon:
    shape: re.Pattern[str]
    instead: str
    do: str


@dataclass(frozen=True)
class PlainLanguage:
    """`says`: by Matter's value, what shows that a text tells it."""

    sentence_words: int
    jargon: tuple[Jargon, ...]
    says: Mapping[str, re.Pattern[str]]

    def advise(self, text: str) -> tuple[Advice, ...]:
        """In the order of the text, then what is missing; nothing for a blank text. Never raises."""
        text = unicodedata.normalize("NFC", text)
        flat = flatten(text)
        if not flat.strip():
            return ()
        return (*self._long_sentences(text), *self._jargon_in(text, flat), *self._missing(text, flat))

    def _long_sentences(self, text: str) -> Iterator[Advice]:
        for sentence in split_sentences(text):
            count = count_words(sentence)
            if count > self.sentence_words:
                yield Advice(Matter.LONG, _shorten(sentence), count)

    def _jargon_in(self, text: str, flat: str) -> Iterator[Advice]:
        """Each entry once. Where two overlap the longer one counts."""
        found = [(match, entry) for entry in self.jargon for match in entry.shape.finditer(flat)]
        found.sort(key=lambda one: (one[0].start(), -one[0].end()))
        end, told = 0, set[Jargon]()
        for match, entry in found:
            if match.start() >= end and entry not in told:
                told.add(entry)
                yield Advice(Matter.JARGON, text[match.start() : match.end()], 0, entry.instead, entry.do)
            end = max(end, match.end())

    def _missing(self, text: str, flat: str) -> Iterator[Advice]:
        """An office's words for which there are no better ones tell nothing: they are looked past."""
        for entry in self.jargon:
            if entry.do:
                flat = entry.shape.sub(lambda match: BLANK * len(match[0]), flat)
        lower = "".join(map(_small, text, flat))
        is_we = bool(WE_DO.search(flat))
        is_told = {
            Matter.WHAT: is_we or bool(DEED.search(lower)),
            Matter.WHO: is_we,
            Matter.WHEN: bool(DATE.search(flat)),
            Matter.WHERE: bool(PHONE_OR_ADDRESS.search(flat) or DONE.search(lower)),
        }
        for matter, is_seen in is_told.items():
            shape = self.says.get(matter.value)
            if shape is not None and not is_seen and not shape.search(flat):
                yield Advice(matter)


NONE = PlainLanguage(25, (), {})


def load_plain_language(path: Path) -> PlainLanguage:
    """A jurisdiction without the file gives no advice but about length. Raises OSError, KeyError, ValueError."""
    if not path.exists():
        return NONE
    values = YAML(typ="safe").load(path)
    says = {
        matter: _shape(word for line in lines for word in line.split("·")) for matter, lines in values["says"].items()
    }
    return PlainLanguage(int(values["sentence_words"]), tuple(map(_jargon, values["jargon"])), says)


def split_sentences(text: str) -> list[str]:
    """None is blank."""
    sentences, start = [], 0
    for end in END.finditer(text):
        if SHORT_FORM.search(text[start : end.end()].lower()):
            continue
        sentences.append(text[start : end.end()].strip())
        start = end.end()
    return [sentence for sentence in (*sentences, text[start:].strip()) if sentence]


def count_words(text: str) -> int:
    """As a reader counts: «17:30», «C-12» and «$1,200.00» are one each, a dash is none."""
    return sum(any(letter.isalnum() for letter in word) for word in text.split())


def flatten(text: str) -> str:
    """Small letters without accents, ñ kept, each at the place that it has in the text."""
    return "".join(map(_flat, text))


def _small(letter: str, flat: str) -> str:
    return flat if flat == BLANK else letter.lower()[:1]


def _flat(letter: str) -> str:
    small = letter.lower()[:1]
    return small if small == "ñ" else unicodedata.normalize("NFKD", small)[:1] or small


def _jargon(entry: Mapping[str, Any]) -> Jargon:
    instead, do = str(entry.get("instead", "")), str(entry.get("do", ""))
    if bool(instead) == bool(do):
        raise ValueError(f"plain_language.yaml, {entry['words']}: one of `instead` and `do`")
    return Jargon(_shape(entry["words"]), instead, do)


def _shape(words: Sequence[str] | Iterator[str]) -> re.Pattern[str]:
    """Whole words, any white space between them; * is the rest of a word."""
    plain = sorted({flatten(" ".join(word.split())) for word in words}, key=lambda word: (-len(word), word))
    ways = (re.escape(word).replace(r"\*", r"\w*").replace(r"\ ", r"\s+") for word in plain)
    return re.compile(rf"(?<!\w)(?:{'|'.join(ways)})(?!\w)")


def _shorten(sentence: str) -> str:
    line = " ".join(sentence.split())
    return line if len(line) <= PASSAGE_MAX else line[: PASSAGE_MAX - 1].rsplit(" ", 1)[0] + "…"
