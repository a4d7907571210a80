"""How a Spanish word sounds in Oaxaca, as a key: words that people confuse in writing get the same one.

Called by the gazetteer. Rules: facts/domain §4 (z/s, b/v, h, ll/y, c/s, x/j, -pam/-pan, missing ñ).
"""

import re
import unicodedata
from functools import lru_cache

WORD = re.compile(r"[^\W_]+")

_STEPS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), with_)
    for pattern, with_ in (
        (r"ch", "§"),
        (r"h?w|[hg]u(?=[aeiou])", "u"),  # Huatulco, Guatulco, Watulco
        (r"h", ""),
        (r"qu(?=[ei])|q|k", "k"),
        (r"c(?=[ei])|z", "s"),
        (r"c", "k"),
        (r"x(?=[^aeiou])", "s"),  # Ixtlán, Istlán
        (r"x|g(?=[ei])", "j"),  # Xoxo, Jojo
        (r"ts", "s"),  # Atzompa, Azompa
        (r"ll", "y"),
        (r"v", "b"),
        (r"m$", "n"),  # Cuilápam, Cuilapan
        (r"m(?=[pb])", "n"),
        (r"(.)\1+", r"\1"),
    )
)


@lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """Lower case, accents and tildes off. Not of the same length as the text: use it on single words."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))


@lru_cache(maxsize=20_000)
def sound(word: str) -> str:
    """The key of one word, "" when nothing of it is spoken."""
    key = fold(word)
    for pattern, with_ in _STEPS:
        key = pattern.sub(with_, key)
    return key
