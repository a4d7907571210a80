"""What a person without a chat answers to an agency is written down by an officer and comes back to the agency."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from intake.accounts.staff import Member
from intake.clock import utc_now
from intake.errors import FormRefused, NotFound
from intake.office import Office
from intake.outgoing.replies import IN_PERSON
from intake.tables.incoming import InboundEvent, Message
from intake.tables.outgoing import Task
from intake.tables.petitions import HistoryEntry, Inquiry, Matter, Referral
from intake.triage.asking import ask
from intake.triage.capturing import CameBy, Statement, capture
from intake.triage.hearing import Heard, HeardBy, write_down
from intake.triage.tasks import review
from tests.admin.conftest import Case, also_with, case_of, data_of, refers
from tests.staff import Browser

QUESTION = "¿En qué calle está su casa?"
STREET = "En la calle Hidalgo, la casa azul frente al mercado."


@pytest.fixture
def asked(office: Office, members: dict[str, Member]) -> tuple[Case, int]:
    """A petition that came to the window; the water board asks for the street. Its referral."""
    said = Statement(CameBy.WINDOW, utc_now(), "no hay agua en la colonia Reforma", name="Guadalupe Ruiz")
    case = case_of(office, capture(office, members["oficial"], said, "a" * 32))
    referral = refers(office, members["oficial"], case, "SOAPA")
    ask(office, members["enlace-soapa"], referral, QUESTION)
    review(office, utc_now())
    return case, referral


def test_the_words_reach_the_agency_with_who_wrote_them(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member], asked: tuple[Case, int]
) -> None:
    case, referral = asked
    officer, liaison = browser("oficial"), browser("enlace-soapa")
    path = f"/turnos/{referral}/contestado"
    assert f'href="{path}"' in officer.opens(f"/peticiones/{case.folio}")
    assert path not in liaison.opens(f"/turnos/{referral}")
    page = officer.opens(path)
    assert QUESTION in page
    slip = page.split('name="papeleta" value="')[1].split('"')[0]
    came = page.split('name="llego" value="')[1].split('"')[0]
    officer.sends(path, papeleta=slip, via="phone", llego=came, texto=STREET)
    shown = liaison.opens(f"/turnos/{referral}")
    assert STREET in shown
    assert "Por teléfono; lo anotó Persona oficial." in shown
    assert "Contesta a la dependencia" in shown
    assert 'class="count">1<' in liaison.opens("/turnos").split("estado=came", 1)[1].split("</a>", 1)[0]
    with office.sessions() as session:
        inquiry, message = session.scalars(select(Inquiry)).one(), session.scalars(select(Message)).all()[-1]
        assert (inquiry.messages, message.text) == ([message.id], STREET)
        assert session.scalars(select(Referral.datum)).one() == "came"
        names = [*session.scalars(select(HistoryEntry.name).order_by(HistoryEntry.id))]
    assert names[-2:] == ["datum_came", "datum_written"]
    officer.opens(path, 404)


def test_who_answered_was_told_the_question(
    office: Office, members: dict[str, Member], asked: tuple[Case, int]
) -> None:
    heard = Heard(HeardBy.WINDOW, utc_now(), STREET)
    with office.sessions() as session:
        waiting = {task.reason for task in session.scalars(select(Task).where(Task.closed_at.is_(None)))}
    assert waiting == {IN_PERSON}
    write_down(office, members["oficial"], asked[1], heard, "c" * 32)
    with office.sessions() as session:
        means = [task.means for task in session.scalars(select(Task).where(Task.closed_by.is_not(None)))]
    assert means == ["visit"]


def test_the_agency_has_its_answer_also_while_another_matter_waits(
    office: Office, members: dict[str, Member], asked: tuple[Case, int]
) -> None:
    with office.sessions.begin() as session:
        matter = session.scalars(select(Matter)).one()
        further = Matter(petition_id=matter.petition_id, text="y el camino", status="TURNADA")
        session.add(further)
        session.flush()
        session.get_one(Referral, asked[1]).matter_id, matter.status = further.id, "DEVUELTA"
    write_down(office, members["oficial"], asked[1], Heard(HeardBy.PHONE, utc_now(), STREET), "b" * 32)
    with office.sessions() as session:
        assert session.get_one(Referral, asked[1]).datum == "came"


def test_each_agency_that_asked_has_its_own_answer(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member], asked: tuple[Case, int]
) -> None:
    case, water = asked
    roads = also_with(office, members, case, "CABIEN")
    ask(office, members["oficial"], roads, "¿En qué kilómetro está el camino?")
    review(office, utc_now())
    write_down(office, members["oficial"], water, Heard(HeardBy.PHONE, utc_now(), STREET), "e" * 32)
    assert data_of(office) == {water: "came", roads: "asked"}
    assert STREET in browser("enlace-soapa").opens(f"/turnos/{water}")
    assert QUESTION not in browser("oficial").opens(f"/turnos/{roads}/contestado")
    write_down(office, members["oficial"], roads, Heard(HeardBy.PHONE, utc_now(), "En el kilómetro cuatro."), "f" * 32)
    assert data_of(office) == {water: "came", roads: "came"}
    with office.sessions() as session:
        assert [len(one) for one in session.scalars(select(Inquiry.messages).order_by(Inquiry.id))] == [1, 1]


def test_a_form_that_is_sent_twice_is_kept_once(
    office: Office, members: dict[str, Member], asked: tuple[Case, int]
) -> None:
    heard = Heard(HeardBy.PAPER, utc_now(), STREET)
    folios = {write_down(office, members["oficial"], asked[1], heard, "d" * 32) for _ in range(2)}
    assert folios == {asked[0].folio}
    with office.sessions() as session:
        assert len(session.scalars(select(InboundEvent).where(InboundEvent.provider_id == "d" * 32)).all()) == 1


@pytest.mark.parametrize(
    ("heard", "fault"),
    [
        (Heard(HeardBy.PHONE, utc_now(), "x"), "text"),
        (Heard(HeardBy.PHONE, None, STREET), "when"),
        (Heard(HeardBy.PHONE, utc_now() + timedelta(days=1), STREET), "future"),
        (Heard(HeardBy.PHONE, utc_now() - timedelta(days=1), STREET), "before"),
    ],
)
def test_what_cannot_be_is_refused(
    office: Office, members: dict[str, Member], asked: tuple[Case, int], heard: Heard, fault: str
) -> None:
    with pytest.raises(FormRefused, match=fault):
        write_down(office, members["oficial"], asked[1], heard, "e" * 32)


def test_a_refused_form_keeps_its_words(browser: Callable[[str], Browser], asked: tuple[Case, int]) -> None:
    officer = browser("oficial")
    fields = {"papeleta": "f" * 32, "via": "window", "llego": "2020-01-01T10:00", "texto": STREET}
    page = officer.sends(f"/turnos/{asked[1]}/contestado", 422, **fields)
    assert "anterior a la pregunta" in page
    assert STREET in page


def test_where_a_chat_brings_the_answer_nobody_writes_it(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member], referral_id: int
) -> None:
    ask(office, members["enlace-soapa"], referral_id, QUESTION)
    browser("oficial").opens(f"/turnos/{referral_id}/contestado", 404)
    with pytest.raises(NotFound):
        write_down(office, members["oficial"], referral_id, Heard(HeardBy.PHONE, utc_now(), STREET), "g" * 32)
