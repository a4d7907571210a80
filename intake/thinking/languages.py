"""Languages that a jurisdiction's people speak: recognised by their names in a text, never guessed from town or name.

Read at start from `languages.yaml`; the program's sentences in them are people's work (`configuration/translated.py`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

from bot.choices import plain

WORDS_ENOUGH = 3
# So common that hardly a Spanish sentence of three words has none of them.
SPANISH = frozenset(
    "a al con de del el ella en es esta este gratis ha hay la las le les lo los mas me mi muy no nos o para pero por "
    "que se si sin son su sus te tu un una usted y ya yo como cuando donde gana gane hola gracias ok aqui click link "
    "oferta venta vendo promo haz da llama compra precio dinero tus ese esa eso todo todos toda".split()
)
ADDRESS = re.compile(r"https?:|www\.|\.com\b|\d{3}", re.IGNORECASE)


@dataclass(frozen=True)
class Languages:
    """`names`: by key, as it is said in Spanish. `shapes`: by key, what names it in a plain text. `variants`: by a
    variant's key (`zapoteco-istmo`) the towns, plain, whose people say that it is theirs."""

    names: Mapping[str, str]
    shapes: Mapping[str, re.Pattern[str]]
    variants: Mapping[str, frozenset[str]]

    def find(self, text: str) -> str | None:
        """The name of the language that a text names first; None for a text that names none."""
        words = plain(text)
        found = [(match.start(), key) for key, shape in self.shapes.items() if (match := shape.search(words))]
        return self.names[min(found)[1]] if found else None

    def list_keys(self, name: str | None, town: str | None) -> list[str]:
        """The catalogues for who named that language and that town: the town's variant before the language's own."""
        key = next((key for key, own in self.names.items() if own == name), None)
        if key is None:
            return []
        told = plain(town or "")
        theirs = [one for one, towns in self.variants.items() if one.startswith(f"{key}-") and told in towns]
        return [*theirs, key]


def load_languages(path: Path) -> Languages:
    """Raises OSError, KeyError, ValueError."""
    rows = YAML(typ="safe").load(path)["languages"]
    ways = {key: [plain(way) for way in (row["name"], *row["also"])] for key, row in rows.items()}
    shapes = {key: re.compile(rf"\b(?:{'|'.join(map(re.escape, named))})\b") for key, named in ways.items()}
    variants = {
        f"{key}-{variant}": frozenset(map(plain, towns))
        for key, row in rows.items()
        for variant, towns in row.get("variants", {}).items()
    }
    return Languages({key: row["name"] for key, row in rows.items()}, shapes, variants)


def may_be_another_tongue(text: str) -> bool:
    """A few words of which none is common Spanish, and no address or number: nobody here can say that it is rubbish."""
    words = plain(text).split()
    return len(words) >= WORDS_ENOUGH and not SPANISH & set(words) and not ADDRESS.search(text)
