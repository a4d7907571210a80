"""Every way in which a municipality's name is said: the official one, without honours, without its saint, by alias.

Called by the gazetteer when it is built. Tables: `places/` of the jurisdiction's folder.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from nlp.reading import Municipality
from nlp.sound import WORD, fold, sound

LINKS = frozenset("de del la las el los y lo e".split())
SAINTS = frozenset("san santa santo santos santiago".split())
SPELLED_OUT = {
    "sta": "santa",
    "sto": "santo",
    "stos": "santos",
    "stgo": "santiago",
    "sn": "san",
    "s": "san",
    "ma": "maria",
    "bta": "bautista",
    "cd": "ciudad",
    "pto": "puerto",
    "dto": "distrito",
    "mpio": "municipio",
    "hca": "heroica",
    "gpe": "guadalupe",
    "oax": "oaxaca",
    "sebas": "sebastian",
}
SHORT_FORM_MIN = 5  # letters of the key
_HONOURS = re.compile(r"^(?:heroic[ao] )?(?:villa|ciudad)?(?: de)? ?(?=\S)|^heroic[ao] ")
_SAINT = re.compile(
    r"^(?:san pedro y san pablo|(?:san|santa|santo|santos) (?:maria la )?\S+(?: bautista| evangelista| martir)?"
    r"|santiago|asuncion|magdalena|concepcion|candelaria|trinidad|soledad|nazareno|nuevo|sitio de) "
)
_TAIL = re.compile(r" (?:de|del|y|el|villa|cuna) .*$|, .*$")


@dataclass(frozen=True)
class PlaceName:
    """One way of saying a name. `claves` are INEGI keys, likeliest first.

    `is_common`: an ordinary word, street or person's name too; counts only where the sentence speaks of places.
    `is_locality`: a place within the municipality. `is_open`: two readings are possible, so it never decides.
    """

    text: str
    claves: tuple[str, ...]
    is_common: bool = False
    is_locality: bool = False
    is_open: bool = False
    article: str = ""

    @property
    def key_is_state(self) -> bool:
        """The state's name alone: the capital perhaps."""
        return self.is_open and len(self.claves) == 1


def read_municipalities(path: Path) -> tuple[Municipality, ...]:
    """Raises OSError, KeyError or ValueError for a table that cannot be read."""
    with path.open(encoding="utf-8", newline="") as table:
        return tuple(_municipality(row) for row in csv.DictReader(table))


def read_names(folder: Path, municipalities: Iterable[Municipality]) -> dict[str, PlaceName]:
    """All names by key. What the table of aliases says goes before what is derived from official names."""
    population = {m.clave: m.population for m in municipalities}
    common = {name_key(line) for line in _lines(folder / "common_names.txt")}
    names: dict[str, PlaceName] = {}
    for name in _derived(folder / "municipalities.csv", population, common):
        names[name_key(name.text)] = name
    for name in _aliases(folder / "place_aliases.csv", population, common):
        names[name_key(name.text)] = name
    return names


def name_key(text: str) -> str:
    """Sounds of the words that carry the name, without spaces: «Salina Cruz» is «salinacruz»."""
    words = [fold(w) for w in WORD.findall(text)]
    return "".join(sound(SPELLED_OUT.get(w, w)) for w in words if w not in LINKS)


def _derived(path: Path, population: dict[str, int], common: set[str]) -> Iterator[PlaceName]:
    said: dict[str, set[str]] = defaultdict(set)
    exact: dict[str, set[str]] = defaultdict(set)
    spelled: dict[str, str] = {}
    with path.open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table):
            full = {row["nombre"], row["otro_nombre"], row["cabecera"]} - {""}
            for text in full | {short for name in full for short in _short_forms(fold(name), common)}:
                key = name_key(text)
                said[key].add(row["clave"])
                spelled.setdefault(key, text)
                if text in full:
                    exact[key].add(row["clave"])
    for key, claves in said.items():
        yield _name(spelled[key], exact.get(key) or claves, population, is_common=key in common)


def _short_forms(name: str, common: set[str]) -> set[str]:
    """«Heroica Ciudad de Ejutla de Crespo» → Ejutla de Crespo, Ejutla; «Santa Cruz Xoxocotlán» → Xoxocotlán."""
    plain = _HONOURS.sub("", name)
    forms = {plain, plain.replace(" bautista", ""), _TAIL.sub("", plain)}
    bare = _SAINT.sub("", plain)
    if bare.split()[0] not in LINKS:
        forms |= {bare, _TAIL.sub("", bare), bare.split()[0]}
    return {form for form in forms if _tells_apart(form, common)}


def _tells_apart(form: str, common: set[str]) -> bool:
    """Not a saint alone, not an ordinary word, and long enough not to sound like one («Yaá» sounds like «ya»)."""
    key = name_key(form)
    is_saint = form in SAINTS or re.fullmatch(r"(san|santa|santos?) \S+", form)
    return len(key) >= SHORT_FORM_MIN and key not in common and not is_saint


def _aliases(path: Path, population: dict[str, int], common: set[str]) -> Iterator[PlaceName]:
    with path.open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table):
            name = _name(row["alias"], row["claves"].split(), population, is_common=name_key(row["alias"]) in common)
            yield PlaceName(
                name.text,
                name.claves,
                name.is_common,
                is_locality=row["tipo"] == "localidad",
                is_open=row["tipo"] == "ambiguo",
                article=name.article,
            )


def _name(text: str, claves: Iterable[str], population: dict[str, int], *, is_common: bool) -> PlaceName:
    first = fold(text).split()[0]
    ranked = tuple(sorted(claves, key=lambda clave: (-population[clave], clave)))
    return PlaceName(text, ranked, is_common, article=first if first in ("el", "la") else "")


def _lines(path: Path) -> list[str]:
    lines = (line.split("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line]


def _municipality(row: dict[str, str]) -> Municipality:
    return Municipality(
        clave=row["clave"],
        nombre=row["nombre"],
        region=row["region"],
        distrito=row["distrito"],
        latitude=float(row["lat"]),
        longitude=float(row["lon"]),
        population=int(row["poblacion_2020"]),
    )
