"""A head approves several answers with one word, or takes it back: read again, one by one, each with how it went."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from intake.accounts.staff import Member
from intake.answers.approving import answer_or_put_up, approve, set_wish
from intake.answers.approving_many import approve_many
from intake.answers.leaving import send_approved
from intake.clock import at, utc_now
from intake.errors import NotAllowed
from intake.office import Office
from intake.petitions.case import get_petition
from intake.tables.answers import Answer, Approval
from intake.triage.undoing import UNDO_FOR
from tests.admin.conftest import refers, says
from tests.staff import Browser

TEXT = "La cuadrilla cambió la válvula de la calle Hidalgo el jueves 3 de diciembre; llamada número {}."


@pytest.fixture
def waiting(office: Office, members: dict[str, Member]) -> list[str]:
    """Three answers of the water board's that its head is to see; their folios."""
    set_wish(office, members["administra"], "SOAPA", wants=True)
    folios = []
    for number in range(3):
        case = says(office, f"c{number}", f"no hay agua en la colonia Reforma desde hace {number + 3} días")
        referral = refers(office, members["oficial"], case, "SOAPA")
        assert answer_or_put_up(office, members["enlace-soapa"], referral, TEXT.format(number))
        folios.append(case.folio)
    return folios


def _ids(office: Office) -> list[int]:
    with office.sessions() as session:
        return [*session.scalars(select(Approval.id).order_by(Approval.id))]


def _sent(office: Office) -> list[str]:
    """When nothing can be taken back any more."""
    with at(utc_now() + UNDO_FOR):
        send_approved(office, utc_now())
    with office.sessions() as session:
        return [*session.scalars(select(Answer.text).order_by(Answer.id))]


def _posts(head: Browser, **fields: object) -> str:
    answer = head.client.post("/por-aprobar/varias", data={"csrf": head.token(), **fields})
    assert answer.status_code in (200, 422)
    return answer.text


def test_the_chosen_are_read_again_and_leave_with_one_word(
    office: Office, browser: Callable[[str], Browser], waiting: list[str]
) -> None:
    head, ids = browser("titular-soapa"), _ids(office)
    assert head.opens("/por-aprobar").count('name="cual"') == 3
    page = _posts(head, cual=ids[:2])
    assert "Va a aprobar 2 respuestas." in page
    assert [TEXT.format(number) in page for number in range(3)] == [True, True, False]
    assert _sent(office) == []
    page = _posts(head, cual=ids[:2], seguro="true")
    assert "Se aprobaron 2 de 2 respuestas." in page
    assert _sent(office) == [TEXT.format(0), TEXT.format(1)]
    assert waiting[2] in head.opens("/por-aprobar")


def test_one_that_was_decided_meanwhile_holds_up_no_other(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member], waiting: list[str]
) -> None:
    head, ids = browser("titular-soapa"), _ids(office)
    approve(office, members["titular-soapa"], ids[0])
    page = _posts(head, cual=ids, seguro="true")
    assert "Se aprobaron 2 de 3 respuestas." in page
    assert f"{waiting[0]}</b>: no se aprobó" in page
    assert len(_sent(office)) == 3


def test_all_are_taken_back_with_one_word(
    office: Office, browser: Callable[[str], Browser], waiting: list[str]
) -> None:
    head, ids = browser("titular-soapa"), _ids(office)
    page = _posts(head, cual=ids[:2], seguro="true")
    assert 'action="/por-aprobar/deshacer" data-undo="10"' in page
    assert not any(folio in head.opens("/por-aprobar") for folio in waiting[:2])
    page = head.client.post("/por-aprobar/deshacer", data={"csrf": head.token(), "cual": ids}).text
    assert "Se deshicieron 2 de 3 aprobaciones." in page
    assert f"{waiting[2]}</b>: ya salió" in page
    assert _sent(office) == []
    assert all(folio in head.opens("/por-aprobar") for folio in waiting)


def test_what_is_reserved_is_read_by_itself(
    office: Office, browser: Callable[[str], Browser], waiting: list[str]
) -> None:
    with office.sessions.begin() as session:
        get_petition(session, waiting[0]).is_sensitive = True
    head, ids = browser("titular-soapa"), _ids(office)
    assert head.opens("/por-aprobar").count('name="cual"') == 2
    assert "Se aprobaron 2 de 3 respuestas." in _posts(head, cual=ids, seguro="true")
    assert TEXT.format(0) not in _sent(office)


def test_another_agencys_and_none_at_all(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member], waiting: list[str]
) -> None:
    with pytest.raises(NotAllowed):
        approve_many(office, members["enlace-soapa"], _ids(office))
    assert "Marque al menos una respuesta." in _posts(browser("titular-soapa"))
    assert _posts(browser("titular-soapa"), cual=[999], seguro="true").count("<li><b") == 0
    assert _sent(office) == []
