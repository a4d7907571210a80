"""A petition that an officer captured, on both databases: sent twice at once it is one; a stranger learns a word."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from intake.accounts.staff import Member, NewAccount, Role, add_account
from intake.clock import utc_now
from intake.errors import MoveRefused, NotAllowed
from intake.office import Office
from intake.tables.petitions import Petition
from intake.triage.capturing import CameBy, Statement, capture
from intake.triage.takeovers import enter
from tests.talk import Talk

ROAD = "Doña Lupe dice que el camino a su pueblo está lleno de hoyos."
KEY = "0" * 32


def _member(office: Office, role: Role = Role.OFFICER) -> Member:
    account = NewAccount(role.value, f"Persona {role.value}", role, "una frase muy larga", None)
    with office.sessions.begin() as session:
        row = add_account(session, office.jurisdiction, account)
        return Member(row.id, role.value, row.name, role, None, "")


def _said() -> Statement:
    return Statement(CameBy.PHONE, utc_now(), ROAD, town="Xoxocotlán", name="Guadalupe Ruiz", phone="9511234567")


def test_a_form_that_is_sent_twice_at_once_makes_one_petition(office: Office) -> None:
    member, said = _member(office), _said()
    with ThreadPoolExecutor(4) as pool:
        folios = list(pool.map(lambda _: capture(office, member, said, KEY), range(4)))
    assert len(set(folios)) == 1
    with office.sessions() as session:
        assert session.scalar(select(func.count()).select_from(Petition)) == 1


def test_who_has_the_folio_learns_by_chat_what_any_stranger_learns(office: Office, talk: Talk) -> None:
    folio = capture(office, _member(office), _said(), KEY)
    said = "\n".join(talk.says(f"estado {folio}"))
    assert "Estado: Recibida" in said
    for word in ("camino", "hoyos", "Guadalupe", "Lupe", "9511234567", "Xoxocotlán"):
        assert word not in said, word
    assert folio not in "\n".join(talk.says("estado"))


def test_nobody_enters_a_chat_that_there_is_not(office: Office) -> None:
    member = _member(office)
    folio = capture(office, member, _said(), KEY)
    with pytest.raises(MoveRefused):
        enter(office, member, folio, 0)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.LIAISON])
def test_only_who_decides_captures(office: Office, role: Role) -> None:
    member = Member(1, "x", "X", role, None, "")
    with pytest.raises(NotAllowed):
        capture(office, member, _said(), KEY)
