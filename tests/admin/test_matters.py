"""Several matters in one petition: proposed, parted by an officer, decided one after the other under one folio."""

from collections.abc import Callable

from intake.office import Office
from intake.petitions.case import get_petition, list_matters
from intake.petitions.states import Status
from intake.tables.petitions import Matter
from tests.admin.conftest import Case, says
from tests.staff import Browser

TWO = "no hay agua en la colonia Reforma y aparte el maestro no viene, en San Pablo Etla"
FIRST, SECOND = "no hay agua en la colonia Reforma", "y aparte el maestro no viene, en San Pablo Etla"


def _matters(office: Office, case: Case) -> list[Matter]:
    with office.sessions() as session:
        return list_matters(get_petition(session, case.folio))


def _version(office: Office, case: Case) -> int:
    with office.sessions() as session:
        return get_petition(session, case.folio).version


def _part(office: Office, browser: Browser, case: Case, expected: int = 303, **fields: str | int) -> str:
    values = {"asunto": case.matter_id, "desde": TWO.index("y aparte"), "version": _version(office, case)}
    return browser.sends(f"/peticiones/{case.folio}/separar", expected, **{**values, **fields})


def test_a_text_about_two_things_is_proposed_as_two_matters(office: Office, browser: Callable[[str], Browser]) -> None:
    officer = browser("oficial")
    folio = says(office, "c1", TWO).folio
    shown = officer.opens(f"/peticiones/{folio}")
    assert "Parece contar 2 asuntos" in shown
    assert "Entendimos: parecen varios asuntos, para Sistema Operador" in shown
    assert "Instituto Estatal de Educación Pública de Oaxaca" in shown.split('class="parts"')[1].split("</form>")[0]
    other = says(office, "c2", "no hay agua en San Pablo Etla")
    assert "Parece contar" not in officer.opens(f"/peticiones/{other.folio}")
    assert "data-part" not in browser("audita").opens(f"/peticiones/{folio}")


def test_parted_matters_are_decided_one_after_the_other(office: Office, browser: Callable[[str], Browser]) -> None:
    officer, case = browser("oficial"), says(office, "c1", TWO)
    assert _part(office, officer, case) == f"/peticiones/{case.folio}"
    first, second = _matters(office, case)
    assert (first.text, second.text) == (FIRST, SECOND)
    page = f"/peticiones/{case.folio}"
    assert "separó la petición en varios asuntos" in officer.opens(page)
    for matter, agency, then in ((first, "SOAPA", page), (second, "IEEPO", "/triage")):
        fields = {"agencia": agency, "asunto": matter.id, "version": _version(office, case)}
        assert officer.sends(f"{page}/turnar", **fields) == then
    assert [m.status for m in _matters(office, case)] == [Status.TURNADA, Status.TURNADA]
    assert [m.agency for m in _matters(office, case)] == ["SOAPA", "IEEPO"]


def test_one_reserved_matter_keeps_all_of_its_petition_reserved(
    office: Office, browser: Callable[[str], Browser]
) -> None:
    """Its answer would leave for a chat that others read, once the other matter was decided."""
    officer, case = browser("oficial"), says(office, "c1", TWO)
    _part(office, officer, case)
    first, second = _matters(office, case)
    for matter, agency in ((first, "MUJERES"), (second, "IEEPO")):
        fields = {"agencia": agency, "asunto": matter.id, "version": _version(office, case)}
        officer.sends(f"/peticiones/{case.folio}/turnar", **fields)
        with office.sessions() as session:
            assert get_petition(session, case.folio).is_sensitive, agency


def test_the_queue_shows_the_matter_that_waits(office: Office, browser: Callable[[str], Browser]) -> None:
    officer, case = browser("oficial"), says(office, "c1", TWO)
    _part(office, officer, case)
    fields = {"agencia": "SOAPA", "asunto": case.matter_id, "version": _version(office, case)}
    officer.sends(f"/peticiones/{case.folio}/turnar", **fields)
    queue = officer.opens("/triage")
    assert case.folio in queue
    assert "el maestro no viene" in queue
    assert "no hay agua" not in queue


def test_what_a_citizen_adds_later_changes_no_parted_matter(office: Office, browser: Callable[[str], Browser]) -> None:
    case = says(office, "c1", TWO)
    _part(office, browser("oficial"), case)
    says(office, "c1", "es en la agencia de Santiago Etla")
    assert [matter.text for matter in _matters(office, case)] == [FIRST, SECOND]


def test_a_petition_cannot_be_parted_where_nothing_would_be_left(
    office: Office, browser: Callable[[str], Browser]
) -> None:
    officer, case = browser("oficial"), says(office, "c1", TWO)
    for starts in (0, len(TWO), len(TWO) + 50):
        _part(office, officer, case, 404, desde=starts)
    _part(office, officer, case, 404, asunto=10_000)
    _part(office, officer, case, 409, version=0)
    _part(office, browser("audita"), case, 403)
    assert len(_matters(office, case)) == 1


def test_what_cannot_wait_goes_first(office: Office, browser: Callable[[str], Browser]) -> None:
    urgent = says(office, "c1", "mi bebé necesita suero y no hay agua en San Pablo Etla")
    says(office, "c2", "no hay agua en San Pablo Etla")
    officer = browser("oficial")
    queue = officer.opens("/triage")
    assert queue.index(urgent.folio) < queue.index("no hay agua en San Pablo Etla")
    assert "vio que puede urgir hoy" in officer.opens(f"/peticiones/{urgent.folio}")
