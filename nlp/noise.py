"""Spelling as it happens on a phone: accents gone, abbreviations, letters that sound alike, slips of the thumb. Pure.

Used to test how much of a model's quality survives, never while serving. Deterministic for a random generator.
"""

import random
import re
import unicodedata

SLIP_SHARE = 0.03  # of letters
WORD_SHARE = 0.35  # of words that are written as they sound or are shortened
JOINED_SHARE = 0.03  # of spaces that are left out
SHORT = {
    "que": "q",
    "por": "x",
    "porque": "xq",
    "para": "pa",
    "de": "d",
    "tambien": "tmb",
    "por favor": "xfa",
    "gracias": "grax",
    "cuando": "cdo",
    "donde": "dnd",
    "bien": "bn",
    "estoy": "toy",
}
SOUNDS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), with_)
    for pattern, with_ in (
        (r"v", "b"),
        (r"b", "v"),
        (r"c(?=[ei])", "s"),
        (r"z", "s"),
        (r"s(?=[aeiou])", "z"),
        (r"ll", "y"),
        (r"y(?=[aeou])", "ll"),
        (r"\bh", ""),
        (r"qu(?=[ei])", "k"),
        (r"g(?=[ei])", "j"),
    )
)
ROWS = ("qwertyuiop", "asdfghjklñ", "zxcvbnm")
NEIGHBOURS = {row[at]: row[max(0, at - 1) : at] + row[at + 1 : at + 2] for row in ROWS for at in range(len(row))}


def chat_noise(text: str, chance: random.Random) -> str:
    """The text as somebody in a hurry writes it; never empty when the text is not."""
    plain = "".join(c for c in unicodedata.normalize("NFD", text) if c == "̃" or not unicodedata.combining(c))
    plain = unicodedata.normalize("NFC", plain)
    words = [_rewritten(word, chance) if chance.random() < WORD_SHARE else word for word in plain.split(" ")]
    joined = "".join(word if chance.random() < JOINED_SHARE else f"{word} " for word in words).strip()
    return "".join(_slipped(letter, chance) for letter in joined) or text


def _rewritten(word: str, chance: random.Random) -> str:
    if word.lower() in SHORT:
        return SHORT[word.lower()]
    fitting = [(pattern, with_) for pattern, with_ in SOUNDS if pattern.search(word)]
    if not fitting:
        return word
    pattern, with_ = chance.choice(fitting)
    return pattern.sub(with_, word, count=1)


def _slipped(letter: str, chance: random.Random) -> str:
    """The letter, its neighbour on the keyboard, twice, or not at all."""
    if letter not in NEIGHBOURS or chance.random() >= SLIP_SHARE:
        return letter
    return chance.choice([chance.choice(NEIGHBOURS[letter]), letter * 2, ""])
