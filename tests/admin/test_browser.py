"""The staff app in Debian's Chromium: keys of the triage page, the answer's preview, and what axe says of each page."""

import os
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Literal
from zlib import crc32

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

from admin.app import build_app, staff_texts
from intake.accounts.staff import Member
from intake.answers.drafts import put_in
from intake.answers.templates import save_template
from intake.carrying.exports import ask_export
from intake.carrying.imports import begin_import, get_import, map_columns
from intake.carrying.stepping import work_once
from intake.clock import utc_now
from intake.erasing.blocking import Acceptance
from intake.erasing.blocking import accept as accept_cancellation
from intake.meetings.agreeing import NewAgreement, agree
from intake.meetings.attending import Arrived, note_attendee
from intake.meetings.kinds import Kind, Sector
from intake.meetings.planning import Plan, hold_meeting, plan_meeting
from intake.office import Office
from intake.petitions.case import get_petition, list_matters
from intake.petitions.contingencies import Draft, declare
from intake.petitions.states import Status
from intake.rules.drafts import begin_draft
from intake.systems.hooks import set_hook
from intake.systems.telling import claim_due, settle
from intake.systems.tokens import NewSystem, Scope, make_system
from intake.tables.petitions import ReferralCopy
from intake.triage.consulting import consult
from tests.admin.alarming import alarm
from tests.admin.conftest import Case, refers, says
from tests.staff import PASSWORD
from tests.talk import Talk
from tests.voice_notes import add_voice_note

pytestmark = pytest.mark.browser
WIDTHS = (375, 1280)
ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
# A refused form, and what Chromium and htmx say of a connection that a test has cut.
EXPECTED = ("401", "409", "422", "ERR_FAILED", "htmx:afterRequest", "htmx:sendError")
WATER = "no hay agua en la colonia Reforma desde hace ocho días"
ROAD = "el camino está lleno de hoyos"
DANGER = "mi marido me quiere matar"


@pytest.fixture
def address(office: Office) -> Iterator[str]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        with serving(office, listening) as address:
            yield address


