"""Finds what names a person or belongs to one: names, CURP, telephones, cards, house numbers; also dates and folios.

Called by the reader, by lists that many people see, and before decisions are learnt. It takes out too much rather than
too little: nobody decides on a word that is hidden here, the whole text stands on the petition's own page.
Shapes: CURP, RFC, clave de elector, CIC and OCR of a card, NSS and CLABE as their issuers publish them (RENAPO, SAT,
INE, IMSS, Banxico).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from nlp.normalise import TOKEN, plain_words

FOLDER = Path(__file__).parent
NAME_WORDS_MAX = 4  # two given names, two surnames
WINDOW = 2  # words between a cue and the name: «mi hijo el Luis»


class MaskKind(StrEnum):
    """The value is what stands in a masked text."""

    NAME = "nombre"
    CURP = "CURP"
    RFC = "RFC"
    VOTER = "clave de elector"
    CARD = "número de credencial"
    PHONE = "teléfono"
    EMAIL = "correo"
    ACCOUNT = "número de cuenta"
    ADDRESS = "número de casa"
    FOLIO = "folio"
    DATE = "fecha"


PERSONAL = frozenset(MaskKind) - {MaskKind.FOLIO, MaskKind.DATE}
IDENTITY = frozenset({MaskKind.CURP, MaskKind.VOTER, MaskKind.CARD})  # what nobody needs to read of a person
WRITERS = IDENTITY | {MaskKind.RFC, MaskKind.PHONE, MaskKind.EMAIL, MaskKind.ACCOUNT}


@dataclass(frozen=True)
class Mask:
    """Characters [start, end) of the text."""

    start: int
    end: int
    kind: MaskKind


_MONTHS = "enero|febrero|marzo|abril|mayo|junio|julio|agosto|sep?tiembre|octubre|noviembre|diciembre"
# In order: what is found first keeps its characters; where a shape has a group, only that group.
_SHAPES: tuple[tuple[MaskKind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (MaskKind.EMAIL, r"[\w.+-]+@[\w-]+\.[\w.-]*\w"),
        (MaskKind.CURP, r"\b[a-z]{4}\d{6}[hmx][a-z]{5}[a-z\d]\d\b"),
        (MaskKind.VOTER, r"\b[a-z]{6}\d{8}[hm]\d{3}\b"),
        (
            MaskKind.CARD,
            r"\b(idmex\d{9,13})\b"
            r"|\b(?:ine|ife|credencial(?: de elector| para votar)?|ocr|cic|idmex)\b[^\d\n]{0,25}(\d{9,13})(?!\d)",
        ),
        (MaskKind.RFC, r"\b[a-zñ&]{3,4}\d{6}(?:[a-z\d]{3})?\b"),
        (MaskKind.FOLIO, r"\b[a-z]{2,4}-20\d\d-[\da-z]{6}-[\da-z]\b"),
        (MaskKind.DATE, rf"\b\d{{1,2}}\s+de\s+(?:{_MONTHS})\b(?:\s+(?:de|del)\s+\d{{4}})?"),
        (MaskKind.DATE, r"\b\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)?\d\d\b"),
        (MaskKind.ACCOUNT, r"(?<!\d)(?:\d[ -]?){14,19}(?<=\d)(?!\d)"),
        (MaskKind.PHONE, r"(?<![\d+])(?:\+?\d{1,3}[ -]?){0,2}(?:\(?\d{2,3}\)?[ .-]?)(?:\d[ .-]?){6,8}\d(?!\d)"),
        (
            MaskKind.ADDRESS,
            r"(?:\b(?:n[uú]m(?:ero)?|no|interior|int|lote|lt|manzana|mz|casa|depto|departamento)\b[. ]*|#\s*)"
            r"\d{1,5}(?:\s?[a-z])?\b",
        ),
    )
)
_SAYS_OWN_NAME = re.compile(
    r"\b(?:me llamo|mi nombre es|atte|atentamente|soy|le escribe|les escribe|firma)\W+$", re.IGNORECASE
)
_SAYS_NAME = re.compile(r"\b(?:me llamo|mi nombre es|a nombre de|atte|atentamente|se llama)\b\W*", re.IGNORECASE)
_PERSONS = frozenset(
    "don dona señor senora sr sra srta señorita maestro maestra profe profesor profesora doctor doctora dr dra"
    " lic licenciado licenciada ing ingeniero ingeniera comandante soy hijo hija esposo esposa hermano hermana"
    " mama papa tio tia abuelo abuela sobrino sobrina primo prima cuñado cuñada niño niña vecino vecina nieto"
    " nieta suegro suegra menor joven compañero compañera marido mujer novio novia ciudadano ciudadana llamado"
    " llamada".replace("ñ", "n").split()
)
# A town, a street, a school or a saint bears the name, not a person.
_PLACES = frozenset(
    "san santa santo sta sto calle avenida av calzada colonia col fraccionamiento barrio escuela primaria"
    " secundaria preparatoria prepa telesecundaria kinder jardin hospital clinica presa rio villa ciudad puerto"
    " mercado plaza parque estadio unidad cerro heroica iglesia templo capilla virgen carretera puente agencia"
    " municipio pueblo comunidad rancho bahia".split()
)
# Given names with which municipalities begin (INEGI's catalogue): «Santiago Yaveo» is no person.
_TOWNS = frozenset(
    "santiago asuncion magdalena concepcion trinidad soledad natividad guadalupe candelaria rosario pinotepa mariscala"
    " constancia reyes animas loma cruz luz paz".split()
)
# Streets, schools, hospitals and scholarships are called after them.
_PUBLIC = frozenset(
    "benito juarez|miguel hidalgo|emiliano zapata|lazaro cardenas|porfirio diaz|vicente guerrero"
    "|cristobal colon|ricardo flores|jose vasconcelos|margarita maza|rita cetina|francisco villa"
    "|francisco madero|guadalupe victoria|macedonio alcala|valerio trujano|aurelio valdivieso"
    "|venustiano carranza|niños heroes|jose lopez|jose morelos|jesus carranza|adolfo lopez|luis donaldo"
    "|heberto castillo|ignacio zaragoza|felipe carrillo|rodolfo morales|francisco toledo|rufino tamayo"
    "|eduardo vasconcelos|andres henestrosa|maria sabina".split("|")
)
_BODIES = frozenset(
    "comite comision agencia autoridad autoridades vecinos vecinas presidente presidenta colonos padres madres"
    " familia consejo asamblea cabildo municipio agente mesa".split()
)
_JOINING = frozenset("de del la las los y".split())


def find_masks(text: str) -> tuple[Mask, ...]:
    """In the order of the text; they never overlap."""
    return _apart((*_shapes(text), *_names(text)))


def _apart(masks: Iterable[Mask]) -> tuple[Mask, ...]:
    """In the order of the text; of two that overlap the first that was found."""
    found: list[Mask] = []
    for mask_ in masks:
        if all(mask_.end <= other.start or mask_.start >= other.end for other in found):
            found.append(mask_)
    return tuple(sorted(found, key=lambda found_: found_.start))


def mask(text: str, kinds: frozenset[MaskKind] = PERSONAL) -> str:
    """The text with «[nombre]», «[teléfono]» … in place of what is a person's."""
    return _without(text, [found for found in find_masks(text) if found.kind in kinds])


