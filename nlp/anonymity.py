"""Takes out of texts what only few people write: a word of the crowd names nobody. Called before decisions are learnt.

k-anonymity of words (Sweeney 2002): masks find names where grammar shows them, this finds the others.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from nlp.corpus import Example
from nlp.normalise import read_words
from nlp.sound import sound

AUTHORS_LEAST = 3
LEFT_OUT = "…"


def drop_rare_words(examples: Sequence[Example], known: Iterable[str]) -> list[Example]:
    """The examples without words that fewer than three authors use. `known`: texts whose words anybody may use."""
    common = {sound(word.text) for text in known for word in read_words(text)}
    authors: dict[str, set[str]] = defaultdict(set)
    for example in examples:
        for word in read_words(example.text):
            authors[sound(word.text)].add(example.author)
    common.update(word for word, by in authors.items() if len(by) >= AUTHORS_LEAST)
    return [replace(example, text=_without_rare(example.text, common)) for example in examples]


def _without_rare(text: str, common: set[str]) -> str:
    kept, last = [], 0
    for word in read_words(text):
        if word.start >= last and sound(word.text) not in common:
            kept += [text[last : word.start], LEFT_OUT]
            last = word.end
    return "".join([*kept, text[last:]])
