"""The jurisdiction's labelled messages, read for training and evaluation: `corpus/**/*.jsonl` in its folder."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlp.reading import EmergencyKind, MessageKind, Urgency

CHECKED = "checked"  # a review: further readers labelled it too
DECIDED = "decided"  # an officer said whose it is, and nothing else of it


@dataclass(frozen=True)
class Example:
    """One labelled message. `agencies`: those that a triage officer would accept, likelier first.

    `matters`: in a message about several things, the characters that each is told in; one where that was looked at and
    there is but one. `review`: `written` by its author, `checked` by further readers. `urgency`: where a reader said.
    """

    id: str
    text: str
    kind: MessageKind
    emergency: EmergencyKind | None
    agencies: tuple[str, ...]
    voice: str
    author: str
    review: str = "written"
    matters: tuple["MatterSpan", ...] = ()
    urgency: Urgency | None = None


@dataclass(frozen=True)
class MatterSpan:
    """Characters [start, end) of a text that tell one matter, and whose it is."""

    start: int
    end: int
    agency: str


class CorpusError(ValueError):
    """A line cannot be learnt from; the text names file, line and reason."""


def read_corpus(folder: Path) -> list[Example]:
    """All examples in the order of files and lines. Raises CorpusError, OSError."""
    paths = sorted(folder.rglob("*.jsonl"))
    if not paths:
        raise CorpusError(f"{folder}: no corpus (*.jsonl)")
    return [example for path in paths for example in read_examples(path)]


def read_examples(path: Path, unsaid: Mapping[str, Any] | None = None) -> list[Example]:
    """Of one file. `unsaid`: fields that its lines may lack, and what stands for them. Raises CorpusError, OSError."""
    return list(_read(path, unsaid or {}))


def split_corpus(examples: Iterable[Example], folder: Path) -> tuple[list[Example], list[Example]]:
    """Those to learn from, and those of the test's authors (`split.json`). Raises CorpusError, OSError."""
    path = folder / "split.json"
    try:
        kept = frozenset(json.loads(path.read_text(encoding="utf-8"))["test_authors"])
    except (ValueError, KeyError, TypeError) as error:
        raise CorpusError(f"{path}: needs an object with test_authors") from error
    known: list[Example] = []
    unseen: list[Example] = []
    for example in examples:
        (unseen if example.author in kept else known).append(example)
    return known, unseen


def corpus_digest(examples: list[Example]) -> str:
    """SHA-256 over what is learnt from, so that a model names its corpus."""
    content = "\n".join(repr(example) for example in examples)
    return hashlib.sha256(content.encode()).hexdigest()


def _read(path: Path, unsaid: Mapping[str, Any]) -> Iterator[Example]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            yield _example({**unsaid, **json.loads(line)})
        except KeyError as error:
            raise CorpusError(f"{path}:{number}: the field {error} is missing") from error
        except (ValueError, TypeError) as error:
            raise CorpusError(f"{path}:{number}: {type(error).__name__} {error}") from error


def _example(values: dict[str, Any]) -> Example:
    emergency, urgency = values["emergency"], values.get("urgency")
    return Example(
        id=values["id"],
        text=values["text"],
        kind=MessageKind(values["kind"]),
        emergency=EmergencyKind(emergency) if emergency else None,
        agencies=tuple(values["agencies"]),
        voice=values["voice"],
        author=values["author"],
        review=values.get("review", "written"),
        matters=tuple(MatterSpan(**matter) for matter in values.get("matters", ())),
        urgency=Urgency(urgency) if urgency else None,
    )
