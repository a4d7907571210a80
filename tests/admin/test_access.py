"""Who gets in where: walks the route table, so that a new route is in these tests the day it is written."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from admin.app import build_app
from admin.guards import PUBLIC, Guard
from intake.accounts.staff import Member, Role
from intake.answers.templates import save_template
from intake.clock import at, utc_now
from intake.office import Office
from intake.tables.incoming import Attachment, Message
from intake.tables.petitions import Consultation, ReferralCopy
from tests.admin.conftest import STAFF, refers, says
from tests.staff import Browser

VALUES = {
    "sentence_key": "welcome",
    "version": "1",
    "line_key": "life",
    "topic_key": "agua",
    "subject": "agency",
    "draft_key": "SOAPA",
    "term_key": "steps",
    "series_key": "SERIE-A",
    "purpose": "notice.answered",
    "number": "1",
    "evidence_id": "1",
    "answer_id": "1",
    "approval_id": "1",
    "agency_key": "SOAPA",
    "indicator": "C3",
    "lectura": "A",
    "part": "numerador",
    "cell": "received",
    "name": "funnel",
    "kind": "csv",
} | {
    "contingency_id": "1",
    "event_id": "1",
    "task_id": "1",
    "reply_id": "1",
    "staff_id": "1",
    "view_id": "1",
    "system_id": "1",
    "notice_id": "1",
    "invitation_id": "1",
    "key_id": "1",
    "identity_id": "1",
    "clave": "20385",
    "incident_id": "1",
    "bulk_id": "1",
    "token": "x" * 30,
    "agreement_id": "1",
    "file_id": "1",
    "part_id": "1",
    "piece_id": "1",
    "paper_id": "1",
    "inventory_id": "1",
    "import_id": "1",
    "export_id": "1",
    "ending": "pdf",
}
LIAISONS_OWN = {"/", "/turnos", "/novedades/turnos", "/vencimientos", "/buscar", "/plantillas", "/logout"} | {
    "/consultas",
    "/copias",
    "/acuerdos",
    "/acuerdos.xlsx",
}


def _routes(office: Office) -> Iterator[APIRoute]:
    """Of the app and of every router that it includes."""
    found = list(build_app(office).routes)
    while found:
        route = found.pop()
        if isinstance(route, APIRoute):
            yield route
        else:
            inner = getattr(route, "original_router", None) or getattr(route, "router", None)
            found.extend(getattr(inner, "routes", ()))


def _guards(route: APIRoute) -> list[Guard]:
    return [d.call for d in route.dependant.dependencies if isinstance(d.call, Guard)]


def test_every_route_has_a_guard_or_is_known_to_be_public(office: Office) -> None:
    routes = list(_routes(office))
    assert len(routes) >= 25
    unguarded = {route.path for route in routes if not _guards(route)}
    assert unguarded == PUBLIC - {"/static"}


def test_what_changes_something_is_a_post(office: Office) -> None:
    assert {method for route in _routes(office) for method in route.methods or ()} == {"GET", "POST"}


@pytest.fixture
def paths(office: Office, members: dict[str, Member], tmp_path: Path) -> dict[str, str]:
    """Real ids of SOAPA's referral, petition, template and file."""
    case = says(office, "c1", "no hay agua en la colonia Reforma desde hace ocho días")
    referral = refers(office, members["oficial"], case, "SOAPA")
    template = save_template(office, members["enlace-soapa"], "Fuga", "La cuadrilla va a reparar la fuga.")
    source = tmp_path / "photo"
    source.write_bytes(b"\x89PNG")
    office.files.put(source, "aa/photo")
    with office.sessions.begin() as session:
        message = session.query(Message).first()
        assert message
        file = Attachment(
            message_id=message.id,
            petition_id=message.petition_id,
            channel="console",
            kind="photo",
            external_id="x",
            unique_id="x",
            state="stored",
            next_attempt_at=message.received_at,
            storage_key="aa/photo",
            size_bytes=4,
            sha256="0" * 64,
            detected_type="image/png",
        )
        session.add(file)
        session.flush()
        asked = Consultation(
            referral_id=referral, agency="IEEPO", staff_id=members["enlace-soapa"].id, question="x", asked_at=utc_now()
        )
        copy = ReferralCopy(referral_id=referral, agency="IEEPO", made_at=utc_now())
        session.add_all([asked, copy])
        session.flush()
        ids = {"referral_id": str(referral), "attachment_id": str(file.id), "template_id": str(template)}
        return {**VALUES, "folio": case.folio, **ids, "consultation_id": str(asked.id), "copy_id": str(copy.id)}


@pytest.mark.parametrize("name", STAFF)
def test_no_route_lets_in_whom_it_is_not_for(
    office: Office, browser: Callable[[str], Browser], paths: dict[str, str], name: str
) -> None:
    member, role = browser(name), STAFF[name][0]
    for route in _routes(office):
        if route.path in PUBLIC or route.path == "/logout":
            continue
        path = route.path.format(**{key: paths[key] for key in route.param_convertors})
        answer = member.client.request(next(iter(route.methods or ())), path)
        if role not in _guards(route)[0].roles:
            assert answer.status_code == 403, path
        elif route.methods == {"POST"}:
            assert answer.status_code == 403, path  # the token is missing


