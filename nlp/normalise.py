"""A message as plain words: lower case, no accents, chat spelling spelled out, each with its place in the original.

Called by the pipeline and by the phrase patterns. Language only: nothing of a jurisdiction stands here.
"""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from nlp.sound import sound

HEAD_CHARACTERS, TAIL_CHARACTERS = 4000, 500  # of a long text only this much is read: what is wanted stands there
TOKEN = re.compile(r"[^\W\d_]+|\d+|[?!]|[\U0001F000-\U0001FAFF☀-➿]")
_LONG_RUN = re.compile(r"([^\W\d_])\1{2,}")
_LAUGH = re.compile(r"(?:a?(?:ja|je|ji|ha)){2,}[jh]?s?")
CHAT = {
    short: tuple(full.split())
    for full, shorts in {
        "que": "q k ke qe kee",
        "porque": "xq pq porq xk pork xque porke",
        "por que": "pqe",
        "por": "x",
        "por favor": "xfa xfavor porfa porfavor porfis plis pls xfas plz please",
        "para": "pa pra",
        "para que": "paq paque",
        "de": "d",
        "del": "dl",
        "tambien": "tmb tb tbn tmbn tambn",
        "pues": "ps pz pus pos pss",
        "o sea": "osea ose",
        "donde": "dnd dond adonde onde",
        "cuando": "cdo cuand kuando",
        "como": "cm komo",
        "bien": "bn",
        "estoy": "toy",
        "esta": "ta",
        "gracias": "grax grcs gcs gracs thanks thx grasias",
        "mensaje": "msj msg",
        "nada": "nd nada",
        "nada mas": "nomas namas nms",
        "con": "cn",
        "hasta": "hsta asta",
        "quiero": "kiero qiero",
        "aqui": "aki",
        "ahorita": "orita horita aorita",
        "hay": "ay",
        "haber": "aber",
        "telefono": "tel tfno",
        "celular": "cel",
        "gobierno": "gob gobno",
        "presidente": "pdte",
        "secretaria": "sria",
        "municipio": "mpio",
        "colonia": "col",
        "licenciado": "lic",
        "favor": "fvr",
        "buenas": "wenas",
        "buenos": "wenos",
        "alguien": "alguien alguiem",
    }.items()
    for short in shorts.split()
}


class Word(NamedTuple):
    """One word of the normalised text, and characters [start, end) of the original that it stands for."""

    text: str
    start: int
    end: int


@lru_cache(maxsize=16)  # phrases, commands and heads read one text one after the other
def read_words(text: str) -> tuple[Word, ...]:
    """Words in order. An abbreviation gives several words over the same characters."""
    return tuple(Word(plain, start, end) for start, end, token in _tokens(text) for plain in plain_words(token))


def sounds_of(text: str) -> str:
    """The words as they sound, each between single spaces, with a space at both ends."""
    return f" {' '.join(sound(word.text) for word in read_words(text))} "


@lru_cache(maxsize=20_000)
def plain_words(token: str) -> tuple[str, ...]:
    """One token as plain words: («porque»,) for «xq», («911»,) for «911», («#5»,) for a number of five digits."""
    if token.isdigit():
        return (token if len(token) <= 3 else f"#{min(len(token), 11)}",)
    word = "".join(c for c in unicodedata.normalize("NFKD", token.lower()) if not unicodedata.combining(c))
    word = _LONG_RUN.sub(r"\1", word)
    if _LAUGH.fullmatch(word):
        return ("jaja",)
    return CHAT.get(word, (word,) if word else ())


def _tokens(text: str) -> list[tuple[int, int, str]]:
    tokens = [(m.start(), m.end(), m[0]) for m in TOKEN.finditer(text, 0, HEAD_CHARACTERS)]
    if len(text) > HEAD_CHARACTERS:
        rest = max(HEAD_CHARACTERS, len(text) - TAIL_CHARACTERS)
        tokens += [(m.start(), m.end(), m[0]) for m in TOKEN.finditer(text, rest)]
    return tokens
