"""What of a jurisdiction's folder the office has not confirmed, read out of its files; for «Por confirmar» and for
docs/confirm.md."""

import csv
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

QUESTIONS = "to_confirm.yaml"
LIST = re.compile(r"(?<=<!-- unconfirmed -->\n\n).*?(?=\n\n<!-- end -->)", re.DOTALL)
SAYS_SO = re.compile(r"por confirmar", re.IGNORECASE)
FROM_MEMORY = "de memoria"
SAID_MAX = 110
MSGID, MARKUP = re.compile(r'msgid "([^"]+)"'), re.compile(r"<[^>]+>")
IN_WORDS = ("*.html", "texts/*.po")
IN_VALUES = "*.yaml"
AGENCIES, ALIASES = "agencies.json", "places/place_aliases.csv"
READ = (*IN_WORDS, IN_VALUES, AGENCIES, ALIASES)


@dataclass(frozen=True)
class Doubt:
    """`where`: keys that lead there, or a sentence's name; `source`: where it was taken from, as the file says it."""

    file: str
    where: str
    said: str
    source: str = ""


@dataclass(frozen=True)
class Question:
    """What no file can tell. `ask`: whom; `pages`: of the navigation, where the answer is written."""

    words: str
    ask: str
    pages: tuple[str, ...]


@dataclass(frozen=True)
class Unconfirmed:
    questions: tuple[Question, ...]
    doubts: tuple[Doubt, ...]

    @property
    def count(self) -> int:
        return len(self.questions) + len(self.doubts)


def find_unconfirmed(folder: Path) -> Unconfirmed:
    """All that waits in the folder; read again when a file that says so changed."""
    states = [path.stat() for pattern in READ for path in sorted(folder.glob(pattern))]
    return _find(folder, hash(tuple((state.st_mtime_ns, state.st_size) for state in states)))


@lru_cache(maxsize=4)
def _find(folder: Path, _state: int) -> Unconfirmed:
    return Unconfirmed(tuple(_questions(folder / QUESTIONS)), tuple(list_doubts(folder)))


def _questions(path: Path) -> Iterator[Question]:
    for entry in YAML(typ="safe").load(path) if path.exists() else ():
        yield Question(entry["question"], entry["ask"], tuple(entry["pages"]))


def list_doubts(folder: Path) -> list[Doubt]:
    """By file. Values marked `confirmed: false`, words that say «por confirmar», agencies and names from memory."""
    found = [doubt for path in sorted(folder.glob(IN_VALUES)) for doubt in _of_yaml(path)]
    found += [
        doubt for pattern in IN_WORDS for path in sorted(folder.glob(pattern)) for doubt in _of_words(path, folder)
    ]
    return [*found, *_of_agencies(folder / AGENCIES), *_of_names(folder / ALIASES)]


def with_list(document: str, folder: Path) -> str:
    """The document with today's list. Raises ValueError without a place for it."""
    after, count = LIST.subn(lambda _: _table(list_doubts(folder)), document)
    if count != 1:
        raise ValueError("the document has no single place «<!-- unconfirmed -->»")
    return after


def _table(doubts: list[Doubt]) -> str:
    rows = (f"| `{one.file}` | {_cell(one.where)} | {_cell(one.said)} | {_cell(one.source)} |" for one in doubts)
    return "\n".join(["| file | where | what it says today | its source |", "|---|---|---|---|", *rows])


def _cell(words: str) -> str:
    return " ".join(words.split()).replace("|", "\\|").replace("<", "&lt;") or "—"


def _of_yaml(path: Path) -> Iterator[Doubt]:
    yield from _within(path.name, YAML(typ="safe").load(path), ())


def _within(file: str, value: Any, way: tuple[str, ...]) -> Iterator[Doubt]:
    if isinstance(value, Mapping):
        if value.get("confirmed") is False:
            yield Doubt(file, ".".join(way), _said(value), str(value.get("source", "")))
        for name, inner in value.items():
            yield from _within(file, inner, (*way, str(name)))
    elif isinstance(value, list):
        for number, inner in enumerate(value, start=1):
            yield from _within(file, inner, (*way, str(number)))


def _said(value: Mapping[str, Any]) -> str:
    """Its plain values; of what is made of more its names."""
    parts = [
        name if isinstance(inner, Mapping | list) else f"{name}: {inner}"
        for name, inner in value.items()
        if name not in ("confirmed", "checked_on", "source")
    ]
    said = ", ".join(parts)
    return said if len(said) <= SAID_MAX else said[: SAID_MAX - 1].rstrip() + "…"


def _of_words(path: Path, folder: Path) -> Iterator[Doubt]:
    """A sentence of the catalogue is named, so that another one above it moves nothing here."""
    name = ""
    for line in path.read_text("utf-8").splitlines():
        if found := MSGID.match(line):
            name = found[1]
        if SAYS_SO.search(line):
            said = MARKUP.sub("", line).removeprefix("msgstr").removesuffix('\\n"').strip(' "')
            yield Doubt(str(path.relative_to(folder)), name, said)


def _of_agencies(path: Path) -> Iterator[Doubt]:
    """One line for each mark: V, S are of a named source; M from memory."""
    if not path.exists():
        return
    by_mark: dict[str, list[str]] = defaultdict(list)
    for agency in json.loads(path.read_text("utf-8")):
        mark = str(agency.get("confidence", ""))
        if not mark.startswith(("V", "S")):
            by_mark[mark].append(agency["key"])
    for mark, keys in sorted(by_mark.items()):
        yield Doubt(path.name, f"confidence {mark}", ", ".join(sorted(keys)), "nombre y competencia")


def _of_names(path: Path) -> Iterator[Doubt]:
    if not path.exists():
        return
    with path.open(encoding="utf-8", newline="") as file:
        names = [row["alias"] for row in csv.DictReader(file) if row["validado"].strip() == FROM_MEMORY]
    if names:
        yield Doubt(
            f"places/{path.name}", FROM_MEMORY, f"{len(names)} nombres: {', '.join(names[:6])}…", "uso coloquial"
        )
