"""Figures that others publish, on both databases: the newest of a year counts, what is refused, where they are told."""

import io
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from rich.console import Console
from sqlalchemy import func, select

from admin.app import staff_texts
from canaliza.indicating import bring_published
from intake.accounts.staff import Member, NewAccount, Role, add_account
from intake.audit.trail import Act
from intake.clock import at
from intake.database import reading
from intake.errors import FormRefused, NotAllowed
from intake.indicators.period import get_period
from intake.indicators.published import NewValue, Published, bring_values, list_published, note_value
from intake.indicators.report import as_csv, report
from intake.office import Office
from intake.reports.quarter import read_quarter
from intake.reports.quarter_forms import quarter_paper, quarter_sheets
from intake.tables.audit import AuditWaiting
from intake.tables.calendar import PublishedValue

SERIES, WHERE = "encig_coordinacion", "ENCIG 2023, INEGI, tabulado 2.1"
NOW = datetime(2027, 4, 8, 18, tzinfo=UTC)
TABLE = f'Serie,Año,Valor,Fuente\n{SERIES},2021,31.4,ENCIG 2021\n{SERIES},2023,29.8 %,"{WHERE}"\n'


def _member(office: Office, role: Role = Role.ADMINISTRATOR) -> Member:
    with office.sessions.begin() as session:
        account = NewAccount(role.value, role.value, role, "una frase muy larga")
        added = add_account(session, office.jurisdiction, account)
        return Member(added.id, added.username, added.name, role, None, "")


def _values(office: Office, upto: int = 2027) -> Sequence[Published]:
    with reading(office.sessions) as session:
        return list_published(session, upto).get(SERIES, ())


def _told(office: Office, upto: int = 2027) -> list[tuple[int, float]]:
    return [(one.year, one.value) for one in _values(office, upto)]


def _rows(office: Office) -> int:
    with reading(office.sessions) as session:
        return session.scalar(select(func.count()).select_from(PublishedValue)) or 0


def test_the_newest_of_a_year_counts_and_what_was_written_before_stays_in_the_table(office: Office) -> None:
    member = _member(office)
    with at(NOW):
        for year, value in (("2023", "28"), ("2021", "31,4"), ("2023", "29.8 %")):
            note_value(office, member, NewValue(SERIES, year, value, WHERE))
        assert _told(office) == [(2021, 31.4), (2023, 29.8)]
        assert _told(office, upto=2022) == [(2021, 31.4)]
        note_value(office, member, NewValue(SERIES, "2021", "", "se anotó por error"))
    assert _told(office) == [(2023, 29.8)]
    assert _rows(office) == 4
    with reading(office.sessions) as session:
        noted = select(AuditWaiting.data).where(AuditWaiting.act == Act.PUBLISHED_NOTED.value).order_by(AuditWaiting.id)
        assert session.scalars(noted).all()[-1] == {"series": SERIES, "year": 2021, "value": None}


@pytest.mark.parametrize(
    ("new", "fault"),
    [
        (NewValue("otra", "2023", "29", WHERE), "series"),
        (NewValue("", "2023", "29", WHERE), "series"),
        (NewValue(SERIES, "2028", "29", WHERE), "year"),
        (NewValue(SERIES, "²", "29", WHERE), "year"),
        (NewValue(SERIES, "2023", "101", WHERE), "value"),
        (NewValue(SERIES, "2023", "nan", WHERE), "value"),
        (NewValue(SERIES, "2023", "mucho", WHERE), "value"),
        (NewValue(SERIES, "2023", "29", " "), "source"),
    ],
)
def test_what_is_no_figure_is_refused(office: Office, new: NewValue, fault: str) -> None:
    with at(NOW), pytest.raises(FormRefused) as refused:
        note_value(office, _member(office), new)
    assert refused.value.fault == fault


def test_a_table_comes_in_whole_or_not_at_all(office: Office) -> None:
    member, wrong = _member(office), TABLE + f"{SERIES},2025,120,ENCIG 2025\n"
    with at(NOW):
        with pytest.raises(FormRefused):
            bring_values(office, member, lambda: io.BytesIO(wrong.encode()))
        assert _told(office) == []
        assert bring_values(office, member, lambda: io.BytesIO(TABLE.encode())) == 2
        with pytest.raises(FormRefused) as refused:
            bring_values(office, member, lambda: io.BytesIO(TABLE.replace("Fuente", "Nota").encode()))
    assert refused.value.fault == "missing"
    assert _told(office) == [(2021, 31.4), (2023, 29.8)]


def test_nobody_else_writes_one_down(office: Office) -> None:
    with pytest.raises(NotAllowed):
        note_value(office, _member(office, Role.OFFICER), NewValue(SERIES, "2023", "29", WHERE))


def test_the_quarters_report_tells_the_newest_one_with_its_year_and_source(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "encig.csv"
    file.write_text(TABLE, "utf-8")
    with at(NOW):
        bring_published(office, file, Console(quiet=True))
    period, texts = get_period("2027-T1"), staff_texts(office)
    told = read_quarter(office, period, date(2027, 4, 8))
    rows = {str(row[0]): list(row) for row in quarter_sheets(told, texts)[0].rows}
    for indicator in ("FIN", "P.1"):
        assert rows[indicator][8] == 29.8
        assert rows[indicator][10:12] == ["dato publicado de 2023", WHERE]
    grid = quarter_paper(told, texts, "Jefatura").sections[0].table
    assert grid
    assert [list(row) for row in grid.rows] == [["2021", "31.4 %", "ENCIG 2021"], ["2023", "29.8 %", WHERE]]
    with reading(office.sessions) as session:
        lines = report(session, office, office.matrix, period, date(2027, 4, 8))
    assert f'29.80,,,,,,bienal,Externo,"ENCIG, INEGI 2023: {WHERE}"' in as_csv(period, lines)
