"""«Por avisar»: an answer that failed in the chat is told another way, by a person, once."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from intake.accounts.staff import Member
from intake.clock import utc_now
from intake.office import Office
from intake.tables.outgoing import Reply, Task
from intake.triage.referrals import answer
from intake.triage.tasks import review
from tests.admin.conftest import refers, says
from tests.staff import Browser

WATER = "no hay agua en la colonia Reforma desde hace ocho días"


def _failed_answer(office: Office, members: dict[str, Member]) -> str:
    case = says(office, "c1", WATER)
    referral = refers(office, members["oficial"], case, "SOAPA")
    answer(office, members["oficial"], referral, "La cuadrilla repara la fuga el jueves por la mañana.")
    with office.sessions.begin() as session:
        session.scalars(select(Reply).where(Reply.purpose == "notice.answered")).one().state = "failed"
    assert review(office, utc_now() + timedelta(minutes=1)) == 1
    return case.folio


def test_an_officer_closes_a_task_with_what_was_done(
    office: Office, members: dict[str, Member], browser: Callable[[str], Browser]
) -> None:
    folio = _failed_answer(office, members)
    officer = browser("oficial")
    page = officer.opens("/avisos")
    assert folio in page
    assert "La respuesta no se pudo entregar." in page
    with office.sessions() as session:
        task_id = session.scalars(select(Task.id)).one()
    fields = {"resultado": "told", "medio": "call", "nota": "contestó su hija"}
    assert officer.sends(f"/avisos/{task_id}/cerrar", **fields) == "/avisos"
    assert "Nadie está en espera" in officer.opens("/avisos")
    assert "anotó el aviso por otro medio" in officer.opens(f"/peticiones/{folio}")
    officer.sends(f"/avisos/{task_id}/cerrar", 409, **fields)


def test_an_auditor_sees_the_tasks_and_closes_none(
    office: Office, members: dict[str, Member], browser: Callable[[str], Browser]
) -> None:
    folio = _failed_answer(office, members)
    page = browser("audita").opens("/avisos")
    assert folio in page
    assert "cerrar" not in page
