"""The jurisdiction's labelled messages, read for training and evaluation: `corpus/**/*.jsonl` in its folder."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlp.reading import EmergencyKind, MessageKind


@dataclass(frozen=True)
class Example:
    """One labelled message. `agencies`: those that a triage officer would accept, likelier first."""

    id: str
    text: str
    kind: MessageKind
    emergency: EmergencyKind | None
    agencies: tuple[str, ...]
    voice: str
    author: str


class CorpusError(ValueError):
    """A line cannot be learnt from; the text names file, line and reason."""


def read_corpus(folder: Path) -> list[Example]:
    """All examples in the order of files and lines. Raises CorpusError, OSError."""
    paths = sorted(folder.rglob("*.jsonl"))
    if not paths:
        raise CorpusError(f"{folder}: no corpus (*.jsonl)")
    return [example for path in paths for example in _read(path)]


def corpus_digest(examples: list[Example]) -> str:
    """SHA-256 over what is learnt from, so that a model names its corpus."""
    content = "\n".join(repr(example) for example in examples)
    return hashlib.sha256(content.encode()).hexdigest()


def _read(path: Path) -> Iterator[Example]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            yield _example(json.loads(line))
        except (KeyError, ValueError, TypeError) as error:
            raise CorpusError(f"{path}:{number}: {type(error).__name__} {error}") from error


def _example(values: dict[str, Any]) -> Example:
    emergency = values["emergency"]
    return Example(
        id=values["id"],
        text=values["text"],
        kind=MessageKind(values["kind"]),
        emergency=EmergencyKind(emergency) if emergency else None,
        agencies=tuple(values["agencies"]),
        voice=values["voice"],
        author=values["author"],
    )
