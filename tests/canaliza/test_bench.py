"""`canaliza bench` in small: each part runs opposite the real program, and its figures are figures."""

import json
import math
from pathlib import Path

import pytest
from rich.console import Console
from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from canaliza.bench.acknowledge import measure_acknowledging
from canaliza.bench.claim import measure_claiming
from canaliza.bench.drain import measure_draining
from canaliza.bench.end_to_end import measure_end_to_end
from canaliza.bench.figures import Figure
from canaliza.bench.filling import Extent, fill
from canaliza.bench.growth import compare
from canaliza.bench.machine import fsyncs_a_second
from canaliza.bench.outbound import measure_outbound
from canaliza.bench.parts import measure_parts
from canaliza.bench.visits import Visits, open_visits
from canaliza.bench.whole import Measured, bench
from intake.errors import SettingsError
from intake.office import Office
from intake.petitions.folio import find_folios
from intake.petitions.states import NEEDS_TRIAGE, WITH_AGENCY
from intake.settings import Settings
from intake.tables.base import Table
from intake.tables.incoming import InboundEvent, Message
from intake.tables.outgoing import Reply
from intake.tables.petitions import Petition


@pytest.fixture
def settings(model: Path) -> Settings:
    return Settings(model_dir=str(model))


def _values(figures: list[Figure]) -> dict[str, float]:
    assert all(math.isfinite(figure.value) for figure in figures)
    return {figure.name: figure.value for figure in figures}


@pytest.mark.slow
def test_what_is_measured_is_what_the_program_does(settings: Settings, tmp_path: Path) -> None:
    kept = _values(
        measure_acknowledging(settings, "sqlite", tmp_path, "", fsyncs=fsyncs_a_second(tmp_path), requests=64)
    )
    assert kept["refused"] == 0
    assert _values(measure_claiming(settings, "sqlite", tmp_path, "", commits=1000.0, events=20))
    whole = _values(measure_end_to_end(settings, "sqlite", tmp_path, "", paced=10, flood=20))
    assert whole["sustained, one process"] > 0
    assert _values(measure_parts(settings, tmp_path, messages=20))
    sent = _values(measure_outbound(settings, "sqlite", tmp_path, "", citizens=20))
    assert sent["sooner than a second in one chat"] == 0
    (_, figures), *_ = measure_draining(settings, "sqlite", tmp_path, "", sizes=[20], out=Console(quiet=True))
    assert _values(figures)["most memory meanwhile"] > 0


def test_without_a_model_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="canaliza train"):
        bench(Settings(model_dir=str(tmp_path)), Console(quiet=True), [Measured.CLAIM], "", None)


def test_a_figure_knows_whether_it_is_reached() -> None:
    assert Figure("x", 1.0, "s", 2, is_ceiling=True).is_reached
    assert Figure("x", 1.0, "×", 2).is_reached is False
    assert Figure("x", 1.0, "×").is_reached is None


def test_figures_go_to_programs_too(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "var").mkdir()
    monkeypatch.chdir(tmp_path)  # where throw-away databases go
    bench(settings, Console(quiet=True), [], "", tmp_path / "figures.json")
    found = json.loads((tmp_path / "figures.json").read_text("utf-8"))
    assert found["the machine"][0]["name"] == "fsync of 4 kB"
    assert found["the machine"][0]["value"] > 0


@pytest.mark.slow
def test_generated_petitions_are_rows_with_which_the_program_goes_on(office: Office) -> None:
    cast = fill(office, Extent(200, told=8), Console(quiet=True))
    with office.sessions() as session:
        assert 180 <= _count(session, Petition) <= 220
        assert _count(session, Message) > 8 * _count(session, Petition)
        assert _list_strays(session) == []
        assert _count(session, Petition, ~exists().where(Message.petition_id == Petition.id)) == 0
        open_ones = _count(session, Petition, Petition.status.in_([*NEEDS_TRIAGE, *WITH_AGENCY]))
        assert 0 < open_ones <= 30
        folios = session.scalars(select(Petition.folio)).all()
    assert len(set(folios)) == len(folios)
    assert all([mention.is_checked for mention in find_folios(folio)] == [True] for folio in folios)
    _goes_on(open_visits(office, cast))


def _goes_on(visits: Visits) -> None:
    """A stranger is given a folio; who asks after one of any age is told how it stands; nothing is set aside."""
    office = visits.office
    with office.sessions() as session:
        petitions = _count(session, Petition)
    visits.citizens(3)
    with office.sessions() as session:
        assert _count(session, Petition) == petitions + 3
        assert _count(session, InboundEvent, InboundEvent.state.not_in(["processed", "ignored"])) == 0
        told = session.scalars(select(Reply.purpose).order_by(Reply.id.desc()).limit(3)).all()
    assert set(told) == {"status.detail"}


def _count(session: Session, table: type[Table], *conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0


def _list_strays(session: Session) -> list[str]:
    """Columns that refer to rows which are not there: the copying is not watched on PostgreSQL."""
    found = []
    for relation in Table.metadata.sorted_tables:
        for column in relation.columns:
            for reference in column.foreign_keys:
                other = reference.column.table.alias()
                kept = exists().where(other.c[reference.column.name] == column).correlate(relation)
                lost = select(func.count()).select_from(relation).where(column.is_not(None), ~kept)
                found += [f"{relation.name}.{column.name}"] if session.scalar(lost) else []
    return found


def test_growth_is_told_as_ratios_to_the_first_size() -> None:
    first, then = {"page": [0.010, 0.010, 0.020]}, {"page": [0.012, 0.012, 0.060]}
    middle, late = compare(first, then)
    assert (middle.name, middle.is_reached) == ("page, p50", True)
    assert (late.name, late.is_reached) == ("page, p99", False)
    assert middle.value == pytest.approx(1.2)
