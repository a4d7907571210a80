"""A municipality's sheet: its own petitions only, what is late is said, no word of a citizen."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from canaliza.reporting import write_town
from intake.accounts.staff import Member
from intake.clock import at, utc_now
from intake.office import Office
from intake.reports.town import read_town
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
