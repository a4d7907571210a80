"""The rules that are in force: the newest version that was published, or the jurisdiction's own file.

One instance a process, for all its threads, asked by every suggestion; the number of the newest version is read every
few seconds, its text only when there is another.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from intake.database import reading
from intake.jurisdiction import Jurisdiction
from intake.lately import Lately
from intake.tables.rules import RuleVersion
from nlp.reader import Reader
from nlp.reading import EmergencyKind, MessageKind
from routing.parsing import RulesError, Vocabulary, read_rules
from routing.rules import Rules

KEPT_S = 5.0  # another process's publication is known after so long
log = structlog.get_logger()


@dataclass(frozen=True)
class _Known:
    """`newest`: the version that was looked at. `unusable`: newer ones than the rules', that name what is no more."""

    newest: int
    rules: Rules
    unusable: tuple[int, ...] = ()


class Rulebook:
    """`own_text`: the jurisdiction's file, version 0."""

    def __init__(self, sessions: sessionmaker[Session], own_text: str, vocabulary: Vocabulary) -> None:
        """Raises RulesError when the file cannot be routed with."""
        self._sessions, self.own_text, self.vocabulary = sessions, own_text, vocabulary
        self.own = read_rules(own_text, vocabulary, source="rules.yaml")
        self._lately = Lately(_Known(0, self.own), self._look, kept_s=KEPT_S)

    @property
    def current(self) -> Rules:
        return self._lately.current.rules

    @property
    def unusable(self) -> tuple[int, ...]:
        """Newer versions that name what is no more."""
        return self._lately.current.unusable

    def forget(self) -> None:
        """The next question looks again: something was published here."""
        self._lately.forget()

    def _look(self, known: _Known) -> _Known:
        with reading(self._sessions) as session:
            newest = session.scalar(select(func.max(RuleVersion.number))) or 0
            if newest == known.newest:
                return known
            found = self._newest_usable(session, newest)
        log.info("rules.in-force", version=found.rules.version)
        return found

    def _newest_usable(self, session: Session, newest: int) -> _Known:
        """A version that a later program or catalogue of agencies cannot follow stops nobody: the one before counts."""
        unusable: list[int] = []
        for row in session.scalars(select(RuleVersion).order_by(RuleVersion.number.desc())):
            try:
                return _Known(newest, self.rules_of(row), tuple(unusable))
            except RulesError as error:
                unusable.append(row.number)
                log.error("rules.unusable", version=row.number, fault=error.faults[0].name, line=error.faults[0].line)
        return _Known(newest, self.own, tuple(unusable))

    def rules_of(self, row: RuleVersion) -> Rules:
        """Raises RulesError."""
        if row.of_number == 0:
            return Rules(self.own.rules, row.number)
        return read_rules(row.text, self.vocabulary, version=row.number)


class _Orders(Mapping[str, str]):
    """Of each agency, as it is now: staff may change it while the office runs."""

    def __init__(self, jurisdiction: Jurisdiction) -> None:
        self._agencies = jurisdiction.agencies

    def __getitem__(self, key: str) -> str:
        return self._agencies[key].order

    def __iter__(self) -> Iterator[str]:
        return iter(self._agencies)

    def __len__(self) -> int:
        return len(self._agencies)


def vocabulary_of(jurisdiction: Jurisdiction, reader: Reader) -> Vocabulary:
    return Vocabulary(
        orders=_Orders(jurisdiction),
        kinds=frozenset(kind.value for kind in MessageKind),
        emergencies=frozenset(kind.value for kind in EmergencyKind),
        regions={one.clave: one.region for one in reader.list_municipalities()},
    )
