"""«Pedir un dato»: an agency asks through the chat, and what the citizen answers is seen as the answer."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.accounts.staff import Member
from intake.clock import at, utc_now
from intake.office import Office
from intake.petitions.case import get_petition
from intake.petitions.inquiries import find_questions, reply_of, take_answer
from intake.tables.incoming import Message
from intake.tables.outgoing import Reply
from intake.tables.petitions import Inquiry, Petition
from intake.triage.asking import ask
from tests.admin.conftest import Case, also_with, data_of, refers, says
from tests.staff import Browser
from tests.talk import Talk

QUESTION = "¿En qué calle está su casa?"
STREET = "es en la calle Hidalgo, la casa azul"
ARRIVED = 'class="count">1<'


def _tab(page: str, name: str) -> str:
    return page.split(f"estado={name}", 1)[1].split("</a>", 1)[0]


def test_the_question_reaches_the_citizen_and_the_answer_the_agency(
    office: Office, browser: Callable[[str], Browser], case: Case, referral_id: int
) -> None:
    liaison, talk, page = browser("enlace-soapa"), Talk(office, "c1"), f"/turnos/{referral_id}"
    talk.works()
    assert liaison.sends(f"{page}/preguntar", pregunta=QUESTION) == page
    talk.works()
    assert QUESTION in talk.replies()[-1]
    assert case.folio in talk.replies()[-1]
    assert "Espera un dato" in liaison.opens("/turnos")
    assert 'count">0<' in _tab(liaison.opens("/turnos"), "came")
    assert "Ya está en su petición" in talk.says(STREET)[-1]
    assert [petition.folio for petition in talk.petitions()] == [case.folio]
    assert ARRIVED in _tab(liaison.opens("/turnos"), "came")
    assert case.folio in liaison.opens("/turnos?estado=came")
    shown = liaison.opens(page)
    assert shown.index("Contesta a la dependencia") < shown.index(STREET, shown.index("Contesta a la dependencia"))
    assert "Llegó el dato" in browser("oficial").opens(f"/peticiones/{case.folio}")
    assert "contestó el dato que pidió la dependencia" in browser("oficial").opens(f"/peticiones/{case.folio}")


def test_what_follows_in_the_same_talk_belongs_to_the_answer_and_later_words_do_not(
    office: Office, members: dict[str, Member], referral_id: int
) -> None:
    talk = Talk(office, "c1")
    ask(office, members["enlace-soapa"], referral_id, QUESTION)
    talk.works()
    now = utc_now() + timedelta(hours=1)
    for later, text in ((0, STREET), (10, "frente al mercado de flores"), (3 * 3600, "hay un bache en mi camino")):
        with at(now + timedelta(seconds=later)):
            talk.says(text)
    with office.sessions() as session:
        assert len(session.scalars(select(Inquiry.messages)).one()) == 2
    assert len(talk.petitions()) == 2


def test_of_two_agencies_questions_the_quoted_one_is_answered(
    office: Office, members: dict[str, Member], referral_id: int, case: Case
) -> None:
    talk, other = Talk(office, "c1"), also_with(office, members, case, "CABIEN")
    for number in (referral_id, other):
        ask(office, members["oficial"], number, QUESTION)
        talk.works()
    with office.sessions.begin() as session:
        petition, message = get_petition(session, case.folio), session.scalars(select(Message)).one()
        first = session.scalars(select(Inquiry).order_by(Inquiry.id)).first()
        reply = reply_of(session, first) if first else None
        message.reply_to = reply.external_id if reply else None
        assert message.reply_to
        quoted = message.conversation_id, message.reply_to  # the dialogue is told of that one first, so it speaks of it
        told = {here: _agencies(session, office, petition, here) for here in (quoted, None)}
        assert told == {quoted: ["SOAPA", "CABIEN"], None: ["CABIEN", "SOAPA"]}
        assert take_answer(session, petition, message, utc_now())
        assert not take_answer(session, petition, message, utc_now())  # that one is answered; the other was not meant
    assert data_of(office) == {referral_id: "came", other: "asked"}


def _agencies(session: Session, office: Office, petition: Petition, quoted: tuple[int, str | None] | None) -> list[str]:
    keys = {office.jurisdiction.name_agency(key): key for key in ("SOAPA", "CABIEN")}
    return [keys[question.agency] for question in find_questions(session, office, [petition], quoted)[petition.id]]


def test_without_a_quote_the_question_that_was_asked_last_is_answered_first(
    office: Office, members: dict[str, Member], referral_id: int, case: Case
) -> None:
    talk, other = Talk(office, "c1"), also_with(office, members, case, "CABIEN")
    for number in (referral_id, other):
        ask(office, members["oficial"], number, QUESTION)
        talk.works()
    now = utc_now() + timedelta(minutes=1)
    told = []
    for later, text in ((0, STREET), (10, "frente al mercado de flores"), (60, "son ocho casas de la esquina")):
        with at(now + timedelta(seconds=later)):
            talk.says(text)
        told.append(data_of(office))
    both = {referral_id: "came", other: "came"}  # the first one's question was told again before the second message
    assert told == [{referral_id: "asked", other: "came"}, both, both]
    with office.sessions() as session:
        parts = session.execute(select(Inquiry.referral_id, Inquiry.messages)).all()
    assert {number: len(messages) for number, messages in parts} == {
        referral_id: 2,
        other: 1,
    }  # what comes when nobody waits is the newest's


def test_a_question_that_did_not_leave_yet_is_not_answered_by_what_comes(
    office: Office, members: dict[str, Member], referral_id: int
) -> None:
    talk = Talk(office, "c1")
    talk.works()
    ask(office, members["enlace-soapa"], referral_id, QUESTION)
    talk.sends("el camino a mi pueblo está lleno de hoyos")
    talk.thinks()
    with office.sessions() as session:
        assert session.scalars(select(Inquiry.came_at)).one() is None


def test_one_question_at_a_time_and_it_must_be_one(
    office: Office, browser: Callable[[str], Browser], referral_id: int
) -> None:
    liaison, page = browser("enlace-soapa"), f"/turnos/{referral_id}"
    assert "Escriba la pregunta completa" in liaison.sends(f"{page}/preguntar", 422, pregunta="¿Dónde?")
    liaison.sends(f"{page}/preguntar", pregunta=QUESTION)
    assert "Alguien la movió antes" in liaison.sends(f"{page}/preguntar", 409, pregunta=QUESTION)
    assert "/preguntar" not in liaison.opens(page)


def test_after_the_answer_another_question_may_be_asked(
    office: Office, browser: Callable[[str], Browser], referral_id: int
) -> None:
    liaison, talk, page = browser("enlace-soapa"), Talk(office, "c1"), f"/turnos/{referral_id}"
    liaison.sends(f"{page}/preguntar", pregunta=QUESTION)
    talk.works()
    talk.says(STREET)
    liaison.sends(f"{page}/preguntar", pregunta="¿A qué hora hay alguien en casa?")
    assert 'count">0<' in _tab(liaison.opens("/turnos"), "came")


def test_an_answered_or_returned_referral_waits_for_nothing(
    office: Office, browser: Callable[[str], Browser], referral_id: int
) -> None:
    liaison, page = browser("enlace-soapa"), f"/turnos/{referral_id}"
    liaison.sends(f"{page}/preguntar", pregunta=QUESTION)
    liaison.sends(f"{page}/devolver", motivo="Le corresponde al municipio.")
    shown = liaison.opens("/turnos?estado=returned")
    assert "Espera un dato" not in shown
    liaison.sends(f"{page}/preguntar", 409, pregunta=QUESTION)
    talk = Talk(office, "c1")
    talk.works()
    talk.says(STREET)
    with office.sessions() as session:
        assert session.scalars(select(Inquiry.came_at)).one() is None


def test_a_sensitive_matters_question_is_not_in_the_notice(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member]
) -> None:
    danger = says(office, "c9", "hay que pasar mordida a los topes del camino, quítenlos")
    referral = refers(office, members["oficial"], danger, "SHTFP")
    page = browser("oficial").opens(f"/turnos/{referral}")
    assert "le llega solo un aviso con el folio" in page
    ask(office, members["oficial"], referral, QUESTION)
    with office.sessions() as session:
        told = session.scalars(select(Reply.text).order_by(Reply.id.desc())).first()
    assert told
    assert QUESTION not in told


def test_an_auditor_asks_nothing(browser: Callable[[str], Browser], referral_id: int) -> None:
    assert "/preguntar" not in browser("audita").opens(f"/turnos/{referral_id}")
