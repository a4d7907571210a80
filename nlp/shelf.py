"""Three places for a trained model beside each other: in service, candidate on trial, and the one before.

Folders are moved by renames alone, so a crash leaves at most one move undone, which `mend` does. Moved by
`canaliza train`, `canaliza model`, and the office when a trial ends.
"""

import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import srsly
from spacy.language import Language

META = "meta.json"


class ShelfError(ValueError):
    """There is no model where one is wanted; the text says what to do."""


class Shelf:
    """`in_place`: the folder of the model in service; the others stand beside it."""

    def __init__(self, in_place: Path) -> None:
        self.in_place = in_place
        self.candidate = in_place.with_name(f"{in_place.name}.candidate")
        self.previous = in_place.with_name(f"{in_place.name}.previous")

    def put_in_place(self, language: Language) -> None:
        """The first model, or one that nobody wants to try first. The one before can be had back."""
        with self._room() as room:
            language.to_disk(room / "new")
            self._replace(room / "new", room)

    def put_candidate(self, language: Language) -> None:
        """Instead of a candidate that was there."""
        with self._room() as room:
            language.to_disk(room / "new")
            self._remove(self.candidate)
            (room / "new").replace(self.candidate)

    def publish(self) -> None:
        """The candidate goes into service. Raises ShelfError without one."""
        with self._room() as room:
            if not is_model(self.candidate):
                raise ShelfError("no candidate is on trial: run `canaliza train --with-decisions`")
            self._replace(self.candidate, room)

    def discard(self) -> None:
        with self._room():
            self._remove(self.candidate)

    def roll_back(self) -> None:
        """The model before goes into service again, and the one in service is kept as the one before."""
        with self._room() as room:
            if not is_model(self.previous):
                raise ShelfError("no earlier model is kept here: nothing to go back to")
            self.in_place.replace(room / "now")
            self.previous.replace(self.in_place)
            (room / "now").replace(self.previous)

    def mend(self) -> None:
        """After a crash between two renames nothing is in service: the one before is, until another is published."""
        with self._room():
            if not is_model(self.in_place) and is_model(self.previous):
                self.previous.replace(self.in_place)

    def _replace(self, folder: Path, room: Path) -> None:
        if self.in_place.exists():
            if self.previous.exists():
                self.previous.replace(room / "oldest")
            self.in_place.replace(self.previous)
        folder.replace(self.in_place)

    def _remove(self, folder: Path) -> None:
        if folder.exists():
            shutil.rmtree(folder)

    @contextmanager
    def _room(self) -> Iterator[Path]:
        """Space on the same disk for what is written or thrown away, and nobody else moves folders meanwhile."""
        parent = self.in_place.parent
        parent.mkdir(parents=True, exist_ok=True)
        with (parent / ".lock").open("w") as lock, tempfile.TemporaryDirectory(dir=parent, prefix=".model-") as work:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield Path(work)


def is_model(folder: Path) -> bool:
    return (folder / META).exists()


def find_meta(folder: Path) -> dict[str, Any] | None:
    """What a model says of itself; None when there is none."""
    if not is_model(folder):
        return None
    meta: dict[str, Any] = srsly.read_json(folder / META)
    return meta


def find_version(folder: Path) -> str | None:
    """As suggestions name it."""
    meta = find_meta(folder)
    return f"{meta['name']}-{meta['version']}" if meta else None
