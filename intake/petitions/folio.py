"""The petition's public number: `JG-2026-004K7Q-3` — series, year, a part that cannot be enumerated, check character.

Digits and letters without I, L, O, U (Crockford's alphabet): what sounds or looks alike is read as the digit.
"""

import re
import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from stdnum import luhn

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PART_LENGTH = 6  # 32**6 ≈ 1.07e9 numbers a year against 60,000 petitions: a guess hits one in 18,000
LOOK_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})
WHOLE = re.compile(
    r"(?<![0-9A-Z])(?P<series>[A-Z]{2,4})[\s\-–—_./]*(?P<year>20\d\d)[\s\-–—_./]*(?P<part>(?:[0-9A-Z][\s\-–—_.]?){5}[0-9A-Z])"
    r"(?:[\s\-–—_./]*(?P<check>[0-9A-Z]))?(?![0-9A-Z])"
)
PART = re.compile(
    r"(?<![0-9A-Z])(?P<part>[0-9A-Z]{6}|[0-9A-Z]{3}[\s\-–—][0-9A-Z]{3})(?:[\s\-–—]?(?P<check>[0-9A-Z]))?(?![0-9A-Z])"
)


@dataclass(frozen=True)
class FolioMention:
    """A folio that a text seems to name. `year` None when only the part was given.

    `is_apart`: two words may only look like one («ya son 140»); it is a folio when there is such a petition.
    """

    part: str
    year: int | None = None
    is_checked: bool = False
    is_apart: bool = False


def new_folio(series: str, year: int, *, choose: Callable[[str], str] = secrets.choice) -> str:
    """A fresh number; the caller makes sure that it is free. The part always holds a digit, so that no word is one."""
    part = "".join(choose(ALPHABET) for _ in range(PART_LENGTH))
    if not any(char.isdigit() for char in part):
        part = choose(ALPHABET[:10]) + part[1:]
    return f"{series}-{year}-{part}-{check_character(year, part)}"


def check_character(year: int, part: str) -> str:
    """Luhn modulo 32 over year and part: every wrong character and nearly every swap of neighbours shows."""
    return str(luhn.calc_check_digit(f"{year}{part}", ALPHABET))


def find_folios(text: str) -> list[FolioMention]:
    """Folios named in free text, whole ones first; spaces, dashes, case, O for 0, I or L for 1 are tolerated."""
    upper = "".join(c for c in unicodedata.normalize("NFKD", text.upper()) if not unicodedata.combining(c))
    whole = [_mention(match) for match in WHOLE.finditer(upper)]
    rest = WHOLE.sub(" ", upper)
    parts = [_mention(match) for match in PART.finditer(rest) if any(c.isdigit() for c in match["part"])]
    return list(dict.fromkeys([*whole, *parts]))


def hide_folios(text: str, series: str) -> str:
    """A text whose whole folios are the word: letters drawn at random must not sway what is understood of it."""
    return _whole_of(series).sub("folio", text)


@lru_cache
def _whole_of(series: str) -> re.Pattern[str]:
    own = WHOLE.pattern.replace("(?P<series>[A-Z]{2,4})", re.escape(series))
    return re.compile(own, re.IGNORECASE)


def folio_part(folio: str) -> str:
    return folio.split("-")[2]


def _mention(match: re.Match[str]) -> FolioMention:
    part = re.sub(r"[^0-9A-Z]", "", match["part"]).translate(LOOK_ALIKE)
    year = int(match["year"]) if "year" in match.re.groupindex else None
    check = (match["check"] or "").translate(LOOK_ALIKE)
    is_checked = year is not None and check == check_character(year, part)
    return FolioMention(part, year, is_checked, is_apart=year is None and " " in match["part"])
