"""Accounts, what could not be processed or sent, files, and the catalogue of what staff read."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from bot.texts import load_catalogue
from intake.accounts.staff import AccountFault, Member, Role
from intake.clock import utc_now
from intake.office import Office
from intake.petitions.states import Status
from intake.tables.accounts import Staff
from intake.tables.incoming import Attachment, Flood, InboundEvent, Message
from intake.tables.outgoing import Reply
from intake.tables.petitions import Petition
from tests.admin.conftest import says
from tests.staff import PASSWORD, Browser, logs_in

ADMIN = Path(__file__).resolve().parents[2] / "admin"
NEW = {
    "usuario": "enlace-sinfra",
    "nombre": "Nueva Persona",
    "papel": "liaison",
    "clave": PASSWORD,
    "agencia": "SINFRA",
}
WATER = "no hay agua en la colonia Reforma desde hace ocho días"


def test_an_account_is_added_closed_and_opened(
    office: Office, browser: Callable[[str], Browser], visitor: TestClient
) -> None:
    administrator = browser("administra")
    assert administrator.sends("/usuarios", **NEW) == "/usuarios"
    assert "Se agregó la cuenta de Nueva Persona." in administrator.opens("/usuarios")
    assert logs_in(visitor, "enlace-sinfra") == 303
    with office.sessions() as session:
        row = session.scalars(select(Staff).where(Staff.username == "enlace-sinfra")).one()
    administrator.sends(f"/usuarios/{row.id}/desactivar")
    assert visitor.get("/turnos").status_code == 303
    assert logs_in(visitor, "enlace-sinfra") == 401
    administrator.sends(f"/usuarios/{row.id}/activar")
    assert logs_in(visitor, "enlace-sinfra") == 303


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"clave": "corta"}, "al menos 12 caracteres"),
        ({"agencia": ""}, "Un enlace o titular necesita su dependencia"),
        ({"papel": "officer"}, "solo ellos la llevan"),
        ({"agencia": "NADA"}, "no está en el catálogo"),
        ({"usuario": "oficial"}, "ya existe"),
        ({"nombre": " "}, "Escriba el usuario y el nombre"),
        ({"papel": "rey"}, "Falta un dato del formulario"),
    ],
)
def test_an_account_that_cannot_be_is_refused_with_its_reason(
    browser: Callable[[str], Browser], change: dict[str, str], words: str
) -> None:
    assert words in browser("administra").sends("/usuarios", 422, **{**NEW, **change})


def test_nobody_closes_the_own_account(browser: Callable[[str], Browser], members: dict[str, Member]) -> None:
    page = browser("administra").sends(f"/usuarios/{members['administra'].id}/desactivar", 422)
    assert "No puede desactivar su propia cuenta." in page


def test_a_dead_letter_is_shown_without_the_citizens_words_and_tried_again(
    office: Office, browser: Callable[[str], Browser]
) -> None:
    says(office, "c1", WATER)
    with office.sessions.begin() as session:
        event = session.scalars(select(InboundEvent)).one()
        event.state, event.attempts, event.note = "dead", 4, "KeyError: no hay agua"
    administrator = browser("administra")
    page = administrator.opens("/cartas-muertas")
    assert "Falló al procesarlo (KeyError)." in page
    assert "no hay agua" not in page
    administrator.sends(f"/cartas-muertas/entradas/{event.id}/reintentar")
    with office.sessions() as session:
        assert session.get_one(InboundEvent, event.id).state == "pending"
    administrator.sends(f"/cartas-muertas/entradas/{event.id}/reintentar", 409)


def test_what_was_dropped_of_a_flood_is_told_for_a_day(office: Office, browser: Callable[[str], Browser]) -> None:
    case = says(office, "c1", WATER)
    administrator, title = browser("administra"), "Mensajes que ya no se guardaron"
    assert title not in administrator.opens("/cartas-muertas")
    with office.sessions.begin() as session:
        petition = session.scalars(select(Petition)).one()
        flood = Flood(conversation_id=petition.conversation_id, petition_id=petition.id, dropped=1234)
        flood.began_at = flood.last_at = utc_now() - timedelta(hours=23)
        session.add(flood)
    page = administrator.opens("/cartas-muertas")
    assert title in page
    assert f'<a href="/peticiones/{case.folio}">' in page
    assert "sin guardar: 1,234" in page
    with office.sessions.begin() as session:
        session.scalars(select(Flood)).one().last_at = utc_now() - timedelta(hours=25)
    assert title not in administrator.opens("/cartas-muertas")


def test_an_unsent_reply_is_queued_again(office: Office, browser: Callable[[str], Browser]) -> None:
    says(office, "c1", WATER)
    with office.sessions.begin() as session:
        reply = session.scalars(select(Reply).order_by(Reply.id)).first()
        assert reply
        reply.state, reply.error_code, reply.attempts = "ambiguous", "answer_lost", 12
    administrator = browser("administra")
    page = administrator.opens("/cartas-muertas")
    assert "no llegó la confirmación del proveedor" in page
    assert "la persona lo podría recibir dos veces" in page
    administrator.sends(f"/cartas-muertas/salidas/{reply.id}/reintentar")
    with office.sessions() as session:
        row = session.get_one(Reply, reply.id)
    assert (row.state, row.attempts, row.error_code) == ("queued", 0, None)
    administrator.sends(f"/cartas-muertas/salidas/{reply.id}/reintentar", 409)


def test_agencies_and_lines_show_what_is_to_be_confirmed(browser: Callable[[str], Browser]) -> None:
    administrator = browser("administra")
    assert administrator.opens("/agencias").count("<tr>") == 71
    lines = administrator.opens("/lineas")
    assert "800 911 2000" in lines
    assert "por confirmar" in lines
    terms = administrator.opens("/plazos")
    assert "10 días hábiles" in terms
    assert "por confirmar" in terms


@pytest.mark.parametrize(
    ("detected", "disposition", "served"),
    [
        ("image/png", "inline", "image/png"),
        ("audio/ogg", "inline", "audio/ogg"),
        ("image/svg+xml", "attachment", "application/octet-stream"),
        ("text/html", "attachment", "application/octet-stream"),
        ("application/pdf", "attachment", "application/octet-stream"),
        (None, "attachment", "application/octet-stream"),
    ],
)
def test_a_file_cannot_run_in_the_staffs_browser(
    office: Office,
    browser: Callable[[str], Browser],
    tmp_path: Path,
    detected: str | None,
    disposition: str,
    served: str,
) -> None:
    file_id = _stored(office, tmp_path, detected)
    answer = browser("oficial").client.get(f"/archivos/{file_id}")
    assert answer.content == b"<script>alert(1)</script>"
    assert answer.headers["content-type"] == served
    assert answer.headers["content-disposition"].startswith(f"{disposition}; filename=archivo-{file_id};")
    assert "\r" not in answer.headers["content-disposition"]
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("wanted", "status", "content"),
    [
        ("bytes=0-6", 206, b"<script"),
        ("bytes=8-", 206, b"alert(1)</script>"),
        ("bytes=-9", 206, b"</script>"),
        ("bytes=17-999", 206, b"/script>"),
        ("bytes=25-", 416, b""),
        ("bytes=5-2", 416, b""),
        ("bytes=0-1,4-5", 200, b"<script>alert(1)</script>"),
        ("seconds=0-1", 200, b"<script>alert(1)</script>"),
    ],
)
def test_a_player_may_ask_for_a_stretch_of_a_file(
    office: Office, browser: Callable[[str], Browser], tmp_path: Path, wanted: str, status: int, content: bytes
) -> None:
    file_id = _stored(office, tmp_path, "audio/ogg")
    answer = browser("oficial").client.get(f"/archivos/{file_id}", headers={"Range": wanted})
    assert (answer.status_code, answer.content) == (status, content)
    length = len(b"<script>alert(1)</script>")
    if status == 206:
        first = b"<script>alert(1)</script>".index(content)
        assert answer.headers["content-range"] == f"bytes {first}-{first + len(content) - 1}/{length}"


def test_a_file_that_is_not_in_the_store_is_not_found(
    office: Office, browser: Callable[[str], Browser], tmp_path: Path
) -> None:
    file_id = _stored(office, tmp_path, "image/png")
    (tmp_path / "files" / "aa" / "file").unlink()
    browser("oficial").opens(f"/archivos/{file_id}", 404)


def _stored(office: Office, folder: Path, detected: str | None) -> int:
    says(office, "c1", WATER)
    (folder / "source").write_bytes(b"<script>alert(1)</script>")
    office.files.put(folder / "source", "aa/file")
    with office.sessions.begin() as session:
        message = session.scalars(select(Message)).one()
        row = Attachment(
            message_id=message.id,
            petition_id=message.petition_id,
            channel="console",
            kind="document",
            external_id="x",
            unique_id="x",
            declared_name='año\r\nSet-Cookie: x="1"/../foto.png',
            declared_type="image/png",
            state="stored",
            next_attempt_at=message.received_at,
            storage_key="aa/file",
            size_bytes=25,
            sha256="0" * 64,
            detected_type=detected,
        )
        session.add(row)
        session.flush()
        return row.id


def _pages() -> list[Path]:
    """The code of the app for people; the machines' door has a catalogue of its own."""
    return [path for path in ADMIN.rglob("*.py") if "api" not in path.parts]


