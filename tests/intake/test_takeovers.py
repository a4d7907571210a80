"""A person of the office in a conversation, on both databases: who is in it, what leaves, when it ends."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select

from intake.accounts.staff import Member, NewAccount, Role, add_account
from intake.clock import at, utc_now
from intake.errors import NotAllowed, Stale
from intake.office import Office
from intake.petitions.case import get_petition
from intake.petitions.history import find_break, list_entries
from intake.tables.accounts import Takeover
from intake.tables.outgoing import Reply
from intake.triage.takeovers import NotIn, enter, find_person, leave, review, write
from tests.talk import Talk
from tests.whatsapp_case import DAY, START, WhatsAppCase

WATER = "no hay agua en la colonia Reforma desde hace ocho días"
SLIP, OTHER_SLIP = "0" * 16, "1" * 16


@pytest.fixture
def officer(office: Office) -> Member:
    return _member(office, "laura", Role.OFFICER)


@pytest.fixture
def folio(talk: Talk) -> str:
    talk.says(WATER)
    return talk.petitions()[0].folio


def _member(office: Office, name: str, role: Role, agency: str | None = None) -> Member:
    with office.sessions.begin() as session:
        row = add_account(session, office.jurisdiction, NewAccount(name, name, role, "contraseña larga", agency))
        return Member(row.id, name, name, role, agency, "")


def _purposes(office: Office) -> Sequence[str]:
    with office.sessions() as session:
        return session.scalars(select(Reply.purpose).order_by(Reply.id)).all()


def _notes(office: Office, folio: str) -> list[tuple[str, str]]:
    with office.sessions() as session:
        entries = list_entries(session, get_petition(session, folio).id)
        assert find_break(entries) is None
    return [(entry.actor, entry.name) for entry in entries if entry.name.startswith("person_")]


def _endings(office: Office) -> Sequence[str | None]:
    with office.sessions() as session:
        return session.scalars(select(Takeover.ending).order_by(Takeover.id)).all()


def test_a_person_writes_the_program_keeps_quiet_and_goes_on_afterwards(
    office: Office, talk: Talk, folio: str, officer: Member
) -> None:
    enter(office, officer, folio, 0)
    write(office, officer, folio, "Buenas tardes, soy Laura. ¿De qué calle habla?", SLIP)
    assert talk.says("de la calle Violetas") == []
    leave(office, officer, folio)
    assert talk.says("gracias") == ["Con gusto. Aquí estamos para lo que necesite."]
    assert talk.replies()[-4:-1] == [
        "Le escribe una persona de la Jefatura de Gabinete del Gobierno del Estado de Oaxaca. "
        f"Es sobre su folio {folio}. Mientras ella le atiende, el sistema automático no contesta.",
        "Buenas tardes, soy Laura. ¿De qué calle habla?",
        "La persona de la oficina salió de la plática. Sigue atendiéndole el sistema automático. "
        "Si necesita algo, escríbanos aquí.",
    ]
    actor = f"staff:{officer.id}"
    assert _notes(office, folio) == [(actor, "person_came"), (actor, "person_wrote"), (actor, "person_left")]
    with office.sessions() as session:
        petition = get_petition(session, folio)
        assert [m.name for m in list_entries(session, petition.id)].count("message_added") == 2


def test_the_same_form_sent_twice_leaves_once(office: Office, folio: str, officer: Member) -> None:
    for _ in range(2):
        enter(office, officer, folio, 0)
        write(office, officer, folio, "Ya la vi.", SLIP)
    write(office, officer, folio, "Ya la vi.", OTHER_SLIP)
    assert _purposes(office)[-3:] == ["takeover.begins", "takeover.says", "takeover.says"]
    assert [name for _, name in _notes(office, folio)] == ["person_came", "person_wrote", "person_wrote"]


def test_another_takes_over_knowingly(office: Office, talk: Talk, folio: str, officer: Member) -> None:
    second = _member(office, "pedro", Role.ADMINISTRATOR)
    enter(office, officer, folio, 0)
    with pytest.raises(Stale):
        enter(office, second, folio, 0)
    with office.sessions() as session:
        there = find_person(session, get_petition(session, folio).conversation_id)
    assert there is not None
    assert (there.name, there.folio) == ("laura", folio)
    enter(office, second, folio, there.takeover_id)
    with pytest.raises(NotIn):
        write(office, officer, folio, "¿Sigue ahí?", SLIP)
    with pytest.raises(NotIn):
        leave(office, officer, folio)
    write(office, second, folio, "Buenas, soy Pedro.", SLIP)
    assert _purposes(office)[-3:] == ["takeover.begins", "takeover.changes", "takeover.says"]
    assert _endings(office) == ["replaced", None]


def test_who_wrote_no_more_is_out_and_the_citizen_is_told_once(
    office: Office, talk: Talk, folio: str, officer: Member
) -> None:
    enter(office, officer, folio, 0)
    now = utc_now()
    with at(now + timedelta(minutes=20)):
        write(office, officer, folio, "Ya la vi.", SLIP)
    assert review(office, now + timedelta(minutes=49)) == 0
    assert review(office, now + timedelta(minutes=51)) == 1
    assert review(office, now + timedelta(minutes=52)) == 0
    assert _purposes(office)[-2:] == ["takeover.says", "takeover.ends"]
    assert _notes(office, folio)[-1] == ("machine", "person_idle")
    assert talk.says("gracias") != []


def test_a_message_after_the_idle_time_is_answered_by_the_program(
    office: Office, talk: Talk, folio: str, officer: Member
) -> None:
    enter(office, officer, folio, 0)
    with at(utc_now() + timedelta(minutes=31)):
        told = talk.says("gracias")
    assert told[-2:] == [
        "La persona de la oficina salió de la plática. Sigue atendiéndole el sistema automático. "
        "Si necesita algo, escríbanos aquí.",
        "Con gusto. Aquí estamos para lo que necesite.",
    ]
    assert _endings(office) == ["idle"]


def test_danger_in_the_conversation_is_answered_at_once(
    office: Office, talk: Talk, folio: str, officer: Member
) -> None:
    enter(office, officer, folio, 0)
    told = talk.says("mi marido me quiere matar")
    assert "911" in told[-2]
    assert [petition.emergency for petition in talk.petitions()] == [None, "violencia"]


def test_a_flood_in_the_conversation_is_kept_without_a_word(
    office: Office, talk: Talk, folio: str, officer: Member
) -> None:
    enter(office, officer, folio, 0)
    talk.works()
    before = len(talk.replies())
    for number in range(35):
        talk.sends(f"y falta también la calle {number}")
    talk.works()
    assert len(talk.replies()) == before


@pytest.mark.parametrize(("role", "agency"), [(Role.LIAISON, "SOAPA"), (Role.AUDITOR, None)])
def test_who_does_not_decide_does_not_enter(office: Office, folio: str, role: Role, agency: str | None) -> None:
    stranger = _member(office, "otra", role, agency)
    with pytest.raises(NotAllowed):
        enter(office, stranger, folio, 0)
    with pytest.raises(NotAllowed):
        write(office, stranger, folio, "Buenas.", SLIP)
    with pytest.raises(NotAllowed):
        leave(office, stranger, folio)


def test_after_the_24_hours_what_is_written_waits_for_the_citizen(office: Office) -> None:
    case = WhatsAppCase(office)
    case.writes(WATER, START)
    case.drains(START)
    with office.sessions() as session:
        folio = session.scalars(select(Reply.text).where(Reply.purpose == "petition.received")).one()
        folio = folio.split("Folio: ")[1].split("\n")[0]
    with at(START + DAY):
        enter(case.office, case.officer, folio, 0)
        write(case.office, case.officer, folio, "¿Sigue sin agua?", SLIP)
    assert case.claims(START + DAY) == []
    assert case.states()[-2:] == [("takeover.begins", "held"), ("takeover.says", "held")]
    case.writes("sí, sin nada", START + DAY + timedelta(minutes=10))
    assert [c.message.text for c in case.drains(START + DAY + timedelta(minutes=10))][-1] == "¿Sigue sin agua?"
