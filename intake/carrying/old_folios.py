"""Folios of the register before: kept as they were written, found by whoever says them with other dashes or zeros."""

import re
import unicodedata
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.tables.carrying import Imported
from intake.tables.petitions import Petition

FOLIO_MAX = 60
TOKEN = re.compile(r"[A-Z0-9][A-Z0-9/._\-–—]{1,40}[A-Z0-9]")
TOKENS_MAX = 4
SAYS_FOLIO = re.compile(r"\b(?:FOLIO|EXPEDIENTE|OFICIO|TURNO)S?\b")


def key_of(words: str) -> str:
    """Letters and digits alone, each number without its leading zeros: «JG/0045-2023» is «JG.45.2023»."""
    parts = re.findall(r"[A-Z]+|\d+", _upper(words))
    return ".".join(part.lstrip("0") or "0" if part.isdigit() else part for part in parts)[:FOLIO_MAX]


def find_by_words(session: Session, words: str) -> Sequence[int]:
    """Petitions whose old folio these words are; staff who look for it write it alone."""
    key = key_of(words)
    if not any(c.isdigit() for c in key):
        return []
    return session.scalars(select(Imported.petition_id).where(Imported.old_key == key)).all()


def find_in_text(session: Session, text: str) -> Sequence[Petition]:
    """Petitions whose old folio a message names: one of several parts, or a number with the word «folio» beside it."""
    keys = list(dict.fromkeys(_keys(text)))[:TOKENS_MAX]
    if not keys:
        return []
    wanted = select(Petition).join(Imported, Imported.petition_id == Petition.id)
    return session.scalars(wanted.where(Imported.old_key.in_(keys)).order_by(Petition.id)).all()


def list_named(text: str) -> Sequence[str]:
    """What a message calls a folio, as it is written there, whether or not any register has it: letters and digits."""
    upper = _upper(text)
    if not SAYS_FOLIO.search(upper):
        return []
    tokens = dict.fromkeys(match[0] for match in TOKEN.finditer(upper))
    return [token for token in tokens if re.search(r"[A-Z]", token) and re.search(r"\d", token)][:TOKENS_MAX]


def find_old_folio(session: Session, petition_id: int) -> str | None:
    return session.scalar(select(Imported.old_folio).where(Imported.petition_id == petition_id))


def _keys(text: str) -> list[str]:
    upper = _upper(text)
    names_one = SAYS_FOLIO.search(upper) is not None
    found = (match[0] for match in TOKEN.finditer(upper) if any(c.isdigit() for c in match[0]))
    return [key_of(token) for token in found if names_one or (not token.isdigit() and len(token) > 4)]


def _upper(words: str) -> str:
    plain = unicodedata.normalize("NFKD", words.upper())
    return "".join(c for c in plain if not unicodedata.combining(c))