def test_every_sentence_that_pages_say_exists_and_every_one_is_said() -> None:
    texts = load_catalogue(ADMIN / "texts" / "es_MX.po")
    source = "\n".join(p.read_text("utf-8") for p in [*_pages(), *ADMIN.glob("templates/*.html")])
    said = set(re.findall(r"""["']([a-z_]+\.[A-Za-z0-9_]+)["']""", source))
    kinds = {key.split(".")[0] for key in texts.keys()}  # noqa: SIM118 — a catalogue is not a mapping
    said = {key for key in said if key.split(".")[0] in kinds and not key.endswith(("_", ".html", ".json", ".yaml"))}
    families = {key.split(".")[0] + "." for key in re.findall(r"""["']([a-z_]+\.[a-z_]*)["'] ~""", source)}
    assert said <= texts.keys()
    beyond = [*(ADMIN / "api").glob("*.py"), *(ADMIN.parent / "intake").rglob("*.py")]  # letters, papers, reports
    elsewhere = "\n".join(path.read_text("utf-8") for path in beyond)
    said |= set(re.findall(r"""["']([a-z_]+\.[A-Za-z0-9_]+)["']""", elsewhere))
    families |= set(re.findall(r"""f["']([a-z_]+\.[a-z_]*)\{""", elsewhere))
    families |= set(re.findall(r"""["']([a-z_]+\.[a-z_]+_)["']""", source))
    families |= set(re.findall(r"""f["']([a-z_]+\.[a-z_]+_)\{""", source))
    unsaid = {k for k in texts.keys() - said if not k.startswith((*families, "fault."))}
    assert unsaid == set()


def test_every_word_of_the_office_has_its_spanish() -> None:
    keys = load_catalogue(ADMIN / "texts" / "es_MX.po").keys()
    assert {f"status.{status}" for status in Status} <= keys
    assert {f"role.{role}" for role in Role} <= keys
    assert {f"account.{fault}" for fault in AccountFault} <= keys


def test_everything_that_history_notes_has_its_words() -> None:
    keys = load_catalogue(ADMIN / "texts" / "es_MX.po").keys()
    intake = "\n".join(path.read_text("utf-8") for path in (ADMIN.parent / "intake").rglob("*.py"))
    noted = set(re.findall(r'"(?:citizen|machine)",\s*"([a-z_]+)"', intake))
    noted |= set(re.findall(r'_note\(moment, petition, "([a-z_]+)"', intake))
    noted |= set(re.findall(r'actor_of\(member\), "([a-z_]+)"', intake))
    assert {"opened", "suggested", "read", "file_kept", "place_set"} <= noted
    assert {f"history.{name}" for name in (*noted, *Status)} <= keys