@pytest.mark.parametrize("name", ["enlace-cabien", "enlace-sego"])
def test_another_agencys_things_do_not_exist(
    office: Office, browser: Callable[[str], Browser], paths: dict[str, str], name: str
) -> None:
    liaison = browser(name)
    for route in _routes(office):
        is_own = route.path in PUBLIC | LIAISONS_OWN or route.path.startswith("/mi-cuenta")
        if is_own or Role.LIAISON not in _guards(route)[0].roles:
            continue
        path = route.path.format(**{key: paths[key] for key in route.param_convertors})
        if route.methods == {"GET"}:
            assert liaison.opens(path, 404)
        else:
            liaison.sends(path, 404, motivo="no nos corresponde", texto="Una respuesta lo bastante larga para salir.")
    assert paths["folio"] not in liaison.opens("/turnos")
    with at(utc_now() + timedelta(days=9)):
        assert paths["folio"] in browser("enlace-soapa").opens("/vencimientos")
        assert paths["folio"] not in browser(name).opens("/vencimientos?dependencia=SOAPA")


def test_the_own_agency_opens_its_referral_and_its_file(
    browser: Callable[[str], Browser], paths: dict[str, str]
) -> None:
    liaison = browser("enlace-soapa")
    assert "no hay agua" in liaison.opens(f"/turnos/{paths['referral_id']}")
    assert liaison.client.get(f"/archivos/{paths['attachment_id']}").content == b"\x89PNG"


def test_a_referral_that_was_given_back_shows_no_message_any_more(
    browser: Callable[[str], Browser], paths: dict[str, str]
) -> None:
    liaison, referral = browser("enlace-soapa"), f"/turnos/{paths['referral_id']}"
    liaison.sends(f"{referral}/devolver", motivo="Le corresponde al municipio.")
    assert "no hay agua" not in liaison.opens(referral)
    assert "no hay agua" not in liaison.opens("/turnos?estado=returned")
    liaison.opens(f"/archivos/{paths['attachment_id']}", 404)


def test_whoever_is_not_logged_in_is_sent_to_the_log_in(office: Office, visitor: TestClient) -> None:
    for route in _routes(office):
        if route.path in PUBLIC:
            continue
        path = route.path.format(**dict.fromkeys(route.param_convertors, "1"))
        answer = visitor.request(next(iter(route.methods or ())), path)
        assert (answer.status_code, answer.headers["location"][:6]) == (303, "/login"), path


def test_an_auditor_sees_and_does_nothing(browser: Callable[[str], Browser], paths: dict[str, str]) -> None:
    auditor = browser("audita")
    page = auditor.opens(f"/peticiones/{paths['folio']}")
    assert "Su cuenta puede ver esta petición, no moverla." in page
    assert 'action="/peticiones' not in page
    auditor.sends(f"/peticiones/{paths['folio']}/descartar", 403, version=1)


def test_pages_carry_their_security_headers(browser: Callable[[str], Browser]) -> None:
    headers = browser("oficial").client.get("/triage").headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"


def test_a_page_that_is_not_there_says_so_in_spanish(visitor: TestClient) -> None:
    answer = visitor.get("/nada")
    assert answer.status_code == 404
    assert "No encontramos esa página" in answer.text


def test_a_body_larger_than_any_form_is_refused(visitor: TestClient) -> None:
    answer = visitor.post("/login", data={"usuario": "x" * 200_000})
    assert answer.status_code == 413
    assert "demasiado largo" in answer.text


def test_a_head_reads_what_the_own_agencys_liaison_reads_and_writes_none_of_it(
    browser: Callable[[str], Browser], paths: dict[str, str]
) -> None:
    head, referral = browser("titular-soapa"), f"/turnos/{paths['referral_id']}"
    assert paths["folio"] in head.opens("/turnos")
    assert paths["folio"] in head.opens("/buscar?palabras=agua")
    assert "Fuga" in head.opens("/plantillas")
    page = head.opens(referral)
    assert "no hay agua" in page
    assert f'action="{referral}' not in page
    assert 'action="/plantillas' not in head.opens("/plantillas")
    head.sends(f"{referral}/responder", 403, texto="Una respuesta lo bastante larga para salir.")
    head.opens(f"/peticiones/{paths['folio']}", 403)


def test_statistics_reads_figures_and_no_petition(browser: Callable[[str], Browser], paths: dict[str, str]) -> None:
    reader = browser("estadistica")
    assert reader.client.get("/").headers["location"] == "/tablero"
    for path in ("/tablero", "/indicadores"):
        page = reader.opens(path)
        assert 'href="/tablero/' not in page
        assert "/numerador" not in page
        assert paths["folio"] not in page
        assert 'href="/triage"' not in page
        assert 'href="/buscar"' not in page
    assert reader.client.get("/indicadores.csv").status_code == 200
    for path in ("/triage", "/buscar", "/vencimientos", "/tablero/hoy/open", f"/turnos/{paths['referral_id']}"):
        reader.opens(path, 403)
    reader.opens(f"/archivos/{paths['attachment_id']}", 403)
