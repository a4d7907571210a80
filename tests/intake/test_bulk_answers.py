"""One answer to an incident on both databases: two tabs that send it at the same moment send it once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from intake.accounts.staff import Member, NewAccount, Role, add_account
from intake.answers.bulk_answers import Wish, begin, find_unfinished, send_next, show_progress
from intake.office import Office
from intake.petitions.case import get_petition, list_matters
from intake.petitions.incidents import join
from intake.tables.answers import Answer
from intake.tables.mind import IncidentMember
from intake.tables.outgoing import Reply
from intake.triage.newcomers import count_new_in_queue, mark_queue
from intake.triage.referrals import Choice, decide
from tests.talk import Talk

WATER = "no hay agua en la colonia Reforma de la ciudad de Oaxaca desde hace ocho días"
TEXT = "La cuadrilla cambió la válvula de la calle Hidalgo el 3 de diciembre. Su folio es {folio}."
COUNT = 4


@pytest.fixture
def officer(office: Office) -> Member:
    with office.sessions.begin() as session:
        row = add_account(session, office.jurisdiction, NewAccount("ofi", "ofi", Role.OFFICER, "contraseña larga"))
        return Member(row.id, "ofi", "ofi", Role.OFFICER, None, "")


@pytest.fixture
def folios(office: Office) -> list[str]:
    return [_tells(office, f"console-{number}") for number in range(COUNT)]


def _tells(office: Office, address: str) -> str:
    talk = Talk(office, address)
    talk.says(WATER)
    return talk.petitions()[0].folio


def _refers(office: Office, officer: Member, folio: str) -> int:
    with office.sessions() as session:
        petition = get_petition(session, folio)
        choice = Choice(list_matters(petition)[0].id, "SOAPA", petition.version)
    return decide(office, officer, folio, choice)


def test_two_tabs_that_send_at_once_send_each_answer_once(office: Office, officer: Member, folios: list[str]) -> None:
    for other in folios[1:]:
        join(office, officer, folios[0], other)
    numbers = tuple(_refers(office, officer, folio) for folio in folios)
    with office.sessions() as session:
        incident = session.scalars(select(IncidentMember.incident_id).distinct()).one()
    wish = Wish("a" * 32, "SOAPA", TEXT, numbers)
    with ThreadPoolExecutor(2) as pool:
        bulks = {*pool.map(lambda _: begin(office, officer, incident, wish), range(2))}
        assert len(bulks) == 1
        (bulk,) = bulks
        assert find_unfinished(office, officer, incident) == bulk
        [*pool.map(lambda _: send_next(office, officer, bulk), range(2))]
    while not (progress := show_progress(office, officer, bulk)).is_over:
        send_next(office, officer, bulk)
    assert progress.counts == {"sent": COUNT}
    send_next(office, officer, bulk)
    assert find_unfinished(office, officer, incident) is None
    with office.sessions() as session:
        assert sorted(session.scalars(select(Answer.text))) == sorted(TEXT.replace("{folio}", one) for one in folios)
        assert len(session.scalars(select(Reply.id).where(Reply.purpose == "notice.answered")).all()) == COUNT


def test_what_came_is_counted(office: Office, folios: list[str]) -> None:
    with office.sessions() as session:
        mark = mark_queue(session)
        assert count_new_in_queue(session, mark) == 0
    _tells(office, "console-later")
    with office.sessions() as session:
        assert count_new_in_queue(session, mark) == 1
