"""Log-ins end at once on a change of role, password or state, and a member ends their own others."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from admin.app import build_app
from intake.accounts.changing_accounts import change_role, set_password
from intake.accounts.entering import log_in
from intake.accounts.invitations import Invited, accept, invite
from intake.accounts.staff import Member, NewAccount, Role, add_account, set_active
from intake.clock import at, utc_now
from intake.errors import NotAllowed, NotFound
from intake.office import Office
from intake.tables.accounts import StaffSession
from tests.staff import PASSWORD, Browser, logs_in

OTHER = "otra frase muy larga"


def test_a_change_of_role_ends_the_log_ins_and_counts_at_the_next(
    browser: Callable[[str], Browser], members: dict[str, Member]
) -> None:
    officer, administrator = browser("oficial"), browser("administra")
    one = f"/usuarios/{members['oficial'].id}"
    assert "Personal de Gabinete" in administrator.opens(one)
    assert administrator.sends(f"{one}/papel", papel="statistics") == "/usuarios"
    officer.opens("/triage", 303)
    assert logs_in(officer.client, "oficial") == 303
    officer.opens("/triage", 403)
    officer.opens("/tablero")
    assert "cambió el papel de una cuenta: Persona oficial" in administrator.opens("/bitacora")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"papel": "head"}, "necesita su dependencia"),
        ({"papel": "officer", "agencia": "SOAPA"}, "solo ellos la llevan"),
        ({"papel": "head", "agencia": "NADA"}, "no está en el catálogo"),
    ],
)
def test_a_role_that_cannot_be_is_refused_and_nobody_is_sent_out(
    browser: Callable[[str], Browser], members: dict[str, Member], fields: dict[str, str], words: str
) -> None:
    officer = browser("oficial")
    assert words in browser("administra").sends(f"/usuarios/{members['oficial'].id}/papel", 422, **fields)
    officer.opens("/triage")


@pytest.fixture
def administrators(office: Office, members: dict[str, Member]) -> tuple[Member, Member]:
    with office.sessions.begin() as session:
        account = NewAccount("administra-2", "Otra Persona", Role.ADMINISTRATOR, PASSWORD)
        row = add_account(session, office.jurisdiction, account)
    return members["administra"], Member(row.id, row.username, row.name, Role.ADMINISTRATOR, None, "")


def test_of_two_administrators_who_close_or_demote_each_other_at_once_one_is_left(
    office: Office, administrators: tuple[Member, Member]
) -> None:
    """Both were let in by the guard before either was done."""
    one, other = administrators
    set_active(office, one, other.id, is_active=False)
    with pytest.raises(NotAllowed):
        set_active(office, other, one.id, is_active=False)
    set_active(office, one, other.id, is_active=True)
    change_role(office, one, other.id, Role.AUDITOR, None)
    with pytest.raises(NotAllowed):
        change_role(office, other, one.id, Role.AUDITOR, None)
    with pytest.raises(NotAllowed):
        set_password(office, other, one.id, OTHER)
    assert log_in(office, one.username, PASSWORD)


@pytest.mark.parametrize("way", ["closed", "demoted"])
def test_what_an_administrator_invited_to_ends_with_the_trust(
    office: Office, administrators: tuple[Member, Member], way: str
) -> None:
    one, other = administrators
    token = invite(office, other, Invited("puerta", "Puerta Trasera", Role.ADMINISTRATOR, None))
    if way == "closed":
        set_active(office, one, other.id, is_active=False)
    else:
        change_role(office, one, other.id, Role.AUDITOR, None)
    with pytest.raises(NotFound):
        accept(office, token, PASSWORD)


def test_a_new_password_ends_the_log_ins(browser: Callable[[str], Browser], members: dict[str, Member]) -> None:
    officer, administrator = browser("oficial"), browser("administra")
    administrator.sends(f"/usuarios/{members['oficial'].id}/clave", 422, clave="corta")
    officer.opens("/triage")
    administrator.sends(f"/usuarios/{members['oficial'].id}/clave", clave=OTHER)
    officer.opens("/triage", 303)
    assert logs_in(officer.client, "oficial") == 401
    assert logs_in(officer.client, "oficial", OTHER) == 303


def test_nobody_changes_the_own_role_or_gives_themselves_a_password(
    browser: Callable[[str], Browser], members: dict[str, Member]
) -> None:
    administrator, one = browser("administra"), f"/usuarios/{members['administra'].id}"
    assert "Es su propia cuenta" in administrator.opens(one)
    administrator.sends(f"{one}/papel", 422, papel="auditor")
    administrator.sends(f"{one}/clave", 422, clave=OTHER)
    administrator.opens("/usuarios/999", 404)


def test_the_own_password_is_changed_with_the_old_one_and_ends_the_other_log_ins(
    browser: Callable[[str], Browser],
) -> None:
    here, there = browser("oficial"), browser("oficial")
    assert "no es correcta" in here.sends("/mi-cuenta/clave", 422, actual="otra", clave=OTHER)
    assert "al menos 12" in here.sends("/mi-cuenta/clave", 422, actual=PASSWORD, clave="corta")
    there.opens("/triage")
    here.sends("/mi-cuenta/clave", actual=PASSWORD, clave=OTHER)
    here.opens("/triage")
    there.opens("/triage", 303)
    assert logs_in(there.client, "oficial", OTHER) == 303


def test_wrong_old_passwords_lock_as_at_the_log_in(browser: Callable[[str], Browser]) -> None:
    here = browser("oficial")
    for _ in range(8):
        here.sends("/mi-cuenta/clave", 422, actual="otra", clave=OTHER)
    here.sends("/mi-cuenta/clave", 422, actual=PASSWORD, clave=OTHER)
    with at(utc_now() + timedelta(minutes=11)):
        here.sends("/mi-cuenta/clave", actual=PASSWORD, clave=OTHER)


def test_a_member_sees_where_they_are_logged_in_and_ends_the_others(office: Office, members: dict[str, Member]) -> None:
    app = build_app(office)
    here, there, colleague = (
        TestClient(app, follow_redirects=False, headers={"User-Agent": name})
        for name in ("Here/1", "There/2", "Other/3")
    )
    for client, name in ((here, "oficial"), (there, "oficial"), (colleague, "audita")):
        assert logs_in(client, name) == 303
    page = Browser(here).opens("/mi-cuenta")
    assert page.index("Here/1") < page.index("There/2")
    assert "Other/3" not in page
    Browser(here).sends("/mi-cuenta/sesiones")
    page = Browser(here).opens("/mi-cuenta")
    assert "There/2" not in page
    assert "Cerrar las demás" not in page
    Browser(there).opens("/triage", 303)
    Browser(colleague).opens("/triage")


def test_when_a_log_in_was_last_used_is_kept_now_and_then(office: Office, browser: Callable[[str], Browser]) -> None:
    officer = browser("oficial")

    def seen() -> object:
        with office.sessions() as session:
            return session.scalars(select(StaffSession.seen_at)).one()

    first = seen()
    officer.opens("/triage")
    assert seen() == first
    later = utc_now() + timedelta(minutes=6)
    with at(later):
        officer.opens("/triage")
    assert seen() == later
