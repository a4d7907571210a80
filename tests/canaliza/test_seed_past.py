"""The demo's two years: a quarter's figures are what SQL counts, frozen ones stay, parameters are configuration."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from sqlalchemy import func, select, text, update

from canaliza.seed_past import Era, fill_past, fill_past_registers
from canaliza.seed_registers import fill_programmes
from intake.accounts.staff import Member, Role
from intake.clock import at
from intake.indicators.catalogue import load_matrix
from intake.indicators.measures import MEASURES
from intake.indicators.period import Period, get_period
from intake.indicators.report import report
from intake.indicators.snapshots import freeze, list_frozen
from intake.office import Office
from intake.petitions.history import find_break, list_entries
from intake.reports.quarter import read_quarter
from intake.tables.accounts import Staff
from intake.tables.alerts import Alert
from intake.tables.petitions import Petition, Referral
from tests.intake.matrix_sql import SQL, Span, by_sql
from tests.models import JURISDICTION

NOW = datetime(2026, 11, 27, 16, tzinfo=UTC)
ERA = Era(NOW - timedelta(days=730), NOW - timedelta(days=90))
REGISTERS = Era(NOW - timedelta(days=390), ERA.ended)  # the quarter's meetings and works, and some before
QUARTER, MAY = get_period("2026-T2"), get_period("2026-05")


@pytest.fixture
def told(office: Office) -> Office:
    """A small one, with one outbreak."""
    values = YAML(typ="safe").load(JURISDICTION / "demo.yaml")
    values["past"]["petitions"] = 170
    values["past"]["outbreaks"] = values["past"]["outbreaks"][-1:]
    values["staff"] = [one for one in values["staff"] if one["username"] in ("oficial", "oficial2")]
    with at(ERA.began), office.sessions.begin() as session:
        own = {"role": Role.OFFICER.value, "password_hash": "none", "created_at": ERA.began}  # nobody logs in
        rows = [Staff(username=one["username"], name=one["name"], **own) for one in values["staff"]]
        session.add_all(rows)
        session.flush()
    members = {row.username: Member(row.id, row.username, row.name, Role.OFFICER, None, "") for row in rows}
    with at(NOW):
        assert fill_past(office, values, members, ERA) == 185
        fill_past_registers(office, values, members["oficial"], REGISTERS)
        fill_programmes(office, members["oficial"], values["programmes"])
    return office


def _span(office: Office, period: Period) -> Span:
    today = NOW.astimezone(office.jurisdiction.zone).date()
    return Span(period.first, period.last, today, office.jurisdiction.closed)


def _the_quarters_report_is_complete_and_each_figure_is_what_sql_counts(told: Office) -> None:
    span = _span(told, QUARTER)
    figures = {}
    for line in read_quarter(told, QUARTER, span.cut).lines:
        if line.reading and line.figure:
            sizes = len(line.figure.numerator), len(line.figure.denominator)
            figures[line.reading.measure] = sizes
    assert set(SQL) < set(MEASURES)
    assert figures.keys() == set(MEASURES)
    assert {measure: figures[measure] for measure in SQL} == {measure: by_sql(told, measure, span) for measure in SQL}
    assert all(below >= 3 for measure, (_, below) in figures.items() if measure in ("answered_cohort", "coordinated"))
    assert [measure for measure, (_, below) in figures.items() if not below] == []  # no «sin casos»
    assert 0 < figures["files_complete"][0] < figures["files_complete"][1]
    assert 0 < figures["answered_in_time"][0] < figures["answered_in_time"][1]
    with told.sessions() as session:
        cards = session.scalars(select(Alert.topic).order_by(Alert.began_on)).all()
        chains = [list_entries(session, number) for number in session.scalars(select(Petition.id).limit(40))]
    assert set(cards) == {"caminos"}
    assert [find_break(chain) for chain in chains] == [None] * 40


def _a_month_of_it_is_what_sql_counts_and_late_data_change_no_frozen_figure(told: Office) -> None:
    span = _span(told, MAY)
    freeze(told, MAY, NOW)
    with told.sessions() as session:
        frozen = dict(list_frozen(session, MAY))
    readings = {(i.id, way.key): way.measure for i in told.matrix.indicators for way in i.readings}
    counted = {key: by_sql(told, name, span) for key, name in readings.items() if name in SQL}
    assert {key: (frozen[key].numerator, frozen[key].denominator) for key in counted} == counted
    with told.sessions.begin() as session:
        some = select(Petition.id).where(Petition.opened_at >= datetime(2026, 5, 1, 6, tzinfo=UTC)).limit(1)
        late = session.scalars(some.order_by(Petition.opened_at)).one()
        session.execute(update(Petition).where(Petition.id == late).values(status="NO_PETICION"))
    with told.sessions() as session:
        assert dict(list_frozen(session, MAY)) == frozen
        lines = report(session, told, told.matrix, MAY, span.cut)
    live = next(line.live for line in lines if line.reading and line.reading.measure == "classified")
    assert live
    assert len(live.denominator) == frozen["C3", "A"].denominator - 1


def _a_formulas_parameter_is_configuration(told: Office, tmp_path: Path) -> None:
    folder = JURISDICTION / "indicators.yaml"
    written = folder.read_text("utf-8").replace("accepted_share: {value: 80", "accepted_share: {value: 40")
    path = tmp_path / "indicators.yaml"
    path.write_text(written, "utf-8")
    other = replace(told, jurisdiction=replace(told.jurisdiction, matrix=load_matrix(path)))
    span = _span(told, QUARTER)
    found = []
    for office in (told, other):
        with office.sessions() as session:
            lines = report(session, office, office.matrix, QUARTER, span.cut)
        figure = next(line.live for line in lines if line.reading and line.reading.measure == "coordinated")
        assert figure
        found.append((len(figure.numerator), len(figure.denominator)))
    assert found == [by_sql(told, "coordinated", span), by_sql(told, "coordinated", span, share=40)]
    assert found[0][0] < found[1][0]


def _the_history_keeps_the_lifecycle(told: Office) -> None:
    with told.sessions() as session:
        statuses = dict(session.execute(select(Petition.status, func.count()).group_by(Petition.status)).all())
        wrong = session.scalar(
            select(func.count()).select_from(Referral).where(Referral.answered_at < Referral.accepted_at)
        )
        early = session.scalar(
            text(
                "SELECT count(*) FROM history h JOIN petitions p ON p.id = h.petition_id "
                "WHERE h.happened_at < p.opened_at"
            )
        )
    assert statuses["CONCLUIDA"] > 100
    assert (wrong, early) == (0, 0)


def test_two_years_are_told_once_and_hold(told: Office, tmp_path: Path) -> None:
    """One telling for all that is asked of it: it takes seconds."""
    _the_quarters_report_is_complete_and_each_figure_is_what_sql_counts(told)
    _a_formulas_parameter_is_configuration(told, tmp_path)
    _the_history_keeps_the_lifecycle(told)
    _a_month_of_it_is_what_sql_counts_and_late_data_change_no_frozen_figure(told)
