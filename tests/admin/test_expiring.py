"""«Vencimientos» and the colours: what is late is seen, with who has it, since when, and whose it becomes."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from intake.accounts.staff import Member
from intake.clock import at
from intake.database import reading
from intake.office import Office
from intake.terms import expiring
from intake.terms.expiring import Wish, list_expiring
from intake.terms.steps import Colour, Shades, Step, StepTerms, colour_of, find_terms, step_due_on
from intake.terms.timing import Timing
from intake.triage.referrals import accept, answer
from tests.admin.conftest import Case, case_of, refers, says
from tests.staff import Browser

MONDAY = datetime(2027, 3, 1, 16, tzinfo=UTC)  # 10:00 in Oaxaca; due on Tuesday 16th, the 15th being a holiday
WATER = "no hay agua en la colonia Reforma desde hace ocho días"


@contextmanager
def _on(day: int) -> Iterator[None]:
    """That day of March 2027, at ten."""
    with at(MONDAY.replace(day=day)):
        yield


@pytest.fixture
def case(office: Office) -> Case:
    with _on(1):
        return says(office, "c1", WATER)


def _row(page: str, folio: str) -> str:
    """The words of the table's row about that petition, or nothing."""
    row = next((part for part in page.split("<tr>") if f">{folio}</a>" in part), "")
    return " ".join(re.sub(r"<[^>]+>", " ", row).split())


def _sees(browser: Callable[[str], Browser], name: str, day: int, folio: str, query: str = "") -> str:
    with _on(day):
        return _row(browser(name).opens(f"/vencimientos{query}"), folio)


def test_triage_is_green_yellow_red_and_late_by_its_own_term(browser: Callable[[str], Browser], case: Case) -> None:
    assert _sees(browser, "oficial", 1, case.folio) == ""
    assert "mié 3 mar 2027 por vencer queda 1 día hábil" in _sees(browser, "oficial", 2, case.folio)
    assert "urge vence hoy" in _sees(browser, "audita", 3, case.folio)
    late = _sees(browser, "oficial", 5, case.folio)
    assert "Clasificar y turnar La oficina desde lun 1 mar 2027, 10:00" in late
    assert "vencida venció hace 2 días hábiles" in late
    assert late.endswith("Oficina")


def test_what_has_gone_up_is_listed_though_its_date_is_green(office: Office, members: dict[str, Member]) -> None:
    """An administrator may have it go to the office long before it is yellow."""
    with _on(1):
        says(office, "c1", WATER)
        timing = office.jurisdiction.timing
        (held,) = timing.table["colours"]
        early = replace(held, figures={**held.figures, "office": 12})
        then = replace(office.jurisdiction, timing=Timing({**timing.table, "colours": (early,)}))
        with reading(office.sessions) as session:
            for jurisdiction, count in ((office.jurisdiction, 0), (then, 1)):
                told = replace(office, jurisdiction=jurisdiction)
                assert len(list_expiring(session, told, members["oficial"], Wish())[0]) == count


def test_a_referral_goes_up_to_the_head_and_to_the_office(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member], case: Case
) -> None:
    with _on(2):
        referral = refers(office, members["oficial"], case, "SOAPA")
    assert _sees(browser, "enlace-soapa", 3, case.folio).endswith("Quien la tiene")
    assert "Aceptar" in _sees(browser, "enlace-soapa", 3, case.folio)
    assert _sees(browser, "enlace-soapa", 5, case.folio).endswith("Titular de la dependencia")
    with _on(5):
        accept(office, members["enlace-soapa"], referral)
    assert _sees(browser, "enlace-soapa", 8, case.folio) == ""
    assert _sees(browser, "oficial", 9, case.folio).endswith("Quien la tiene")
    assert _sees(browser, "oficial", 11, case.folio).endswith("Titular de la dependencia")
    assert _sees(browser, "oficial", 16, case.folio).endswith("Oficina")
    assert "vencida" in _sees(browser, "oficial", 16, case.folio)