@contextmanager
def serving(office: Office, listening: socket.socket) -> Iterator[str]:
    """The staff app at a port that is bound already."""
    server = uvicorn.Server(uvicorn.Config(build_app(office), log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def width(request: pytest.FixtureRequest) -> int:
    """A telephone's or a desk's, by the test's name, so that half of the tests see each; `CANALIZA_TEST_WIDTH` decides
    otherwise. What must hold at both is parametrized with them."""
    chosen = WIDTHS[crc32(request.node.name.encode()) % len(WIDTHS)]
    return int(os.environ.get("CANALIZA_TEST_WIDTH", chosen))


@pytest.fixture
def tab(address: str, width: int) -> Iterator[Page]:
    """A page of a browser of that width, in the dark scheme on the narrow one; it must not log an error."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        scheme: Literal["dark", "light"] = "dark" if width < 1000 else "light"
        page = browser.new_page(base_url=address, viewport={"width": width, "height": 850}, color_scheme=scheme)
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        yield page
        browser.close()
        assert [fault for fault in faults if not any(known in fault for known in EXPECTED)] == []


def _says(office: Office, address: str, text: str) -> Case:
    """In a thread of its own: Playwright keeps an event loop in this one, and the sender starts another."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(says, office, address, text).result()


def _logs_in(tab: Page, name: str) -> None:
    tab.goto("/login")
    tab.get_by_label("Usuario").fill(name)
    tab.get_by_label("Contraseña").fill(PASSWORD)
    tab.get_by_role("button", name="Entrar").click()
    tab.wait_for_url(lambda url: "/login" not in url)


def _opens(tab: Page, folio: str) -> None:
    tab.goto(f"/peticiones/{folio}")
    tab.wait_for_selector("body[data-keys=ready]")


def _moves_on(tab: Page, folio: str) -> str:
    """The notice that stands on the page after that petition's."""
    tab.wait_for_url(lambda url: folio not in url)
    tab.wait_for_selector("body[data-keys=ready]")
    return tab.locator(".notice").inner_text()


def _outcome(office: Office, folio: str) -> tuple[str, str | None]:
    with office.sessions() as session:
        petition = get_petition(session, folio)
        return petition.status, list_matters(petition)[0].agency


def test_one_key_sends_the_referral_and_shows_the_next(office: Office, members: dict[str, Member], tab: Page) -> None:
    cases = [_says(office, f"c{number}", WATER) for number in range(4)]
    first, second, third, fourth = (case.folio for case in cases)
    _logs_in(tab, "oficial")
    _opens(tab, first)
    tab.keyboard.press("Enter")
    assert f"{first}: turnada a Sistema Operador" in _moves_on(tab, first)
    tab.keyboard.press("2")
    assert f"{second}: remitida a Ayuntamiento" in _moves_on(tab, second)
    tab.keyboard.press("/")
    tab.keyboard.type("guelaguetza")
    tab.keyboard.press("Enter")
    assert f"{third}: turnada a Secretaría de las Culturas" in _moves_on(tab, third)
    assert fourth in tab.url
    assert _outcome(office, first) == (Status.TURNADA, "SOAPA")
    assert _outcome(office, second) == (Status.REMITIDA, "MUNICIPIO")
    assert _outcome(office, third) == (Status.TURNADA, "SECULTA")


def test_keys_are_shown_skip_and_leave_a_text_alone(office: Office, members: dict[str, Member], tab: Page) -> None:
    older, newer = _says(office, "c1", ROAD).folio, _says(office, "c2", WATER).folio
    _logs_in(tab, "oficial")
    _opens(tab, newer)
    tab.keyboard.press("?")
    assert tab.get_by_role("dialog").is_visible()
    tab.keyboard.press("2")
    tab.keyboard.press("Escape")
    tab.get_by_label("Motivo, si corrige").fill("1")
    tab.keyboard.press("Enter")
    tab.keyboard.press("n")
    tab.get_by_label("Motivo, si corrige").blur()
    tab.keyboard.press("n")
    tab.wait_for_url(lambda url: older in url)
    assert _outcome(office, newer) == (Status.RECIBIDA, None)


def test_a_decision_is_taken_back_with_one_key(office: Office, members: dict[str, Member], tab: Page) -> None:
    older, newer = _says(office, "c1", ROAD).folio, _says(office, "c2", WATER).folio
    _logs_in(tab, "oficial")
    _opens(tab, newer)
    tab.keyboard.press("2")
    tab.wait_for_url(lambda url: older in url)
    tab.wait_for_selector("body[data-keys=ready]")
    assert _findings(tab, "a page with «Deshacer»") == []
    tab.keyboard.press("u")
    tab.wait_for_url(lambda url: newer in url)
    assert "volvió a triage" in tab.locator(".notice").inner_text()
    assert tab.locator("form[data-undo]").count() == 0
    assert _outcome(office, newer) == (Status.CLASIFICADA, None)


def test_the_answer_is_previewed_while_it_is_written(office: Office, members: dict[str, Member], tab: Page) -> None:
    referral = refers(office, members["oficial"], _says(office, "c1", WATER), "SOAPA")
    _logs_in(tab, "enlace-soapa")
    tab.goto(f"/turnos/{referral}")
    tab.get_by_label("Respuesta de la dependencia").press_sequentially("La fuga quedó reparada el martes.")
    tab.wait_for_selector(".bubble")
    assert "La fuga quedó reparada el martes." in tab.locator(".bubble").first.inner_text()
    assert "33 de 6,000 caracteres." in tab.locator("#respuesta-cuenta").inner_text()
    tab.get_by_role("button", name="Enviar la respuesta").click()
    tab.wait_for_url(lambda url: url.endswith("/turnos"))
    assert "Respuesta enviada" in tab.locator(".notice").inner_text()


def test_a_voice_note_is_heard_faster_and_written_down(
    office: Office, members: dict[str, Member], tab: Page, tmp_path: Path
) -> None:
    case = _says(office, "c1", ROAD)
    note = add_voice_note(office, case.folio, tmp_path)
    _logs_in(tab, "oficial")
    _opens(tab, case.folio)
    tab.get_by_role("button", name="1.5×").click()
    assert tab.evaluate("document.querySelector('audio').playbackRate") == 1.5
    tab.get_by_role("button", name="Entrar a la plática").click()
    field = tab.get_by_label("Lo que dice la nota")
    field.fill("no hay")
    Talk(office, "c1").says("es la calle Violetas")
    tab.locator(".said", has_text="es la calle Violetas").wait_for()
    assert field.input_value() == "no hay"
    field.fill(WATER)
    tab.get_by_role("button", name="Guardar lo que dice").click()
    tab.locator(f"#nota-{note}", has_text="según Persona oficial").wait_for()
    assert "no hay agua" in tab.locator(".matter-text").inner_text()
    assert _findings(tab, "note") == []


def test_two_people_talk_on_the_page(office: Office, members: dict[str, Member], tab: Page) -> None:
    case = _says(office, "c1", WATER)
    _logs_in(tab, "oficial")
    _opens(tab, case.folio)
    tab.get_by_role("button", name="Entrar a la plática").click()
    tab.get_by_label("Escribir a la persona").fill("Buenas tardes, soy Laura.")
    tab.get_by_role("button", name="Enviar", exact=True).click()
    tab.locator(".told", has_text="soy Laura").wait_for()
    tab.get_by_label("Escribir a la persona").fill("Todavía no lo mando")
    Talk(office, "c1").says("es en la calle Violetas")
    tab.locator(".said", has_text="es en la calle Violetas").wait_for()
    assert tab.get_by_label("Escribir a la persona").input_value() == "Todavía no lo mando"
    assert _findings(tab, "talk") == []
    tab.get_by_role("button", name="Salir de la plática").click()
    tab.get_by_role("button", name="Entrar a la plática").wait_for()


def test_a_datum_is_asked_and_its_answer_is_seen(office: Office, members: dict[str, Member], tab: Page) -> None:
    case = _says(office, "c1", WATER)
    referral = refers(office, members["oficial"], case, "SOAPA")
    _logs_in(tab, "enlace-soapa")
    tab.goto(f"/turnos/{referral}")
    tab.get_by_text("Pedir un dato a la persona").click()
    tab.get_by_label("Su pregunta").fill("¿En qué calle está su casa?")
    tab.get_by_role("button", name="Enviar la pregunta").click()
    tab.wait_for_selector(".notice")
    assert "Pregunta enviada" in tab.locator(".notice").inner_text()
    assert tab.locator(".head .flag-datum-asked").inner_text() == "Espera un dato"
    Talk(office, "c1").works()
    Talk(office, "c1").says("es en la calle Hidalgo, la casa azul")
    tab.goto("/turnos")
    tab.get_by_role("link", name="Llegó el dato 1").click()
    tab.get_by_role("link", name=case.folio).click()
    assert "la casa azul" in tab.locator("li.said", has_text="Contesta a la dependencia").inner_text()
    assert _findings(tab, "a referral with a datum") == []


def test_a_return_names_the_agency_that_triage_offers_first(
    office: Office, members: dict[str, Member], tab: Page
) -> None:
    case = _says(office, "c1", WATER)
    referral = refers(office, members["oficial"], case, "SOAPA")
    _logs_in(tab, "enlace-soapa")
    tab.goto(f"/turnos/{referral}")
    tab.get_by_text("Devolver a la oficina").click()
    tab.get_by_label("Motivo de la devolución").fill("La red es del municipio.")
    tab.get_by_label("¿A quién le corresponde? (opcional)").select_option("CABIEN")
    tab.get_by_role("button", name="Devolver con este motivo").click()
    tab.wait_for_selector(".notice")
    tab.get_by_role("button", name="Salir").click()
    _logs_in(tab, "oficial")
    _opens(tab, case.folio)
    assert "Lo sugiere Sistema Operador" in tab.locator("[data-choice='1']").inner_text()
    assert _findings(tab, "a returned petition") == []
    tab.keyboard.press("1")
    tab.wait_for_selector(".notice")
    assert _outcome(office, case.folio)[1] == "CABIEN"


def test_more_time_is_asked_for_and_officers_see_it(office: Office, members: dict[str, Member], tab: Page) -> None:
    case = _says(office, "c1", WATER)
    referral = refers(office, members["oficial"], case, "SOAPA")
    _logs_in(tab, "enlace-soapa")
    tab.goto(f"/turnos/{referral}")
    tab.get_by_text("Pedir más plazo").click()
    tab.get_by_label("Motivo", exact=True).fill("La bomba que falta llega en dos semanas.")
    tab.get_by_role("button", name="Ampliar el plazo").click()
    tab.wait_for_selector(".notice")
    assert "Plazo ampliado" in tab.locator(".notice").inner_text()
    assert _findings(tab, "an extended referral") == []
    tab.get_by_role("button", name="Salir").click()
    _logs_in(tab, "oficial")
    tab.goto(f"/peticiones/{case.folio}")
    assert "pidió más plazo" in tab.locator(".hint:visible").first.inner_text()
    assert _findings(tab, "an extended petition") == []


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_has_a_serious_finding_or_overflows(office: Office, members: dict[str, Member], tab: Page) -> None:
    danger, water = _says(office, "c1", DANGER), _says(office, "c2", WATER)
    referral = refers(office, members["oficial"], water, "SOAPA")
    other = refers(
        office, members["oficial"], _says(office, "c8", "el camino a mi pueblo está lleno de hoyos"), "CABIEN"
    )
    asked = consult(office, members["enlace-cabien"], other, "SOAPA", "¿Su obra de drenaje pasa por ese camino?")
    overseers = [
        "/triage",
        "/triage?estado=all",
        "/captura",
        "/buscar?palabras=agua",
        f"/peticiones/{danger.folio}",
        f"/peticiones/{water.folio}",
    ]
    overseers.append(f"/peticiones/{danger.folio}/por-que")
    declare(office, members["oficial"], Draft("sismo", "Revise su casa.", "Protección Civil", utc_now()))
    reported = _says(office, "c3", "necesito un intérprete de mixe, se cuarteó la barda de mi casa")
    overseers += ["/contingencia", "/interpretes", f"/peticiones/{reported.folio}"]
    overseers += [
        "/oficina",
        "/tablero",
        f"/indicadores?periodo={utc_now():%Y-%m}",
        "/indicadores/C3/A/denominador",
        "/municipios/20385",
    ]
    overseers += ["/vencimientos", "/dias-inhabiles", "/guardia", "/alertas", "/alertas?decididas=1", "/estudios"]
    alarm(office, members["oficial"])
    overseers += ["/reuniones", "/reuniones/nueva", f"/reuniones/{_meets(office, members['oficial'])}", "/acuerdos"]
    overseers += ["/acuerdos/1", "/coordinacion"]
    overseers += ["/correspondencia", "/correspondencia/recibir", f"/expedientes/{water.folio}", "/archivo"]
    save_template(office, members["enlace-soapa"], "Fuga", "Su petición {folio}: vamos el {día de la visita}.")
    put_in(office, members["oficial"], referral, "", "Derivado de lo anterior, la luminaria se repara a la brevedad.")
    systems = [f"/sistemas/{_connects(office, members['administra'])}/avisos", "/sistemas"]
    begin_draft(office, members["administra"], office.rulebook.own_text)
    rules = ["/reglas", "/reglas/versiones/0"]
    rules += [f"/reglas/borrador{page}" for page in ("", "/nueva", "/10", "/texto", "/ensayo")]
    visits = {
        "administra": [
            *overseers,
            *rules,
            "/usuarios",
            "/bitacora",
            "/invitaciones",
            "/usuarios/1",
            "/mi-cuenta",
            "/agencias",
            *systems,
            "/cartas-muertas",
            "/correos",
            *_cancellations(office, members["administra"]),
            *_imports(office, members["administra"]),
            "/mi-cuenta",
            "/lineas",
            "/plantillas-whatsapp",
            "/temas",
            "/temas/agua",
            "/temas/nuevo",
            "/plazos",
            "/plazos/answer",
            "/plazos/colours",
            "/conservacion",
            "/conservacion/SERIE-A",
            "/conservacion/nueva",
            "/textos",
            "/configuracion",
            "/por-confirmar",
            "/textos/emergency.incendio",
            "/agencias/SOAPA",
            f"/turnos/{referral}",
        ],
        "enlace-soapa": [
            "/turnos",
            "/turnos?estado=returned",
            "/vencimientos",
            f"/turnos/{referral}",
            "/plantillas",
            "/consultas",
            "/copias",
            f"/copias/{_copied(office, other)}",
            f"/consultas/{asked}",
        ],
        "titular-soapa": ["/turnos", "/por-aprobar", f"/turnos/{referral}", "/plantillas", f"/consultas/{asked}"],
        "estadistica": ["/tablero", "/mapa", "/alertas", f"/indicadores?periodo={utc_now():%Y-%m}"],
    }
    tab.goto("/login")
    found = _findings(tab, "/login")
    for name, paths in visits.items():
        _logs_in(tab, name)
        for path in paths:
            tab.goto(path)
            tab.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
            found += _findings(tab, path)
        tab.get_by_role("button", name="Salir").click()
    assert found == []


def _connects(office: Office, administrator: Member) -> int:
    """A system that is told of events, and one that it was not told of."""
    new = NewSystem("Mesa de control de SOAPA", "SOAPA", frozenset(Scope), 90)
    system_id, _ = make_system(office, administrator, new)
    set_hook(office, administrator, system_id, "https://sistemas.soapa.example.mx/canaliza/avisos/entrada")
    refers(office, administrator, _says(office, "c4", "no hay agua en la escuela"), "SOAPA")
    for errand in claim_due(office, utc_now()):
        settle(office, errand, "410", utc_now())
    return system_id


def _copied(office: Office, referral: int) -> int:
    """SOAPA is to know of CABIEN's referral too."""
    with office.sessions.begin() as session:
        row = ReferralCopy(referral_id=referral, agency="SOAPA", made_at=utc_now())
        session.add(row)
        session.flush()
        return row.id


def _meets(office: Office, officer: Member) -> int:
    """A dialogue table that was held, with a guest and an agreement."""
    plan = Plan(Kind.TABLE, "Mesa del agua", utc_now(), "Casa del pueblo", "20385", "San Felipe", "zapoteco")
    number = plan_meeting(office, officer, plan, ["El agua del tequio"])
    note_attendee(office, officer, number, Arrived("Ana", "Comisariado", Sector.COMMUNITY, consents=True))
    hold_meeting(office, officer, number)
    due_on = utc_now().date() + timedelta(days=3)
    agree(office, officer, number, NewAgreement("Reparar la bomba del pozo.", due_on, ["SOAPA"], ["Comité del agua"]))
    return number


def _findings(tab: Page, path: str) -> list[str]:
    found = Axe().run(tab).response["violations"]
    grave = [f"{path}: {item['id']}" for item in found if item["impact"] in ("serious", "critical")]
    over = tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*grave, f"{path}: {over} px too wide"] if over > 0 else grave


def test_an_answer_outlives_a_lost_connection(office: Office, members: dict[str, Member], tab: Page) -> None:
    referral = refers(office, members["oficial"], _says(office, "c1", WATER), "SOAPA")
    _logs_in(tab, "enlace-soapa")
    tab.goto(f"/turnos/{referral}")
    field, lost = tab.get_by_label("Respuesta de la dependencia"), tab.locator("#sin-guardar")
    field.press_sequentially("La fuga quedó")
    tab.get_by_text("Guardado a las").wait_for()
    tab.route("**/vista-previa", lambda route: route.abort())
    field.press_sequentially(" reparada el martes.")
    lost.wait_for()
    assert "Sin conexión. Su texto sigue en esta página" in lost.inner_text()
    assert _findings(tab, "an answer without connection") == []
    tab.unroute("**/vista-previa")
    lost.wait_for(state="hidden")
    tab.get_by_text("Guardado a las").wait_for()
    tab.reload()
    assert field.input_value() == "La fuga quedó reparada el martes."
    assert "Sigue aquí su borrador" in tab.locator(".area-decide").inner_text()
    assert _findings(tab, "an answer's draft") == []


def test_an_answer_outlives_the_end_of_the_session(office: Office, members: dict[str, Member], tab: Page) -> None:
    referral = refers(office, members["oficial"], _says(office, "c1", WATER), "SOAPA")
    _logs_in(tab, "enlace-soapa")
    tab.goto(f"/turnos/{referral}")
    tab.context.clear_cookies()
    field = tab.get_by_label("Respuesta de la dependencia")
    field.press_sequentially("La fuga quedó reparada.")
    tab.get_by_text("Su sesión terminó. Su texto sigue en esta página").wait_for()
    assert field.input_value() == "La fuga quedó reparada."
    assert f"/turnos/{referral}" in tab.url


def _imports(office: Office, member: Member) -> list[str]:
    """One whose columns are to be mapped, one that was tried with doubts, an export."""
    rows = "Folio,Fecha,Asunto,Municipio\nA-1,05/03/2023,Pide una barda,un lugar sin nombre\n"
    with tempfile.TemporaryDirectory() as folder:
        (path := Path(folder) / "registro.csv").write_text(rows, encoding="utf-8")
        tried = begin_import(office, member, path.name, path)
        path.write_text(rows.replace("A-1", "A-2"), encoding="utf-8")
        other = begin_import(office, member, path.name, path)
    with office.sessions() as session:
        guessed = get_import(session, tried).reading
    map_columns(office, member, tried, guessed)
    work_once(office, staff_texts(office))
    ask_export(office, member)
    return ["/importar", f"/importar/{tried}", f"/importar/{other}", "/exportar"]


def _cancellations(office: Office, member: Member) -> list[str]:
    """One that waits for a decision, and one that was granted."""
    asked, granted = (says(office, address, "borren mis datos por favor").folio for address in ("c8", "c9"))
    with office.sessions.begin() as session:
        for folio in (asked, granted):
            get_petition(session, folio).data_right = "cancellation"
    number = accept_cancellation(office, member, Acceptance(granted, "lo pidió", is_confirmed=True))
    return ["/derechos", f"/derechos/{asked}/cancelar", f"/derechos/bloqueo/{number}"]
