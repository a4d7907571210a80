"""Photos and documents with an answer: put to the draft, shown as they will be seen, sent after the text."""

from collections.abc import Callable
from html import unescape

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from admin.portal import attaching
from intake.accounts.staff import Member
from intake.answers.attaching import FILES_MAX
from intake.office import Office
from intake.tables.answers import Evidence
from intake.tables.outgoing import Reply
from tests.admin.conftest import Case, refers, says
from tests.files import PDF, telephones_photo
from tests.staff import Browser
from tests.talk import Talk

TEXT = "La cuadrilla cambió la válvula de la calle Hidalgo el jueves 3 de diciembre; el agua volvió ese día."
PHOTO = ("obra.jpg", telephones_photo(), "image/jpeg")
MINUTE = ("minuta.pdf", PDF, "application/pdf")


@pytest.fixture
def referral(referral_id: int) -> str:
    return f"/turnos/{referral_id}"


def _sends(browser: Browser, path: str, *files: tuple[str, bytes, str], expected: int = 303, texto: str = TEXT) -> str:
    answer = browser.client.post(
        path, data={"csrf": browser.token(), "texto": texto}, files=[("archivos", file) for file in files]
    )
    assert answer.status_code == expected, answer.status_code
    return str(answer.headers.get("location") or unescape(answer.text))


def _rows(office: Office) -> list[Evidence]:
    with office.sessions() as session:
        return list(session.scalars(select(Evidence).order_by(Evidence.id)))


def _sent(office: Office) -> list[Reply]:
    with office.sessions() as session:
        sent = select(Reply).where(Reply.purpose.in_(("notice.answered", "answer.file", "ask.solved")))
        return list(session.scalars(sent.order_by(Reply.id)))


def test_files_are_kept_with_the_draft_and_shown_as_they_will_be_seen(
    office: Office, browser: Callable[[str], Browser], referral: str
) -> None:
    liaison = browser("enlace-soapa")
    assert _sends(liaison, f"{referral}/archivos", PHOTO, MINUTE) == f"{referral}#archivos"
    page = unescape(liaison.opens(referral))
    assert f">{TEXT}</textarea>" in page
    phone = page.split('class="phone')[1]
    first, second = (row.id for row in _rows(office))
    assert phone.index(TEXT) < phone.index(f'src="/evidencias/{first}"') < phone.index("minuta.pdf")
    assert f"/archivos/{second}/quitar" in page
    assert "Archivo 2 de 2" in phone
    got = liaison.client.get(f"/evidencias/{first}")
    assert (got.headers["content-type"], b"Lupita" in got.content) == ("image/jpeg", False)