def hide_identity(text: str) -> str:
    """The text without the numbers of identity papers. Cheap: asked of each text that is shown."""
    return _without(text, _apart(_shapes(text, IDENTITY)))


def hide_writer(text: str, name: str | None = None) -> str:
    """The text without what tells who wrote it: numbers and addresses of theirs, a name that they give as their own,
    and `name`, by which the channel knows them. Names of others stay: who is complained of is part of the matter."""
    own = frozenset(_words(name or "")) - _JOINING
    found = [one for one in find_masks(text) if one.kind in WRITERS or _is_writers(text, one, own)]
    return _hide_words(_without(text, found), own)


def _is_writers(text: str, found: Mask, own: frozenset[str]) -> bool:
    if found.kind != MaskKind.NAME:
        return False
    return bool(_SAYS_OWN_NAME.search(text[: found.start]) or own & set(_words(text[found.start : found.end])))


def _words(text: str) -> Iterator[str]:
    return (word for match in TOKEN.finditer(text) for word in plain_words(match[0]))


def _hide_words(text: str, own: frozenset[str]) -> str:
    """Two of the name's words beside each other, wherever they stand; a single one may be anybody's or a town's."""
    words = list(TOKEN.finditer(text))
    hits = [word for word in words if own.issuperset(plain_words(word[0])) and word[0][0].isalpha()]
    pairs = [(a, b) for a, b in pairwise(hits) if b.start() - a.end() <= 1]
    return _without(text, _apart(Mask(a.start(), b.end(), MaskKind.NAME) for a, b in pairs))


