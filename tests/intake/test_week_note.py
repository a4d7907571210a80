"""The week's note: its own week beside the one before, and what agencies owe at the cut."""

from datetime import date
from pathlib import Path

import pytest

from canaliza.reporting import write_week
from intake.errors import NotFound
from intake.office import Office
from intake.reports.week import Debt, last_week, read_week, week_of
from tests.intake.test_indicators import Life, lived_march

CUT = date(2027, 4, 8)


@pytest.fixture
def march(office: Office) -> Life:
    return lived_march(office)


def test_a_week_is_counted_beside_the_one_before(march: Life) -> None:
    first, second = (read_week(march.office, week_of(date(2027, 3, day)), CUT) for day in (4, 8))
    assert (first.week.first, first.week.last) == (date(2027, 3, 1), date(2027, 3, 7))
    flow = first.now
    assert (flow.received, flow.told, flow.emergencies, flow.referrals) == (6, 2, 1, 3)
    assert (first.before.received, first.before.referrals) == (0, 0)
    assert second.before == flow
    assert (second.now.received, second.now.referrals) == (0, 1)
    assert first.towns == [("Santa Cruz Xoxocotlán", 6, 0)]


def test_what_agencies_owe_is_as_it_is_at_the_cut(march: Life) -> None:
    name = march.office.jurisdiction.name_agency
    note = read_week(march.office, last_week(CUT), CUT)
    assert {(one.agency, one.open, one.late) for one in note.debts} == {
        (name("SEGO"), 1, 1),
        (name("MUNICIPIO"), 1, 1),
        (name("CABIEN"), 1, 0),
    }
    assert note.debts[-1] == Debt(name("CABIEN"), 1, 0, 1)


def test_a_week_is_monday_to_sunday_and_the_last_one_is_over() -> None:
    for day in range(5, 12):
        assert (last_week(date(2027, 4, day)).first, last_week(date(2027, 4, day)).last) == (
            date(2027, 3, 29),
            date(2027, 4, 4),
        )


def test_the_command_writes_a_paper(march: Life, tmp_path: Path) -> None:
    write_week(march.office, "2020-03-04", tmp_path / "note.pdf")
    assert (tmp_path / "note.pdf").read_bytes().startswith(b"%PDF-")
    for day in ("ayer", "2150-01-01"):
        with pytest.raises(NotFound):
            write_week(march.office, day, tmp_path / "x.pdf")
