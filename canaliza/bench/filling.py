"""Fills an empty database with petitions of ten years: the newest are open, all the rest came to their end.

`lives` has the program carry some through, `copying` makes the others of them. The same number gives the same database.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from rich.console import Console
from rich.progress import track
from sqlalchemy import Connection, select, text

from canaliza.bench import copying
from canaliza.bench.copying import GROWING, Original
from canaliza.bench.lives import ASKS, Cast, Stretch, gather, tell_past, tell_present
from canaliza.muted import muted
from intake.clock import utc_now
from intake.database import is_sqlite
from intake.office import Office
from intake.petitions.folio import folio_part, new_folio
from intake.tables.petitions import Petition
from intake.upkeep.moving import go_on_numbering

YEARS = timedelta(days=3650)
OPEN_AT_MOST, OPEN_DAYS = 1_000, 5
TOLD = 120  # petitions that the program carries through; the rest are copies
LAST_LIFE = timedelta(days=120)  # from a petition's opening to the last that is said of it
FIRST_PRESENT = 50_000  # number of the first person who is still waiting: no copy of another's meets it
SEED = 104


@dataclass(frozen=True)
class Extent:
    """`told`: how many of the petitions are carried through by the program. `asks`: further messages of each person;
    pages look at petitions, not at how much was said."""

    petitions: int
    told: int = TOLD
    asks: int = ASKS

    @property
    def open(self) -> int:
        return min(OPEN_AT_MOST, self.petitions // 10)


def fill(office: Office, extent: Extent, out: Console) -> Cast:
    """About so many petitions, ten messages of a citizen for each, in an empty database. Commits in parts."""
    office, now, folios = muted(office), utc_now(), Folios(office.jurisdiction.folio_series)
    cast = gather(office)
    past = extent.petitions - extent.open
    told = min(extent.told, past)
    began, step = now - LAST_LIFE - YEARS, YEARS / max(1, round(past / told))
    tell_past(office, cast, Stretch(told, 0, began, began + step, extent.asks))
    with office.engine.begin() as connection:
        indexes = copying.drop_indexes(connection)
    _multiply(office, folios, {r.name: 0 for r in GROWING}, past, (YEARS - step).days, out)
    with office.engine.begin() as connection:
        copying.make_indexes(connection, indexes)
    _count_rows(office)
    with office.engine.connect() as connection:
        before = copying.greatest_numbers(connection)
    told = min(extent.told, max(1, extent.open // 2))
    recent = Stretch(told, FIRST_PRESENT, now - timedelta(days=OPEN_DAYS), now - timedelta(minutes=5))
    tell_present(office, cast, recent)
    _multiply(office, folios, before, extent.open, 0, out)
    _count_rows(office)
    return cast


def _multiply(office: Office, folios: "Folios", after: dict[str, int], wanted: int, days: int, out: Console) -> None:
    """Copies of the rows after those numbers, spread over so many days, until there are about as many petitions."""
    with office.engine.connect() as connection:
        copying.unwatch(connection)
        original = Original(after, copying.greatest_numbers(connection))
        copies = max(0, round(wanted / max(1, original.span("petitions"))) - 1)
        apart = [days * copy // max(1, copies) for copy in range(1, copies + 1)]
        statements = copying.prepare(connection, original, folios.draw(connection, original, apart))
        connection.commit()
        for copy, later in enumerate(track(apart, "Copies", console=out), start=1):
            copying.unwatch(connection)
            for statement in statements:
                connection.execute(statement, {"copy": copy, "days": later})
            connection.commit()
        if not is_sqlite(office.engine):
            for relation in GROWING:
                go_on_numbering(connection, relation)
            connection.commit()


def _count_rows(office: Office) -> None:
    """What PostgreSQL does by itself once rows have come; SQLite never does, nor does the program have it done."""
    if is_sqlite(office.engine):
        return
    with office.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM (ANALYZE)"))


class Folios:
    """Valid, and none twice."""

    def __init__(self, series: str) -> None:
        self._series, self._rng = series, random.Random(SEED)  # noqa: S311 — invented data, not a secret
        self._drawn: set[str] = set()

    def draw(self, connection: Connection, original: Original, apart: list[int]) -> Iterator[tuple[int, str, str]]:
        """A folio for each petition of each copy, of the year in which it is opened: number, folio, part."""
        wanted = select(Petition.id, Petition.folio, Petition.opened_at).where(
            Petition.id > original.after["petitions"]
        )
        rows = connection.execute(wanted.order_by(Petition.id)).all()
        self._drawn.update(folio for _, folio, _ in rows)
        for copy, days in enumerate(apart, start=1):
            for number, _, opened_at in rows:
                folio = self._new((opened_at + timedelta(days=days)).year)
                yield number + copy * original.span("petitions"), folio, folio_part(folio)

    def _new(self, year: int) -> str:
        while (folio := new_folio(self._series, year, choose=self._rng.choice)) in self._drawn:
            continue
        self._drawn.add(folio)
        return folio
