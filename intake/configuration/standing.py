"""The folder's things with what staff published over them, as the program uses them: mappings that are always current.

A version that a later program or folder cannot follow stops nobody: the folder's own counts, and it is logged.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import structlog

from bot.texts import Catalogue
from intake.configuration.in_force import InForce, Stamp, Subject
from intake.configuration.variables import find_variable_faults
from intake.jurisdiction import Line

T = TypeVar("T")
log = structlog.get_logger()


class Standing(Mapping[str, T]):
    """`read`: from a key, the published value and the folder's own (None where it has none); raises ValueError. It
    answers None for what is not to be used."""

    def __init__(
        self,
        in_force: InForce,
        subject: Subject,
        own: Mapping[str, T],
        read: Callable[[str, Mapping[str, Any], T | None], T | None],
    ) -> None:
        self._in_force, self._subject, self._read = in_force, subject, read
        self.own = own
        self._known: tuple[Stamp | None, Mapping[str, T]] = None, own

    def __getitem__(self, key: str) -> T:
        return self._current()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._current())

    def __len__(self) -> int:
        return len(self._current())

    def _current(self) -> Mapping[str, T]:
        stamp = self._in_force.stamp
        if stamp != self._known[0]:
            self._known = stamp, self._read_all()
        return self._known[1]

    def _read_all(self) -> Mapping[str, T]:
        found = dict(self.own)
        for key, value in self._in_force.values(self._subject).items():
            try:
                read = self._read(key, value, self.own.get(key))
            except (ValueError, KeyError, TypeError) as error:
                log.error("configuration.unusable", subject=self._subject.value, key=key, error=str(error))
                continue
            if read is None:
                found.pop(key, None)
            else:
                found[key] = read
        return found


class Wording:
    """What citizens read: the folder's catalogue with the sentences in force, and today's numbers of the lines."""

    def __init__(self, in_force: InForce, own: Catalogue, lines: Mapping[str, Line]) -> None:
        self._in_force, self.own, self._lines = in_force, own, lines
        self._known: tuple[Stamp | None, Catalogue] = None, own

    @property
    def current(self) -> Catalogue:
        stamp = self._in_force.stamp
        if stamp != self._known[0]:
            self._known = stamp, self.own.with_others(dict(self._usable()), **line_values(self._lines))
        return self._known[1]

    def _usable(self) -> Iterator[tuple[str, str]]:
        always = set(self.own.always())
        for key, value in self._in_force.values(Subject.SENTENCE).items():
            text = str(value.get("text") or "")
            is_known = bool(text.strip()) and self.own.has(key)
            if not is_known or find_variable_faults(text, self.own.sentence(key), always):
                log.error("configuration.unusable", subject=Subject.SENTENCE.value, key=key)
                continue
            yield key, text


def line_values(lines: Mapping[str, Line]) -> dict[str, str]:
    """The variables by which sentences name the emergency lines."""
    return {f"line_{key}": line.number for key, line in lines.items()}
