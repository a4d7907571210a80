"""«Importar» and «Exportar» at the form: from the file over the trial to the petitions, and back."""

from collections.abc import Callable

from sqlalchemy import update

from admin.app import staff_texts
from intake.carrying.exports import prepare_once
from intake.carrying.leases import TRIES_MAX
from intake.carrying.stepping import work_once
from intake.office import Office
from intake.tables.carrying import Export, Import
from tests.staff import Browser

ROWS = (
    "Folio,Fecha,Asunto,Dependencia,Municipio\n"
    "A-1,05/03/2023,Pide agua para la colonia,Aguas de Algo,Oaxaca de Juárez\n"
    "A-2,06/03/2023,Pide una barda,,un lugar sin nombre\n"
)


def test_an_administrator_maps_tries_brings_and_takes_back(office: Office, browser: Callable[[str], Browser]) -> None:
    boss, texts = browser("administra"), staff_texts(office)
    where = _sends(boss, "registro.csv", ROWS.encode())
    columns = {"col-folio": "Folio", "col-received": "Fecha", "col-text": "Asunto"}
    further = {"col-agency": "Dependencia", "col-municipality": "Municipio"}
    assert '<option value="Fecha" selected>' in boss.opens(where)
    assert "Diga qué columnas" in boss.sends(f"{where}/columnas", 422, **{**columns, "col-text": ""})
    boss.sends(f"{where}/columnas", 303, **columns, **further)
    assert 'hx-trigger="every 2s"' in boss.opens(f"{where}/avance")
    assert work_once(office, texts)
    page = boss.opens(where)
    assert "«Aguas de Algo»" in page
    assert "«un lugar sin nombre»" in page
    assert boss.client.get(f"{where}/avance").headers["HX-Refresh"] == "true"
    said = {
        "palabra-agency-0": "Aguas de Algo",
        "vale-agency-0": "SOAPA",
        "palabra-municipality-0": "un lugar sin nombre",
        "vale-municipality-0": "xoxocotlan",
    }
    boss.sends(f"{where}/columnas", 303, **columns, **further, **said)
    assert work_once(office, texts)
    assert "Lo que no se reconoció" not in boss.opens(where)
    assert boss.client.get(f"{where}/ensayo.csv").text.count("entra") == 3  # and the column's name
    boss.sends(f"{where}/traer")
    assert work_once(office, texts)
    folio = boss.client.get(f"{where}/folios.csv").text.splitlines()[1].split(",")[2]
    assert "Folio anterior: A-1" in boss.opens(f"/peticiones/{folio}")
    assert "Registro anterior" in boss.opens(f"/peticiones/{folio}")
    boss.sends(f"{where}/deshacer", 422)
    boss.sends(f"{where}/deshacer", 303, confirmo="si")
    assert work_once(office, texts)
    assert "Deshecha" in boss.opens(where)
    boss.opens(f"/peticiones/{folio}", 404)


def test_what_was_given_up_says_after_which_row_and_goes_on_when_asked(
    office: Office, browser: Callable[[str], Browser]
) -> None:
    boss, texts = browser("administra"), staff_texts(office)
    where = _sends(boss, "registro.csv", ROWS.encode())
    columns = {"col-folio": "Folio", "col-received": "Fecha", "col-text": "Asunto"}
    boss.sends(f"{where}/columnas", 303, **columns)
    assert work_once(office, texts)
    boss.sends(f"{where}/traer")
    with office.sessions.begin() as session:
        session.execute(update(Import).values(tries=TRIES_MAX))  # as after three processes that were killed
    assert work_once(office, texts)
    page = boss.opens(where)
    assert "Detenida" in page
    assert "Se detuvo después del renglón 0" in page
    assert "Deshacer" in page
    boss.sends(f"{where}/reintentar")
    boss.sends(f"{where}/reintentar", 409)
    assert work_once(office, texts)
    assert "Terminada" in boss.opens(where)


def test_what_is_no_table_is_said_and_a_file_is_discarded(browser: Callable[[str], Browser]) -> None:
    boss = browser("administra")
    assert "No se pudo leer como libro" in _sends(boss, "a.xlsx", b"PK\x03\x04rubbish", 422)
    where = _sends(boss, "registro.csv", ROWS.encode())
    assert boss.sends(f"{where}/descartar") == "/importar"
    boss.sends(f"{where}/traer", 409)


def test_an_export_is_asked_for_and_taken(office: Office, browser: Callable[[str], Browser]) -> None:
    boss = browser("administra")
    boss.sends("/exportar")
    boss.opens("/exportar/1.zip", 404)
    assert prepare_once(office)
    assert boss.client.get("/exportar/1.zip").content.startswith(b"PK")
    trail = boss.opens("/bitacora")
    assert "pidió una exportación completa" in trail
    assert "descargó una exportación completa" in trail
    boss.sends("/exportar")
    with office.sessions.begin() as session:
        session.execute(update(Export).where(Export.id == 2).values(tries=TRIES_MAX))
    assert prepare_once(office)
    assert "Falló tres veces seguidas" in boss.opens("/exportar")


def _sends(boss: Browser, name: str, content: bytes, expected: int = 303) -> str:
    files = {"archivo": (name, content, "text/csv")}
    answer = boss.client.post("/importar", data={"csrf": boss.token()}, files=files)
    assert answer.status_code == expected
    return answer.headers.get("location") or answer.text
