"""A date as registers write it: 2024-03-05, 05/03/2024, 5-mar-24, «5 de marzo de 2024». Pure."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MONTHS = ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic")
MONTHS_OTHERWISE = {"set": 9, "jan": 1, "apr": 4, "aug": 8, "dec": 12}
ISO = re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
NUMBERS = re.compile(r"^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?!\d)")
NAMED = re.compile(r"(\d{1,2})(?:o|°|º)?[-/. ]+(?:de )?([a-z]{3,10})\.?[-/. ,]+(?:de(?:l)? )?(\d{4}|\d{2})(?!\d)")
HOUR = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2})?(?:\.\d+)?\s*([ap])?")
SERIAL = re.compile(r"^\d{5}(?:\.\d+)?$")
SERIAL_ZERO = date(1899, 12, 30)  # day 0 of spreadsheets (ECMA-376 part 1, 18.17.4.1)
NOON = time(12)  # of a day without an hour: it stays that day in any zone
FIRST_YEAR = 2000


def read_moment(words: str, zone: ZoneInfo, *, month_first: bool = False) -> datetime | None:
    """In the office's zone; noon where no hour is written. None: no date, or none since 2000."""
    plain = _plain(words)
    day = _day(plain, month_first=month_first)
    if day is None or day.year < FIRST_YEAR:
        return None
    return datetime.combine(day, _hour(plain) or NOON, zone)


def is_month_first(values: Iterable[str]) -> bool:
    """Some day is above twelve where the month would stand, and none where the day would."""
    found = [match for value in values if (match := NUMBERS.match(_plain(value)))]
    return any(int(m[2]) > 12 for m in found) and not any(int(m[1]) > 12 for m in found)


def _day(plain: str, *, month_first: bool) -> date | None:
    if found := ISO.match(plain):
        return _date(int(found[1]), int(found[2]), int(found[3]))
    if found := NUMBERS.match(plain):
        first, second = int(found[1]), int(found[2])
        day, month = (second, first) if month_first else (first, second)
        return _date(_year(found[3]), month, day)
    if found := NAMED.search(plain):
        return _date(_year(found[3]), _month(found[2]), int(found[1]))
    return SERIAL_ZERO + timedelta(days=int(float(plain))) if SERIAL.match(plain) else None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _month(name: str) -> int:
    beginning = name[:3]
    return MONTHS.index(beginning) + 1 if beginning in MONTHS else MONTHS_OTHERWISE.get(beginning, 0)


def _hour(plain: str) -> time | None:
    found = HOUR.search(plain)
    if found is None:
        return None
    hour = int(found[1]) % 12 + 12 * (found[3] == "p") if found[3] else int(found[1])
    return time(hour, int(found[2])) if hour < 24 and int(found[2]) < 60 else None


def _plain(words: str) -> str:
    lower = unicodedata.normalize("NFKD", words.strip().lower())
    return "".join(c for c in lower if not unicodedata.combining(c))