def test_of_too_many_files_no_more_are_read_than_can_be_kept(
    browser: Callable[[str], Browser], referral: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A form takes a thousand: all of them at once are no machine's memory."""
    read: list[int] = []
    monkeypatch.setattr(attaching, "attach", lambda _office, _member, _referral, given: read.append(len(given)))
    _sends(browser("enlace-soapa"), f"{referral}/archivos", *[MINUTE] * 9)
    assert read == [FILES_MAX + 1]


def test_they_follow_the_text_into_the_chat_before_the_question(
    office: Office, browser: Callable[[str], Browser], referral: str
) -> None:
    liaison = browser("enlace-soapa")
    _sends(liaison, f"{referral}/archivos", PHOTO)
    _sends(liaison, f"{referral}/responder", MINUTE)
    files = _rows(office)
    assert [row.name for row in files] == ["obra.jpg", "minuta.pdf"]
    assert len({row.answer_id for row in files}) == 1
    assert [(row.purpose, row.evidence_id) for row in _sent(office)] == [
        ("notice.answered", None),
        ("answer.file", files[0].id),
        ("answer.file", files[1].id),
        ("ask.solved", None),
    ]
    Talk(office, "c1").works()
    assert {row.state for row in _sent(office)} == {"accepted"}
    page = unescape(browser("oficial").opens(referral))
    assert page.count(f"/evidencias/{files[1].id}") == 2  # with the answer, and where it stands in the chat
    assert page.count("Abrir minuta.pdf") == 1


def test_a_refused_text_loses_no_file(office: Office, browser: Callable[[str], Browser], referral: str) -> None:
    page = _sends(browser("enlace-soapa"), f"{referral}/responder", PHOTO, expected=422, texto="Ya quedó.")
    assert "La respuesta es muy corta" in page
    assert "Quitar obra.jpg" in page
    assert ">Ya quedó.</textarea>" in page
    assert _sent(office) == []


@pytest.mark.parametrize("way", ["archivos", "responder"])
def test_a_refused_file_loses_no_text_and_none_of_the_others(
    office: Office, browser: Callable[[str], Browser], referral: str, way: str
) -> None:
    fake = ("foto.jpg", b"MZ an executable", "image/jpeg")
    page = _sends(browser("enlace-soapa"), f"{referral}/{way}", fake, MINUTE, expected=422)
    assert "No se adjuntó «foto.jpg»: no es una foto JPEG o PNG ni un PDF." in page
    assert f">{TEXT}</textarea>" in page
    assert [row.name for row in _rows(office)] == ["minuta.pdf"]
    assert _sent(office) == []


def test_no_more_than_three_leave_with_an_answer(
    office: Office, browser: Callable[[str], Browser], referral: str
) -> None:
    pages = [(f"hoja{n}.pdf", PDF + b"%d" % n, "application/pdf") for n in range(4)]
    page = _sends(browser("enlace-soapa"), f"{referral}/archivos", *pages, pages[0], expected=422)
    assert "No se adjuntó «hoja3.pdf»: se pueden enviar hasta 3 archivos" in page
    assert len(_rows(office)) == 3


def test_one_is_taken_away_again_but_not_after_it_has_left(
    office: Office, browser: Callable[[str], Browser], referral: str
) -> None:
    liaison = browser("enlace-soapa")
    _sends(liaison, f"{referral}/archivos", PHOTO, MINUTE)
    first, second = (row.id for row in _rows(office))
    liaison.sends(f"{referral}/archivos/{first}/quitar", texto=TEXT)
    assert [row.id for row in _rows(office)] == [second]
    liaison.sends(f"{referral}/responder", texto=TEXT)
    liaison.sends(f"{referral}/archivos/{second}/quitar", 404, texto=TEXT)
    assert [row.id for row in _rows(office)] == [second]


def test_a_draft_is_its_writers_until_a_colleague_takes_it(
    office: Office, browser: Callable[[str], Browser], referral: str, members: dict[str, Member]
) -> None:
    liaison, officer = browser("enlace-soapa"), browser("oficial")
    _sends(liaison, f"{referral}/archivos", MINUTE)
    liaisons = _rows(office)[0].id
    officer.opens(f"/evidencias/{liaisons}", 404)
    assert "Quitar minuta.pdf" not in officer.opens(referral)
    officer.sends(f"{referral}/borrador", de=members["enlace-soapa"].id, texto="")
    assert "Quitar minuta.pdf" in officer.opens(referral)
    officer.sends(f"{referral}/responder", texto=TEXT)
    assert [row.staff_id for row in _rows(office)] == [members["oficial"].id]


def test_another_agencys_file_does_not_exist(office: Office, browser: Callable[[str], Browser], referral: str) -> None:
    _sends(browser("enlace-soapa"), f"{referral}/responder", MINUTE)
    path = f"/evidencias/{_rows(office)[0].id}"
    assert browser("enlace-soapa").client.get(path).headers["content-disposition"].startswith("attachment")
    browser("audita").opens(path)
    browser("enlace-cabien").opens(path, 404)
    _sends(browser("enlace-cabien"), f"{referral}/archivos", PHOTO, expected=404)


def test_what_was_attached_goes_with_a_referral_that_ends_another_way(
    office: Office, browser: Callable[[str], Browser], referral: str
) -> None:
    liaison = browser("enlace-soapa")
    _sends(liaison, f"{referral}/archivos", MINUTE)
    liaison.sends(f"{referral}/devolver", motivo="Le corresponde al municipio.")
    assert _rows(office) == []
    _sends(browser("oficial"), f"{referral}/archivos", MINUTE, expected=409)


def test_a_reserved_answers_files_wait_with_it(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member]
) -> None:
    talk, case = Talk(office, "c2"), says(office, "c2", "mi marido me pega y me quiere matar")
    referral = f"/turnos/{refers(office, members['oficial'], case, 'CABIEN')}"
    if "¿Es seguro escribirle" in talk.replies()[-1]:
        talk.says(button=f"safe:{case.folio}:yes")
    _sends(browser("oficial"), f"{referral}/responder", MINUTE)
    talk.works()
    assert not any("minuta.pdf" in text for text in talk.replies())
    read = talk.says(button=f"read:{case.folio}:yes")
    assert [text.splitlines()[0] for text in read[:2]] == [
        f"Respuesta a su petición {case.folio}.",
        f"Archivo 1 de 1 de la respuesta a su petición {case.folio}: minuta.pdf",
    ]
    assert [row.evidence_id for row in _sent(office) if row.purpose == "answer.file"] == [_rows(office)[0].id]


def test_a_large_body_is_taken_in_only_from_who_is_logged_in(
    visitor: TestClient, browser: Callable[[str], Browser], referral: str
) -> None:
    large = ("plano.pdf", PDF + bytes(300_000), "application/pdf")
    assert visitor.post(f"{referral}/archivos", files={"archivos": large}).status_code == 413
    assert browser("oficial").client.post("/login", files={"archivos": large}).status_code == 413
    assert _sends(browser("enlace-soapa"), f"{referral}/archivos", large) == f"{referral}#archivos"


def test_each_file_says_how_far_it_came(
    office: Office, browser: Callable[[str], Browser], referral: str, case: Case
) -> None:
    _sends(browser("enlace-soapa"), f"{referral}/responder", PHOTO)
    with office.sessions.begin() as session:
        reply = session.scalars(select(Reply).where(Reply.purpose == "answer.file")).one()
        reply.state, reply.error_code = "failed", "63019"
    Talk(office, "c1").works()
    answer = browser("oficial").opens(referral).split('<article class="answer">')[1].split("</article>")[0]
    assert answer.index("delivery-sent_without_receipt") < answer.index("delivery-failed")
