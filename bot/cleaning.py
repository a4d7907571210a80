"""What a provider's values may not carry further: characters and numbers that no database, page or map can hold."""

import hashlib
import math
import re

from bot.messages import Location

# PostgreSQL refuses NUL in text, UTF-8 refuses half a surrogate pair; JSON can carry both as \u escapes.
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
ID_MAX = 100  # what a row's key holds; providers' own are far shorter


def clean(text: str) -> str:
    return UNSTORABLE.sub("", text)


def cleaned(text: str | None) -> str | None:
    """The cleaned text, None when nothing is left of it."""
    return clean(text or "").strip() or None


def find_location(latitude: float, longitude: float, label: str | None = None) -> Location | None:
    """None for numbers that are no place on Earth (NaN is valid in Python's JSON, and no database compares it)."""
    is_on_earth = math.isfinite(latitude) and math.isfinite(longitude) and abs(latitude) <= 90 and abs(longitude) <= 180
    return Location(latitude, longitude, cleaned(label)) if is_on_earth else None


def event_id(wanted: str, body: bytes) -> str:
    """The provider's id of an event when it has a usable one, else its body's hash: a copy is still known as one."""
    usable = clean(wanted)
    return usable if usable and usable == wanted and len(usable) <= ID_MAX else hashlib.sha256(body).hexdigest()