def test_it_is_filtered_by_step_and_agency(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member], case: Case
) -> None:
    with _on(1):
        refers(office, members["oficial"], case, "SOAPA")
        other = says(office, "c2", "el camino a mi pueblo está lleno de hoyos")
    for query, sees in (
        ("?paso=acceptance", [True, False]),
        ("?paso=triage", [False, True]),
        ("?dependencia=SOAPA", [True, False]),
        ("?dependencia=CABIEN", [False, False]),
        ("", [True, True]),
    ):
        assert [bool(_sees(browser, "oficial", 4, one.folio, query)) for one in (case, other)] == sees, query


def test_an_answer_that_did_not_arrive_is_the_offices(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member], case: Case
) -> None:
    with _on(1):
        referral = refers(office, members["oficial"], case, "SOAPA")
        answer(office, members["enlace-soapa"], referral, "Una cuadrilla reparó la fuga el lunes por la tarde.")
    row = _sees(browser, "oficial", 3, case.folio)
    assert "Avisar a la persona La oficina" in row
    assert row.endswith("Oficina")


def test_an_answer_waits_for_its_receipt_beside_a_matter_that_waits_for_triage(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member]
) -> None:
    with _on(1):
        case = says(office, "c1", f"{WATER} y aparte el maestro no viene, en San Pablo Etla")
        fields = {"asunto": case.matter_id, "desde": len(WATER) + 1, "version": case.version}
        browser("oficial").sends(f"/peticiones/{case.folio}/separar", 303, **fields)
        referral = refers(office, members["oficial"], case_of(office, case.folio), "SOAPA")
        answer(office, members["enlace-soapa"], referral, "Una cuadrilla reparó la fuga el lunes por la tarde.")
    assert "Avisar a la persona La oficina" in _sees(browser, "oficial", 5, case.folio, "?paso=notice")
    assert "Clasificar y turnar" in _sees(browser, "oficial", 5, case.folio, "?paso=triage")


def test_more_than_a_thousand_are_not_counted(
    office: Office, browser: Callable[[str], Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expiring, "COUNTED", 2)  # patched: so many petitions would take a minute
    with _on(1):
        folios = [says(office, f"c{number}", WATER).folio for number in range(3)]
    with _on(8):
        page = browser("oficial").opens("/vencimientos")
    assert page.count('class="count">más de 2<') == 2  # of all, and of the step
    assert all(_row(page, folio) for folio in folios)


def test_pages_follow_one_another_and_no_petition_is_on_two(office: Office, browser: Callable[[str], Browser]) -> None:
    with _on(1):
        folios = {says(office, f"c{number}", WATER).folio for number in range(27)}
    with _on(8):
        officer = browser("oficial")
        first = officer.opens("/vencimientos")
        onward = re.search(r'rel="next" href="([^"]+)"', first)
        assert onward
        second = officer.opens(onward[1].replace("&amp;", "&"))
    seen = [{folio for folio in folios if _row(page, folio)} for page in (first, second)]
    assert (len(seen[0]), len(seen[1]), seen[0] | seen[1]) == (25, 2, folios)
    assert 'class="count">27<' in first


def test_inbox_and_queue_say_the_colour_with_a_word(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member], case: Case
) -> None:
    with _on(2):
        assert ">en tiempo</span>" in browser("oficial").opens("/triage")
        refers(office, members["oficial"], case, "SOAPA")
    with _on(4):
        inbox = " ".join(re.sub(r"<[^>]+>", " ", browser("enlace-soapa").opens("/turnos")).split())
    assert "Vence mar 16 mar 2027 en tiempo quedan 7 días hábiles Aceptar (dependencia) jue 4 mar 2027 urge" in inbox


@pytest.mark.parametrize(("left", "colour"), [(5, "green"), (4, "yellow"), (2, "yellow"), (1, "red"), (-1, "late")])
def test_days_left_make_the_colour(left: int, colour: str) -> None:
    assert colour_of(left, Shades(yellow=4, red=1)) == Colour(colour)


def test_the_terms_of_the_day_on_which_a_step_began_hold() -> None:
    old, new = (StepTerms(date(year, 1, 1), dict.fromkeys(Step, year - 2020), "", False) for year in (2024, 2026))
    assert find_terms((old, new), date(2023, 12, 31)) is None
    assert find_terms((old, new), date(2025, 12, 31)) == old
    assert find_terms((old, new), date(2026, 1, 1)) == new
    assert step_due_on((old, new), Step.ANSWER, date(2025, 12, 31), frozenset()) == date(2026, 1, 6)
