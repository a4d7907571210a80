"""Which municipality a text or a position names. Built once from the jurisdiction's `places/` folder, then read only.

What leaves doubt gives candidates and no choice: the citizen is asked (facts/domain §4).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt
from pathlib import Path

from rapidfuzz import fuzz, process

from nlp.place_names import LINKS, PlaceName, name_key, read_municipalities, read_names
from nlp.place_scan import PER_HINT, READ_AT_MOST, Mention, Scanner, tokenize
from nlp.reading import Municipality, PlaceReading

CANDIDATES_AT_MOST = 5
SURE_FROM, SURE_MARGIN = 70.0, 10.0  # points of `Mention.score`
ANSWER_WORDS_AT_MOST = 8  # a longer text is a sentence, even as an answer
LIKENESS_MIN, LIKENESS_SURE, LIKENESS_MARGIN = 76.0, 86.0, 5.0  # rapidfuzz ratio of two keys, 0 to 100
BEGINNING_MIN = 4  # letters of «Tuxt…», «Miah…»
FAR_KM = 60.0
EARTH_KM = 6371.0
POLITE = frozenset(
    "soy somos es del de en vivo vivimos el la los municipio mi pueblo pues este aqui aca se llama del distrito region"
    " estado oaxaca mx mexico por favor gracias buenas tardes dias noches hola si no sr sra senor senora".split()
)


@dataclass(frozen=True)
class Nearest:
    """The municipality whose seat is nearest, and how far that seat is, in kilometres on the globe."""

    municipality: Municipality
    distance_km: float


def load_gazetteer(folder: Path) -> "Gazetteer":
    """Raises OSError, KeyError or ValueError: a table that cannot be read is not served with."""
    municipalities = read_municipalities(folder / "municipalities.csv")
    return Gazetteer(municipalities, read_names(folder, municipalities))


class Gazetteer:
    def __init__(self, municipalities: Iterable[Municipality], names: dict[str, PlaceName]) -> None:
        self._by_clave = {municipality.clave: municipality for municipality in municipalities}
        self._names = names
        self._scanner = Scanner(names)
        self._keys = sorted(names)
        self._areas = {name_key(area) for m in self._by_clave.values() for area in (m.distrito, m.region)}

    def list_all(self) -> list[Municipality]:
        return list(self._by_clave.values())

    def find(self, clave: str) -> Municipality | None:
        return self._by_clave.get(clave)

    def read_place(self, text: str, *, is_answer: bool = False) -> PlaceReading | None:
        """None when no place is named. `is_answer`: the text answers «¿de qué municipio?», so less is asked of it."""
        text = text[:READ_AT_MOST]
        is_answer = is_answer and len(text.split()) <= ANSWER_WORDS_AT_MOST
        mentions = self._scanner.scan(text, is_answer=is_answer)
        if is_answer and not _is_all(text, mentions):
            mentions = mentions or self._alike(text)
        return self._reading(self._merged(mentions), text) if mentions else None

    def nearest(self, latitude: float, longitude: float) -> Nearest | None:
        """None farther than 60 km from every seat. Degrees, WGS 84."""
        here = (radians(latitude), radians(longitude))
        found = min(self._by_clave.values(), key=lambda m: _chord(here, m))
        distance = 2 * EARTH_KM * asin(min(1.0, sqrt(_chord(here, found))))
        return Nearest(found, round(distance, 1)) if distance <= FAR_KM else None

    def _reading(self, mentions: Sequence[Mention], text: str) -> PlaceReading:
        ranked = sorted(mentions, key=lambda m: -m.score)
        top = self._narrowed(ranked[0], text)
        rivals = [m for m in ranked[1:] if set(m.name.claves) != set(top.name.claves)]
        is_sure = len(top.name.claves) == 1 and not top.name.is_open and top.score >= SURE_FROM
        is_sure = is_sure and all(top.score - rival.score > SURE_MARGIN for rival in rivals)
        claves = dict.fromkeys(clave for m in (top, *ranked[1:]) for clave in m.name.claves)
        found = tuple(self._by_clave[clave] for clave in claves)[:CANDIDATES_AT_MOST]
        return PlaceReading(found[:1] if is_sure else found, found[0] if is_sure else None)

    def _merged(self, mentions: Sequence[Mention]) -> list[Mention]:
        """«Puerto Escondido, Colotepec» is one place; «San Mateo Peñasco, Tlaxiaco» names its district."""
        merged: list[Mention] = []
        named = [m for m in mentions if not m.name.key_is_state] or mentions
        for mention in named:
            joined = self._joined(merged[-1], mention) if merged else None
            merged = [*merged[:-1], joined] if joined else [*merged, mention]
        return merged

    def _joined(self, first: Mention, second: Mention) -> Mention | None:
        shared = tuple(c for c in first.name.claves if c in second.name.claves)
        if shared and (len(first.name.claves) > 1 or len(second.name.claves) > 1 or first.name.claves == shared):
            return _with_claves(first, shared, max(first.score, second.score))
        if second.start - first.end > 3:
            return None
        within = self._within(first, name_key(second.name.text))
        return _with_claves(first, within, first.score) if within else None

    def _within(self, mention: Mention, area_key: str) -> tuple[str, ...]:
        """Those of a mention's municipalities that lie in the district or region with this name."""
        if area_key not in self._areas:
            return ()
        return tuple(
            clave
            for clave in mention.name.claves
            if area_key in (name_key(self._by_clave[clave].distrito), name_key(self._by_clave[clave].region))
        )

    def _narrowed(self, mention: Mention, text: str) -> Mention:
        """Of several municipalities the ones in a district or region that the text names elsewhere."""
        if len(mention.name.claves) == 1:
            return mention
        words = [token.key for token in tokenize(text) if not token.is_link]
        spoken = {*words, *(a + b for a, b in pairwise(words))} & self._areas
        spoken -= {name_key(mention.name.text)}
        for area in sorted(spoken):
            within = self._within(mention, area)
            if within:
                return _with_claves(mention, within, mention.score)
        return mention

    def _alike(self, text: str) -> list[Mention]:
        """Names that an answer resembles as a whole: cut short («Tuxtep»), a saint alone, or misspelt beyond a slip."""
        words = [t for t in tokenize(text) if t.word not in POLITE and not t.is_link]
        key = "".join(token.key for token in words)
        if len(key) < BEGINNING_MIN:
            return []
        begun = [name for k, name in self._names.items() if k.startswith(key)]
        if begun:
            return [self._mention(begun, SURE_FROM)]
        found = process.extract(key, self._keys, scorer=fuzz.ratio, score_cutoff=LIKENESS_MIN, limit=CANDIDATES_AT_MOST)
        if not found:
            return []
        best, rival = found[0], found[1][1] if len(found) > 1 else 0.0
        is_sure = best[1] >= LIKENESS_SURE and best[1] - rival >= LIKENESS_MARGIN
        alike = [self._names[k] for k, _, _ in found]
        return [self._mention(alike[:1] if is_sure else alike, SURE_FROM if is_sure else SURE_FROM - PER_HINT)]

    def _mention(self, names: Sequence[PlaceName], score: float) -> Mention:
        claves = {clave for name in names for clave in name.claves}
        ranked = tuple(sorted(claves, key=lambda c: (-self._by_clave[c].population, c)))
        return Mention(replace(names[0], claves=ranked), score, 0, 0)


def _with_claves(mention: Mention, claves: tuple[str, ...], score: float) -> Mention:
    return replace(mention, name=replace(mention.name, claves=claves, is_open=False), score=score)


def _is_all(text: str, mentions: Sequence[Mention]) -> bool:
    named = sum(mention.end - mention.start for mention in mentions)
    return named >= sum(1 for token in tokenize(text) if token.word not in POLITE | LINKS)


def _chord(here: tuple[float, float], there: Municipality) -> float:
    """Haversine of the angle between a position in radians and a seat."""
    latitude, longitude = radians(there.latitude), radians(there.longitude)
    north, east = sin((latitude - here[0]) / 2), sin((longitude - here[1]) / 2)
    return north * north + cos(here[0]) * cos(latitude) * east * east
