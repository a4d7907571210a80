"""Figures of coordination and liaison on both databases: as SQL of its own counts them, open to their rows."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from admin.app import staff_texts
from bot.channels import Channel
from bot.console import Console
from bot.messages import ChannelName
from intake.accounts.staff import Member, NewAccount, Role, add_account
from intake.clock import at
from intake.coordination.mechanisms import MechanismKind, NewMechanism, propose, set_days
from intake.coordination.works import NewWork, WorkKind, make_work, plan_work
from intake.indicators.ledger import read_ledger
from intake.indicators.period import get_period
from intake.indicators.register_rows import name_rows
from intake.indicators.report import measure
from intake.jurisdiction import Jurisdiction
from intake.meetings.agreeing import NewAgreement, agree, drop_agreement, fulfil
from intake.meetings.kinds import Kind
from intake.meetings.planning import Plan, cancel_meeting, hold_meeting, plan_meeting
from intake.office import Office
from intake.reports.quarter import read_quarter
from intake.reports.quarter_forms import quarter_sheets
from intake.settings import Settings
from intake.wiring import build_office
from tests.admin.keyword_reader import keyword_reader
from tests.intake.test_indicators import by_sql

NOON = datetime(2027, 3, 10, 18, tzinfo=UTC)
CUT = date(2027, 4, 8)
EXPECTED = {
    ("C2", "flujo"): (1, 2),
    ("C2", "cohorte"): (1, 2),
    ("C2.A1", "A"): (0, 1),
    ("C2.A2", "A"): (1, 1),
    ("C2.A3", "A"): (1, 1),
    ("C5", "A"): (0, 1),
    ("C5.A1", "A"): (1, 2),
    ("C5.A2", "A"): (1, 2),
    ("C5.A2", "B"): (2, 3),
    ("C6", "A"): (1, 1),
    ("C6.A1", "A"): (2, 2),
    ("C6.A2", "A"): (1, 1),
    ("C6.A3", "A"): (0, 1),
}


@pytest.fixture
def office(database_url: str, jurisdiction: Jurisdiction, tmp_path: Path) -> Iterator[Office]:
    settings = Settings(
        database_url=database_url,
        secret_key="k" * 32,
        files_url=f"file://{tmp_path}/files",
        model_dir=str(tmp_path / "model"),
    )
    mind = keyword_reader(settings.jurisdiction_dir / "places")
    further: dict[ChannelName, Channel] = {ChannelName.CONSOLE: Console()}
    built = build_office(settings, further=further, reader=mind, jurisdiction=jurisdiction)
    yield built
    built.engine.dispose()


@pytest.fixture
def officer(office: Office) -> Member:
    with office.sessions.begin() as session:
        account = NewAccount("oficial", "Oficial", Role.OFFICER, "una frase muy larga", None)
        return Member(
            add_account(session, office.jurisdiction, account).id, "oficial", "Oficial", Role.OFFICER, None, ""
        )


@pytest.fixture
def march(office: Office, officer: Member) -> Office:
    """Political: one held with two points and one agreement that is late, one that was never held, one cancelled."""

    def meets(kind: Kind, points: list[str], day: int = 10) -> int:
        return plan_meeting(office, officer, Plan(kind, kind.value, NOON.replace(day=day), "Oaxaca"), points)

    def agrees(number: int, day: date) -> int:
        return agree(office, officer, number, NewAgreement("Reparar la bomba", day, ["SOAPA"]))

    with at(NOON + timedelta(hours=4)):
        political, social = meets(Kind.POLITICAL, ["a", "b"]), meets(Kind.SOCIAL, ["c"])
        table = meets(Kind.TABLE, ["d"])
        meets(Kind.POLITICAL, ["e"], 20)
        meets(Kind.INFORMATIVE, ["f"], 20)
        cancel_meeting(office, officer, meets(Kind.POLITICAL, ["g"], 21), "Lluvia")
        for number in (political, social, table):
            hold_meeting(office, officer, number)
        agrees(political, date(2027, 3, 20))
        fulfil(office, officer, agrees(social, date(2027, 3, 30)), "Consta en el acta.")
        agrees(table, date(2027, 5, 1))
        drop_agreement(office, officer, agrees(table, date(2027, 3, 25)), "Ya no aplica")
    mechanism = NewMechanism(MechanismKind.MECHANISM, "Mesa de agua", date(2027, 3, 2), ["SOAPA"])
    with at(NOON.replace(month=4)):
        set_days(office, officer, propose(office, officer, mechanism), date(2027, 3, 9), None)
        propose(office, officer, mechanism)
        signed = propose(
            office, officer, NewMechanism(MechanismKind.AGREEMENT, "Convenio", date(2027, 3, 3), (), "CFE")
        )
        set_days(office, officer, signed, date(2027, 3, 4), date(2027, 3, 5))
        plan_work(office, officer, NewWork(WorkKind.ANALYSIS, "Cumplimiento de marzo", date(2027, 3, 31)))
        made = plan_work(office, officer, NewWork(WorkKind.PROPOSAL, "Un solo formato", date(2027, 3, 31), "SOAPA"))
        make_work(office, officer, made, date(2027, 4, 2), "Propone un formato.")
    return office


def test_the_registers_figures_are_those_that_sql_counts(march: Office) -> None:
    with march.sessions() as session:
        ledger = read_ledger(session, march, get_period("2027-03"), CUT)
    ways = [(one.id, way) for one in march.matrix.indicators for way in one.readings]
    own = [(id_, way) for id_, way in ways if (id_, way.key) in EXPECTED]
    found = {(id_, way.key): measure(ledger, march.matrix, way) for id_, way in own}
    assert {by: (len(one.numerator), len(one.denominator)) for by, one in found.items()} == EXPECTED
    assert {(id_, way.key): by_sql(march, way.measure) for id_, way in own} == EXPECTED


def test_a_figure_opens_down_to_the_meetings_and_agreements_behind_it(march: Office) -> None:
    with march.sessions() as session:
        ledger = read_ledger(session, march, get_period("2027-T1"), CUT)
        way = march.matrix.get("C6").get_reading("A")
        rows = name_rows(session, map(str, measure(ledger, march.matrix, way).numerator))
        assert [(row.name, row.path) for row in rows] == [("Reparar la bomba", "/acuerdos/2")]
        keys = "mecanismo-1 punto-1 reunion-1 trabajo-1 trabajo-99 nada".split()
        assert [row.path for row in name_rows(session, keys)] == [
            "/coordinacion#mecanismo-1",
            "/reuniones/1#agenda",
            "/reuniones/1",
            "/coordinacion#trabajo-1",
        ]


def test_the_quarters_report_has_them_with_their_rows(march: Office) -> None:
    report = read_quarter(march, get_period("2027-T1"), CUT)
    sizes = {
        (line.indicator.id, line.reading.key): (len(line.figure.numerator), len(line.figure.denominator))
        for line in report.lines
        if line.reading and line.figure
    }
    assert {by: sizes[by] for by in EXPECTED} == EXPECTED
    rows = list(quarter_sheets(report, staff_texts(march))[2].rows)
    assert ["C6", "Cumplidos con evidencia entre los que vencen en el periodo", "Numerador", "acuerdo-2"] in [
        list(row[:4]) for row in rows
    ]