def _without(text: str, masks: Sequence[Mask]) -> str:
    parts, last = [], 0
    for found in masks:
        parts += [text[last : found.start], f"[{found.kind.value}]"]
        last = found.end
    return "".join([*parts, text[last:]])


def _shapes(text: str, kinds: frozenset[MaskKind] = frozenset(MaskKind)) -> Iterator[Mask]:
    if not any(character.isdigit() or character == "@" for character in text):
        return
    for kind, pattern in _SHAPES:
        for match in pattern.finditer(text) if kind in kinds else ():
            yield Mask(*match.span(match.lastindex or 0), kind)


def _names(text: str) -> Iterator[Mask]:
    words = [
        _Written(match.start(), match.end(), match[0], " ".join(plain_words(match[0])))
        for match in TOKEN.finditer(text)
    ]
    said = {match.end() for match in _SAYS_NAME.finditer(text)}
    at = 0
    while at < len(words):
        is_given = words[at].plain in _known("given_names.txt")
        is_said = words[at].start in said and (is_given or words[at].is_capital) and words[at].plain not in _BODIES
        if is_said or (is_given and _is_person(words, at)):
            end = _name_end(words, at)
            yield Mask(words[at].start, words[end - 1].end, MaskKind.NAME)
            at = end
        at += 1


def _is_person(words: Sequence["_Written"], at: int) -> bool:
    """A given name is a person's after a word for persons, or where another name or a capital follows it."""
    before = [word.plain for word in words[max(0, at - WINDOW) : at]]
    if before and before[-1] in _PLACES:
        return False
    if any(word in _PERSONS for word in before):
        return True
    following = words[at + 1] if at + 1 < len(words) else None
    if following and f"{words[at].plain} {following.plain}" in _PUBLIC:
        return False
    if following is None or not _is_beside(words, at + 1) or words[at].plain in _TOWNS:
        return False
    has_capitals = words[at].is_capital and following.is_capital
    return has_capitals or following.plain in _known("surnames.txt") - _known("given_names.txt")


def _name_end(words: Sequence["_Written"], at: int) -> int:
    """One past the name's last word: the first, then names and capitals, with «de la» between them."""
    end = at + 1
    while end < len(words) and end - at < NAME_WORDS_MAX and _is_beside(words, end):
        joined = end
        while joined < len(words) and words[joined].plain in _JOINING and _is_beside(words, joined):
            joined += 1
        is_name = joined < len(words) and _is_beside(words, joined) and _is_name(words[joined], is_joined=joined > end)
        if not is_name:
            break
        end = joined + 1
    return end


def _is_name(word: "_Written", *, is_joined: bool) -> bool:
    """After «de la» a capital is asked for: «Juan de la agencia» is no surname."""
    is_known = word.plain in _known("given_names.txt") | _known("surnames.txt")
    return word.is_capital if is_joined else is_known or word.is_capital


def _is_beside(words: Sequence["_Written"], at: int) -> bool:
    """Nothing but a space stands before it."""
    return words[at].start - words[at - 1].end <= 1


class _Written(NamedTuple):
    start: int
    end: int
    text: str
    plain: str

    @property
    def is_capital(self) -> bool:
        """Written as a name is, in a text that is not all capitals."""
        return self.text[0].isupper() and not self.text.isupper()


@cache
def _known(name: str) -> frozenset[str]:
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())
