"""Cuts a long text into parts that a channel takes, where a reader would pause. Called when replies are queued."""

import re
import unicodedata

from bot.cleaning import clean

PAUSES = (
    re.compile(r"\n\s*\n"),
    re.compile(r"\n"),
    re.compile(r"(?<=[.!?…])[\"'»”)\]]*\s"),
)
SPACE = re.compile(r"\s")
EARLIEST = 1 / 3  # a pause before this share of the limit would leave scraps; a later, lesser one is better
ZERO_WIDTH_JOINER = "\u200d"
SKIN_TONES = range(0x1F3FB, 0x1F400)
FLAG_LETTERS = range(0x1F1E6, 0x1F200)
TAGS = range(0xE0020, 0xE0080)


def split_text(text: str, limit: int) -> list[str]:
    """Parts of at most `limit` code points, none blank: all of the text but the white space where it was cut.

    Code points are what both providers count (CHANNELS §0.13). Cut at a paragraph, a line, a sentence, a word, else
    between two characters as a reader sees them. Raises ValueError for a limit below 1.
    """
    if limit < 1:
        raise ValueError("a part needs room for one character")
    parts, rest = [], clean(text).strip()
    while rest:
        end = len(rest) if len(rest) <= limit else _cut(rest, limit)
        parts.append(rest[:end].strip())
        rest = rest[end:].strip()
    return parts


def _cut(text: str, limit: int) -> int:
    """Where the first part ends: at least 1, at most `limit`."""
    window = text[: limit + 1]  # white space right behind the limit is a pause too
    for pause in PAUSES:
        end = _last_start(pause, window)
        if limit * EARLIEST <= end:
            return end
    return _last_start(SPACE, window) or _between_characters(text, limit)


def _last_start(pause: re.Pattern[str], window: str) -> int:
    """Where the last pause begins, its closing quotation marks belonging to the part before; 0: there is none."""
    return max((_rind(match) for match in pause.finditer(window)), default=0)


def _rind(match: re.Match[str]) -> int:
    return match.start() + len(match[0].rstrip())


def _between_characters(text: str, limit: int) -> int:
    """The last place up to `limit` that parts no accent from its letter and no emoji in two."""
    for end in range(limit, 0, -1):
        if not _is_joined(text, end):
            return end
    return limit  # one character of more marks than the limit: a prank, to be cut anywhere


def _is_joined(text: str, at: int) -> bool:
    before, after = text[at - 1], text[at]
    if ZERO_WIDTH_JOINER in (before, after) or unicodedata.category(after).startswith("M"):
        return True
    if ord(after) in SKIN_TONES or ord(after) in TAGS:
        return True
    return ord(after) in FLAG_LETTERS and _flag_letters_before(text, at) % 2 == 1


def _flag_letters_before(text: str, at: int) -> int:
    count = 0
    while count < at and ord(text[at - 1 - count]) in FLAG_LETTERS:
        count += 1
    return count
