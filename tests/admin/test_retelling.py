"""«Por qué dijo eso»: what is told of each message, what is marked, and who may read it."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import get_args

import pytest
from sqlalchemy import select, update

import admin
from bot.effects import Effect, Say
from bot.state import Awaiting
from intake.accounts.staff import Member
from intake.clock import at, utc_now
from intake.office import Office
from intake.petitions.case import get_petition
from intake.petitions.history import list_entries
from intake.staff_texts import load_staff_texts
from intake.tables.incoming import Message
from intake.tables.outgoing import Reply
from intake.triage.referrals import Choice, decide
from intake.triage.retelling import EVENTS_A_PAGE, Notice, retell
from intake.triage.retold import Retold
from intake.triage.takeovers import enter, write
from nlp.reading import MessageKind
from tests.admin.conftest import case_of, refers, says
from tests.staff import Browser
from tests.talk import Talk

WATER = "no hay agua en la colonia Reforma desde hace ocho días"
ROAD = "el camino a mi pueblo está lleno de hoyos"
DANGER = "mi marido me quiere matar"


@pytest.fixture
def talk(office: Office) -> Talk:
    """A petition, its place, in the same breath more of it; the next day another one."""
    talk, start = Talk(office, "c1"), utc_now() - timedelta(days=2)
    said = {0: WATER, 60: "xoxocotlan", 70: "y no viene la pipa", 86_400: ROAD}
    for seconds, text in said.items():
        with at(start + timedelta(seconds=seconds)):
            talk.says(text)
    return talk


def _story(office: Office, member: Member, talk: Talk) -> list[Retold]:
    story = retell(office, member, talk.petitions()[0].folio)
    return [item for item in story.items if isinstance(item, Retold)]


def test_each_message_is_told_as_it_was(office: Office, members: dict[str, Member], talk: Talk) -> None:
    opened, placed, more, another = _story(office, members["audita"], talk)
    folio = talk.petitions()[0].folio
    assert opened.read
    assert (opened.read.kind, opened.read.emergency) == ("petition", None)
    assert opened.read.ranking[0] == ("Sistema Operador de los Servicios de Agua Potable y Alcantarillado", 0.82)
    assert opened.before
    assert opened.after
    assert (opened.before.asked, opened.after.asked, opened.after.folio) == (None, "municipality", folio)
    assert [one.name for one in opened.effects] == ["OpenPetition"]
    assert [one.purpose for one in opened.said] == ["welcome", "petition.received", "ask.municipality"]
    assert placed.before
    assert placed.before.asked == "municipality"
    assert [(one.name, one.folio, one.detail) for one in placed.effects] == [
        ("SetPlace", folio, "Santa Cruz Xoxocotlán")
    ]
    assert [one.purpose for one in more.said] == ["petition.added"]
    assert [(one.name, one.folio) for one in more.effects] == [("AddToPetition", folio)]
    assert (more.folio, another.folio) == (folio, talk.petitions()[1].folio)


def test_the_same_program_says_the_same_however_far_the_petition_has_gone(
    office: Office, members: dict[str, Member], talk: Talk
) -> None:
    refers(office, members["oficial"], case_of(office, talk.petitions()[0].folio), "SOAPA")
    told = _story(office, members["oficial"], talk)
    assert [item.again for item in told] == [item.said for item in told]
    assert [item.is_other for item in told] == [False] * 4


def test_what_would_be_said_otherwise_today_is_marked(
    office: Office, members: dict[str, Member], talk: Talk, browser: Callable[[str], Browser]
) -> None:
    with office.sessions.begin() as session:
        session.execute(update(Reply).where(Reply.purpose == "petition.added").values(text="Escriba lo que sea."))
    told = _story(office, members["oficial"], talk)
    assert [item.is_other for item in told] == [False, False, True, False]
    page = browser("oficial").opens(f"/peticiones/{talk.petitions()[0].folio}/por-que")
    assert page.count('class="card is-other"') == 1
    assert "Escriba lo que sea." in page
    assert "Gracias, lo agregamos" in page


def test_a_reading_that_would_be_another_today_stands_beside_it(
    office: Office, members: dict[str, Member], talk: Talk
) -> None:
    with office.sessions.begin() as session:
        first = session.scalars(select(Message).order_by(Message.id)).first()
        assert first
        first.kind = "spam"
    told = _story(office, members["oficial"], talk)
    assert told[0].today
    assert (told[0].today.kind, told[2].today) == ("petition", None)


def test_an_older_message_is_told_without_what_nobody_kept(
    office: Office, members: dict[str, Member], talk: Talk, browser: Callable[[str], Browser]
) -> None:
    with office.sessions.begin() as session:
        session.execute(update(Message).values(basis=None))
    for item in _story(office, members["oficial"], talk):
        assert (item.again, item.before, item.effects, item.is_other) == (None, None, (), False)
    page = browser("oficial").opens(f"/peticiones/{talk.petitions()[0].folio}/por-que")
    assert page.count("No se puede calcular de nuevo") == 4


def test_what_staff_had_said_stands_between(
    office: Office, members: dict[str, Member], talk: Talk, browser: Callable[[str], Browser]
) -> None:
    folio, officer = talk.petitions()[0].folio, members["oficial"]
    case = case_of(office, folio)
    decide(office, officer, folio, Choice(case.matter_id, "SOAPA", case.version))
    enter(office, officer, folio, 0)
    write(office, officer, folio, "Ya va la pipa.", "0" * 16)
    talk.says("gracias licenciada")
    items = retell(office, officer, folio).items
    said = [(one.said.purpose, one.author) for one in items if isinstance(one, Notice)]
    assert said == [("notice.referred", None), ("takeover.begins", None), ("takeover.says", "Persona oficial")]
    last = items[-1]
    assert isinstance(last, Retold)
    assert last.before
    assert (last.before.person, last.said, last.again) == (True, (), ())
    assert "una persona de la oficina estaba en la plática" in browser("oficial").opens(f"/peticiones/{folio}/por-que")


def test_a_long_conversation_is_told_in_pages_although_it_was_answered_late(
    office: Office, members: dict[str, Member], talk: Talk
) -> None:
    now, late = utc_now(), EVENTS_A_PAGE + 6
    for number in range(late):
        with at(now + timedelta(minutes=number)):
            talk.sends(f"y falta la calle {number}")
    with at(now + timedelta(hours=2)):
        talk.works()
    folio = talk.petitions()[0].folio
    newest = retell(office, members["oficial"], folio)
    assert newest.earlier
    oldest = retell(office, members["oficial"], folio, newest.earlier)
    told = [item for item in (*oldest.items, *newest.items) if isinstance(item, Retold)]
    assert [len(oldest.items), len(told), oldest.earlier] == [10, 4 + late, None]
    assert any("Estamos recibiendo muchos mensajes" in one.text for item in told for one in item.said)
    assert not any(item.is_other for item in told)


def test_a_text_that_was_cut_for_its_channel_is_one_sentence(
    office: Office, members: dict[str, Member], talk: Talk
) -> None:
    with office.sessions.begin() as session:
        whole = session.scalars(select(Reply).where(Reply.purpose == "petition.added")).one()
        values = {c.name: getattr(whole, c.name) for c in Reply.__table__.columns} | {"id": None}
        head, tail = whole.text.split(" ", 1)
        whole.text = head
        session.add(Reply(**values | {"key": whole.key.removesuffix(":1") + ":2", "text": tail}))
    more = _story(office, members["oficial"], talk)[2]
    assert [one.purpose for one in more.said] == ["petition.added"]
    assert not more.is_other


def test_every_question_effect_and_kind_has_its_word(office: Office) -> None:
    texts = load_staff_texts(Path(admin.__file__).parent / "texts" / "es_MX.po", office)
    words = {f"asking.{one}" for one in Awaiting} | {f"kind.{one}" for one in MessageKind}
    words |= {f"effect.{one.__name__}" for one in get_args(Effect) if one is not Say}
    assert {word for word in words if not texts.has(word)} == set()


def test_an_auditor_reads_it_and_its_reading_of_a_sensitive_petition_is_noted(
    office: Office, members: dict[str, Member], browser: Callable[[str], Browser]
) -> None:
    folio, water = says(office, "c1", DANGER).folio, says(office, "c2", WATER)
    referral = refers(office, members["oficial"], water, "SOAPA")
    page = browser("audita").opens(f"/peticiones/{folio}/por-que")
    assert DANGER in page
    assert "emergencia: violencia" in page
    with office.sessions() as session:
        entries = list_entries(session, get_petition(session, folio).id)
    assert [entry.actor for entry in entries if entry.name == "read"] == [f"staff:{members['audita'].id}"]
    liaison = browser("enlace-soapa")
    liaison.opens(f"/peticiones/{water.folio}/por-que", 403)
    assert "por-que" not in liaison.opens(f"/turnos/{referral}")
