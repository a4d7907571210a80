"""A person writes in pieces: one petition, one acknowledgement, said when they have told it."""

from datetime import timedelta

import pytest

from intake.accounts.staff import Member, NewAccount, Role, add_account
from intake.clock import at
from intake.office import Office
from intake.petitions.case import list_matters
from intake.triage.referrals import Choice, decide
from tests.chat import START, Chat

LONG = "en la colonia Reforma de Ciudad Ixtepec no hay agua desde hace ocho días"


@pytest.fixture
def chat(office: Office) -> Chat:
    return Chat.at(office)


def test_pieces_are_one_petition_and_one_acknowledgement_of_the_whole(chat: Chat) -> None:
    chat.says("no hay agua", 0)
    chat.says("en la 3 de mayo", 6)
    chat.says("de Tlacolula de Matamoros", 14)
    welcome, received, *_ = chat.sees(60)
    assert "Le damos la bienvenida" in welcome
    assert "Tlacolula de Matamoros" in received
    assert [petition.municipality for petition in chat.talk.petitions()] == ["20551"]
    assert sum("Recibimos su petición" in text for text in chat.talk.replies()) == 1


@pytest.mark.parametrize(
    ("text", "waits_s"), [(LONG, 5), ("no hay agua", 10), ("hola, buenos días", 5)], ids=["whole", "short", "greeting"]
)
def test_what_says_it_all_waits_less_and_nothing_waits_long(chat: Chat, text: str, waits_s: float) -> None:
    chat.says(text, 0)
    assert len(chat.sees(waits_s - 0.5)) == 1  # the welcome
    assert len(chat.sees(waits_s)) >= 1


def test_who_goes_on_writing_is_acknowledged_after_three_minutes(chat: Chat) -> None:
    for number in range(16):
        chat.says(f"y otra cosa {number}", number * 12.5)
        seen = chat.sees(number * 12.5)
        if any("Recibimos su petición" in text for text in seen):
            break
    assert 180 <= number * 12.5 < 195
    assert len(chat.talk.petitions()) == 1


def test_what_a_sender_has_taken_is_not_taken_back(chat: Chat) -> None:
    chat.says(LONG, 0)
    chat.sees(6)
    chat.says("es en la calle Hidalgo, frente al parque", 8)
    [added] = chat.sees(14)
    assert added.startswith("Gracias, lo agregamos")
    assert sum("Recibimos su petición" in text for text in chat.talk.replies()) == 1


def test_an_order_before_the_acknowledgement_leaves_it_first(chat: Chat) -> None:
    chat.says(LONG, 0)
    chat.says("MIS FOLIOS", 2)
    _, received, status = chat.sees(5)
    assert received.startswith("Recibimos su petición")
    assert status.startswith("Folio")


def test_what_staff_do_meanwhile_is_told_after_the_acknowledgement(chat: Chat) -> None:
    chat.says(LONG, 0)
    office = chat.talk.office
    with at(START + timedelta(seconds=1)):
        with office.sessions.begin() as session:
            account = NewAccount("oficial", "Oficial", Role.OFFICER, "una frase muy larga", None)
            row = add_account(session, office.jurisdiction, account)
            officer = Member(row.id, row.username, row.name, Role.OFFICER, None, "")
        [petition] = chat.talk.petitions()
        with office.sessions() as session:
            matter = list_matters(petition)[0].id
        decide(office, officer, petition.folio, Choice(matter, "MUNICIPIO", petition.version))
    _, received, *_, told = chat.sees(30)
    assert received.startswith("Recibimos su petición")
    assert "Ya se la enviamos" in told
