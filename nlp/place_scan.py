"""Names of places in a sentence: what is named, how surely, and what the words before it make of it.

Called by the gazetteer. Knows words only; which municipality is meant is decided there.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations

from rapidfuzz.distance import OSA

from nlp.place_names import LINKS, SAINTS, SPELLED_OUT, PlaceName
from nlp.sound import WORD, fold, sound

READ_AT_MOST = 4000  # characters of a text
WORDS_AT_MOST = 6  # words of a name, links not counted
TYPO_MIN_LETTERS = 6  # shorter words are too near to each other: «mitla», «mirla»
TWO_TYPOS_MIN_LETTERS = 9
WHOLE, SINGLE, COMMON, VAGUE = 100.0, 92.0, 55.0, 50.0
PER_TYPO, PER_HINT, PER_HOME, PER_ROAD, PER_OTHER_SAINT = 8.0, 10.0, 15.0, 8.0, 25.0
ACCEPTED_FROM = 50.0
REMEMBERED = 20_000  # words that were compared with the names
LOOK_BACK = 4  # words before a name that can say «I live there»
PREPOSITIONS = frozenset("en de del desde a al hacia hasta por para entre cerca x pa".split())
ROADS = frozenset("a al hacia hasta para pa carretera tramo camino autopista ruta entre desde".split())
PLACE_NOUNS = frozenset(
    "municipio pueblo agencia comunidad localidad ciudad poblacion distrito ayuntamiento villa cabecera puerto"
    " rancheria".split()
)
AT_HOME = (PLACE_NOUNS - {"villa", "puerto", "distrito"}) | frozenset(
    "soy somos vivo vivimos vive viven radico radicamos aqui aca estamos estoy vecino vecina vecinos vecinas"
    " habitantes".split()
)
STREETS = frozenset(
    "calle calles avenida av ave col colonia colonias barrio fraccionamiento fracc privada callejon andador bulevar"
    " boulevard blvd calzada esquina escuela primaria secundaria preescolar kinder jardin plaza parque rio cerro presa"
    " unidad beca tarjeta licenciado lic don doña dona senor señora senora maestro doctor dr profesor".split()
)
NOT_THE_CITY = frozenset("estado gobierno congreso universidad gobernador gobernadora todo".split())
_FULL_WORDS = frozenset(SPELLED_OUT.values())
_BREAK = re.compile(r"[.;:!?\n¿¡()]")


@dataclass(frozen=True)
class Mention:
    """A name found in words [start, end) of the text, its characters [begin, finish); `score` from 50 (perhaps) to 120
    (surely, and lives there)."""

    name: PlaceName
    score: float
    start: int
    end: int
    begin: int = 0
    finish: int = 0


@dataclass(frozen=True)
class Token:
    word: str
    key: str
    is_capital: bool
    is_link: bool
    after_break: bool
    begin: int
    finish: int


class Scanner:
    """Finds names by their sound; the index of slips is built once."""

    def __init__(self, names: Mapping[str, PlaceName]) -> None:
        self._names = names
        self._beginnings = {key[:end] for key in names for end in range(1, len(key) + 1)}
        self._words = {sound(word) for name in names.values() for word in _name_words(name.text)}
        heads = {key for key, name in names.items() if not name.is_common and len(_name_words(name.text)) == 1}
        self._slips = _slip_index(heads)
        self._nearest = lru_cache(REMEMBERED)(self._look_up)

    def scan(self, text: str, *, is_answer: bool = False) -> list[Mention]:
        """Mentions from left to right. In an answer to «¿de qué municipio?» every name counts, whatever precedes it."""
        tokens = tokenize(text)
        places = [i for i, token in enumerate(tokens) if not token.is_link]
        keys = [self._corrected(tokens, i, is_answer=is_answer) for i in places]
        mentions, at = [], 0
        while at < len(places):
            found = self._longest(tokens, places, keys, at) if keys[at][0] in self._beginnings else []
            scored = [(_scored(m, tokens, n, typos, is_answer=is_answer), n) for m, n, typos in reversed(found)]
            accepted = next(((m, n) for m, n in scored if m.score >= ACCEPTED_FROM), None)
            mentions += [accepted[0]] if accepted else []
            at += accepted[1] if accepted else 1
        return mentions

    def _longest(
        self, tokens: Sequence[Token], places: Sequence[int], keys: Sequence[tuple[str, int]], at: int
    ) -> list[tuple[Mention, int, int]]:
        """Names that begin at a word, shortest first, each with its number of words and of slips."""
        found, key, typos = [], "", 0
        for count in range(1, min(WORDS_AT_MOST, len(places) - at) + 1):
            last = places[at + count - 1]
            if count > 1 and any(token.after_break for token in tokens[places[at + count - 2] + 1 : last + 1]):
                break
            key, typos = key + keys[at + count - 1][0], typos + keys[at + count - 1][1]
            if key not in self._beginnings:
                break
            if key in self._names:
                begin, finish = tokens[places[at]].begin, tokens[last].finish
                found.append((Mention(self._names[key], 0.0, places[at], last + 1, begin, finish), count, typos))
        return found

    def _corrected(self, tokens: Sequence[Token], at: int, *, is_answer: bool) -> tuple[str, int]:
        """The key of a word, or the one-word name nearest to it and how many slips away.

        Tried only where a name may stand: a dictionary of Spanish is what the alternative would need.
        """
        key, before = tokens[at].key, tokens[at - 1] if at else None
        if len(key) < TYPO_MIN_LETTERS or key in self._words or key in self._names:
            return key, 0
        may_be_name = is_answer or tokens[at].is_capital or before is None
        if may_be_name or (before and (before.word in PREPOSITIONS or before.key in self._words)):
            return self._nearest(key)
        return key, 0

    def _look_up(self, key: str) -> tuple[str, int]:
        allowed = 2 if len(key) >= TWO_TYPOS_MIN_LETTERS else 1
        near = {head for cut in _cuts(key, allowed) for head in self._slips.get(cut, ())}
        ranked = sorted((OSA.distance(key, head), head) for head in near if head[0] == key[0])
        if not ranked or ranked[0][0] > allowed or (len(ranked) > 1 and ranked[1][0] == ranked[0][0]):
            return key, 0
        return ranked[0][1], ranked[0][0]


@lru_cache(maxsize=16)  # the gazetteer and the model's lexicon read one text one after the other
def tokenize(text: str) -> tuple[Token, ...]:
    tokens: list[Token] = []
    end, is_loud = 0, text.isupper()
    for match in WORD.finditer(text):
        word = fold(match[0])
        word = SPELLED_OUT.get(word, word)
        gap = text[end : match.start()]
        is_abbreviated = gap.startswith(".") and bool(tokens) and tokens[-1].word in _FULL_WORDS
        after_break = not is_abbreviated and bool(_BREAK.search(gap))
        is_capital = match[0][0].isupper() and not is_loud
        tokens.append(Token(word, sound(word), is_capital, word in LINKS, after_break, *match.span()))
        end = match.end()
    return tuple(tokens)


def _name_words(text: str) -> list[str]:
    return [word for word in WORD.findall(fold(text)) if word not in LINKS]


def _slip_index(heads: set[str]) -> dict[str, list[str]]:
    index: dict[str, list[str]] = {}
    for head in sorted(heads):
        if len(head) >= TYPO_MIN_LETTERS - 1:
            for cut in _cuts(head, 2 if len(head) >= TWO_TYPOS_MIN_LETTERS - 1 else 1):
                index.setdefault(cut, []).append(head)
    return index


def _cuts(key: str, letters: int) -> set[str]:
    """The key with up to `letters` letters left out: two keys within that many slips share one of these."""
    cuts = {key}
    for count in range(1, letters + 1):
        for left_out in combinations(range(len(key)), count):
            cuts.add("".join(c for i, c in enumerate(key) if i not in left_out))
    return cuts


def _scored(mention: Mention, tokens: Sequence[Token], count: int, typos: int, *, is_answer: bool) -> Mention:
    score = _answer_score(mention.name, typos) if is_answer else _score(tokens, mention, count, typos)
    return replace(mention, score=score)


def _answer_score(name: PlaceName, typos: int) -> float:
    return (SINGLE if name.is_common else WHOLE) - PER_TYPO * typos


def _score(tokens: Sequence[Token], mention: Mention, count: int, typos: int) -> float:
    """0.0 when the sentence does not speak of a place there."""
    name, before, links = mention.name, _before(tokens, mention.start), _links(tokens, mention.start)
    last = before[-1].word if before else ""
    is_introduced = not before or last in PREPOSITIONS | PLACE_NOUNS or bool({"de", "del"} & links)
    if last in STREETS and (name.is_common or not name.is_locality):
        return 0.0
    if name.key_is_state:
        return VAGUE if is_introduced and last not in NOT_THE_CITY else 0.0
    if not is_introduced and (typos or name.is_common) and not (tokens[mention.start].is_capital and count > 1):
        return 0.0
    score = _common(tokens[mention.start], mention, count, links) if name.is_common else WHOLE if count > 1 else SINGLE
    return score - PER_TYPO * typos + _context(before, last)


def _common(first: Token, mention: Mention, count: int, links: set[str]) -> float:
    """An ordinary word as a name: a capital letter, its article and a second word speak for it."""
    is_capital = first.is_capital and mention.start > 0
    has_article = not mention.name.article or mention.name.article in links
    return COMMON + PER_HINT * (is_capital + 2 * (count > 1) - 2 * (not has_article))


def _context(before: Sequence[Token], last: str) -> float:
    near = {token.word for token in before}
    score = PER_HOME * bool(near & AT_HOME) - PER_ROAD * bool(near & ROADS)
    is_other_saint = (len(before) > 1 and before[-2].word in SAINTS) or last == "santiago"
    return score - PER_OTHER_SAINT * is_other_saint


def _links(tokens: Sequence[Token], start: int) -> set[str]:
    links = set()
    while start and tokens[start - 1].is_link and not tokens[start].after_break:
        start -= 1
        links.add(tokens[start].word)
    return links


def _before(tokens: Sequence[Token], start: int) -> list[Token]:
    """Words that carry meaning before a name, back to the last full stop, at most four."""
    before: list[Token] = []
    for at in range(start - 1, -1, -1):
        if tokens[at + 1].after_break or len(before) == LOOK_BACK:
            break
        before += [] if tokens[at].is_link else [tokens[at]]
    return before[::-1]
