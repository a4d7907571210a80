"""A municipality's sheet: its own petitions only, what is late is said, no word of a citizen."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from admin.app import staff_texts
from canaliza.reporting import write_town
from intake.accounts.staff import Member
from intake.alerts.watching import watch
from intake.clock import at, utc_now
from intake.meetings.agreeing import NewAgreement, agree, fulfil
from intake.meetings.kinds import Kind
from intake.meetings.planning import Plan, hold_meeting, plan_meeting
from intake.office import Office
from intake.reports.town import read_town
from intake.reports.town_form import town_paper
from intake.tables.petitions import Petition
from intake.triage.marks import today_at
from tests.admin.conftest import Case, refers, says
from tests.staff import Browser

XOXO = "20385"  # Santa Cruz Xoxocotlán
WATER = "no hay agua en la calle Pinos de Santa Cruz Xoxocotlán desde hace ocho días"


def _figure(page: str, words: str) -> str:
    return page.split(f"</b> <span>{words}")[0].rpartition("<b>")[2]


def test_a_sheet_tells_of_its_own_municipality(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member], case: Case
) -> None:
    ours, sent = says(office, "c7", WATER), says(office, "c8", WATER)
    with office.sessions() as session:
        assert session.scalar(select(Petition.municipality).where(Petition.folio == ours.folio)) == XOXO
    refers(office, members["oficial"], sent, "SOAPA")
    page = browser("oficial").opens(f"/municipios/{XOXO}")
    assert ours.folio in page
    assert sent.folio in page
    assert case.folio not in page
    assert "calle Pinos" not in page
    assert office.jurisdiction.name_agency("SOAPA") in page
    assert (_figure(page, "recibidas"), _figure(page, "en trámite"), _figure(page, "vencidas")) == ("2", "2", "0")
    with at(utc_now() + timedelta(days=40)):
        late = browser("oficial").opens(f"/municipios/{XOXO}")
    assert _figure(late, "vencidas") == "2"
    with at(utc_now() + timedelta(days=800)):
        assert ours.folio not in browser("oficial").opens(f"/municipios/{XOXO}")


def test_what_was_agreed_on_there_and_is_not_done_stands_on_page_and_paper(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member]
) -> None:
    officer, now = members["oficial"], utc_now()
    assert "No hay acuerdos por cumplir" in browser("oficial").opens(f"/municipios/{XOXO}")
    for town, what in ((XOXO, "Reparar la bomba"), (XOXO, "Pintar el tanque"), ("20067", "Abrir la clínica")):
        number = plan_meeting(office, officer, Plan(Kind.TABLE, "Mesa del agua", now, "Casa del pueblo", town))
        hold_meeting(office, officer, number)
        agree(office, officer, number, NewAgreement(what, today_at(office), ["SOAPA"]))
    fulfil(office, officer, 2, "El tanque se pintó; consta en el acta.")
    with at(now + timedelta(days=3)):
        page = browser("oficial").opens(f"/municipios/{XOXO}").split("Acuerdos por cumplir")[1]
        sheet = read_town(office, XOXO, today_at(office))
    paper = town_paper(sheet, staff_texts(office), "")
    ((row,),) = [one.table.rows for one in paper.sections if one.heading == "Acuerdos por cumplir" and one.table]
    for words in ("Reparar la bomba", office.jurisdiction.name_agency("SOAPA"), "Mesa del agua", "Vencido"):
        assert words in page
        assert words in " ".join(row)
    assert "Pintar el tanque" not in page
    assert "Abrir la clínica" not in page


def test_a_sheet_says_what_was_asked_for_by_topic_and_nothing_of_the_reserved(
    office: Office, browser: Callable[[str], Browser]
) -> None:
    ours = [says(office, f"c{number}", WATER) for number in (7, 8, 9)]
    with office.sessions.begin() as session:
        session.scalars(select(Petition).where(Petition.folio == ours[2].folio)).one().is_sensitive = True
    assert [(name, own.received) for name, own in read_town(office, XOXO, today_at(office)).topics] == [(None, 2)]
    assert "Todavía sin tema" in browser("oficial").opens(f"/municipios/{XOXO}")
    watch(office, utc_now())
    sheet = read_town(office, XOXO, today_at(office))
    assert [(name, own.received, own.open) for name, own in sheet.topics] == [("Agua potable", 2, 2)]
    page = browser("oficial").opens(f"/municipios/{XOXO}").split("Qué pidió la gente")[1]
    assert "Agua potable" in page.split("</section>")[0]
    (topics,) = [one for one in town_paper(sheet, staff_texts(office), "").sections if one.heading.startswith("Qué")]
    assert topics.table
    assert topics.table.rows == [["Agua potable", "2", "0", "2", "0"]]


def test_the_sheet_is_a_paper_too(office: Office, browser: Callable[[str], Browser], tmp_path: Path) -> None:
    says(office, "c7", WATER)
    officer = browser("oficial")
    assert officer.client.get(f"/municipios/{XOXO}/ficha.pdf").content.startswith(b"%PDF-")
    write_town(office, XOXO, tmp_path / "ficha.pdf")
    assert (tmp_path / "ficha.pdf").read_bytes().startswith(b"%PDF-")
    officer.opens("/municipios/99999", 404)
    browser("estadistica").opens(f"/municipios/{XOXO}", 403)


def test_a_reserved_petitions_agency_is_not_told(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member]
) -> None:
    """Its name may say what the petition is about, and the sheet lies on tables."""
    case = says(office, "c7", WATER)
    refers(office, members["oficial"], case, "SOAPA")
    with office.sessions.begin() as session:
        session.scalars(select(Petition).where(Petition.folio == case.folio)).one().is_sensitive = True
    (due,) = read_town(office, XOXO, today_at(office)).due
    assert (due.folio, due.agencies) == (case.folio, ())
    row = browser("oficial").opens(f"/municipios/{XOXO}").split(case.folio)[-1].split("</tr>")[0]
    assert "reservada" in row
    assert office.jurisdiction.name_agency("SOAPA") not in row
