"""The mind in service and the candidate on trial, as their folders have them; changed while the office runs.

A message that is being read keeps the mind it began with; the next one gets the new one. No message waits for a model.
"""

from pathlib import Path

import structlog

from intake.errors import SettingsError
from intake.settings import Settings
from nlp.pipeline import load_pipeline
from nlp.reader import Knowledge, Reader
from nlp.shelf import META, Shelf, is_model

Mark = tuple[int, int]
log = structlog.get_logger()


class Minds:
    """One instance a process. `candidate` is asked beside the mind in service, and nobody is told what it says."""

    def __init__(self, reader: Reader, shelf: Shelf) -> None:
        self.reader, self.shelf = reader, shelf
        self.candidate: Reader | None = None
        self._marks: tuple[Mark | None, Mark | None] = (_mark(shelf.in_place), None)

    def refresh(self) -> None:
        """Load what was published or put on trial since the last call; a folder that cannot be read changes nothing."""
        marks = _mark(self.shelf.in_place), _mark(self.shelf.candidate)
        if marks[0] and marks[0] != self._marks[0]:
            self.reader = load_or_none(self.reader.knowledge, self.shelf.in_place) or self.reader
            log.info("model.in-service", model=self.reader.model_version)
        if marks[1] != self._marks[1]:
            self.candidate = load_or_none(self.reader.knowledge, self.shelf.candidate) if marks[1] else None
            log.info("model.on-trial", model=self.candidate.model_version if self.candidate else None)
        self._marks = marks


def load_or_none(knowledge: Knowledge, folder: Path) -> Reader | None:
    """None, and a line in the log, for a model that is broken or of another program."""
    try:
        return Reader(knowledge, load_pipeline(folder))
    except (OSError, KeyError, ValueError, TypeError) as error:
        log.error("model.unusable", folder=folder.name, error=type(error).__name__, remedy="canaliza train")
        return None


def _mark(folder: Path) -> Mark | None:
    """Another one whenever another model stands there."""
    try:
        found = (folder / META).stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns


def require_model(settings: Settings) -> None:
    """Raises SettingsError when nothing was learnt yet."""
    if not is_model(settings.model_folder):
        raise SettingsError("there is no model: run `canaliza train` first")
