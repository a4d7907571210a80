"""Invitations: good once, for 72 hours, for whom they were made; the link is kept nowhere."""

import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from intake.accounts.invitations import Invited, accept, invite
from intake.accounts.staff import Member, Role
from intake.clock import at, utc_now
from intake.errors import NotAllowed, NotFound
from intake.office import Office
from intake.tables.accounts import Staff, StaffInvitation
from tests.staff import PASSWORD, PROOF, Browser, logs_in

NEW = {"usuario": "nueva", "nombre": "Nueva Persona", "papel": "head", "agencia": "SOAPA"}
LINK = re.compile(r'readonly value="([^"]+)"')


def _path(page: str) -> str:
    found = LINK.search(page)
    assert found
    return urlsplit(found[1]).path


def _accepts(client: TestClient, path: str, password: str = PASSWORD, again: str | None = None) -> int:
    proof = PROOF.search(client.get(path).text)
    assert proof
    fields = {"clave": password, "otra_vez": password if again is None else again, "prueba": proof[1]}
    return client.post(path, data=fields).status_code


def test_the_invited_opens_the_account_and_chooses_the_password(
    office: Office, browser: Callable[[str], Browser], visitor: TestClient
) -> None:
    administrator = browser("administra")
    path = _path(administrator.sends("/invitaciones", 200, **NEW))
    page = visitor.get(path)
    assert "Nueva Persona" in page.text
    assert "Titular de dependencia" in page.text
    assert page.headers["referrer-policy"] == "no-referrer"
    assert _accepts(visitor, path, "corta") == 422
    assert _accepts(visitor, path, again="otra cosa muy larga") == 422
    assert _accepts(visitor, path) == 303
    assert logs_in(visitor, "nueva") == 303
    assert visitor.get("/turnos").status_code == 200
    assert ">usada<" in administrator.opens("/invitaciones")
    assert "agregó una cuenta: Nueva Persona" in administrator.opens("/bitacora")
    with office.sessions() as session:
        assert session.scalars(select(Staff.agency).where(Staff.username == "nueva")).one() == "SOAPA"


def test_a_link_is_good_once(browser: Callable[[str], Browser], visitor: TestClient) -> None:
    path = _path(browser("administra").sends("/invitaciones", 200, **NEW))
    assert _accepts(visitor, path) == 303
    assert visitor.get(path).status_code == 404
    assert visitor.get("/invitacion/" + "x" * 43).status_code == 404


def test_a_link_is_good_for_three_days(browser: Callable[[str], Browser], visitor: TestClient) -> None:
    path = _path(browser("administra").sends("/invitaciones", 200, **NEW))
    now = utc_now()
    with at(now + timedelta(hours=71)):
        assert visitor.get(path).status_code == 200
    with at(now + timedelta(hours=73)):
        assert visitor.get(path).status_code == 404
        assert ">vencida<" in browser("administra").opens("/invitaciones")


def test_one_that_was_withdrawn_or_made_anew_is_good_no_more(
    browser: Callable[[str], Browser], visitor: TestClient
) -> None:
    administrator = browser("administra")
    first = _path(administrator.sends("/invitaciones", 200, **NEW))
    second = _path(administrator.sends("/invitaciones", 200, **NEW))
    assert visitor.get(first).status_code == 404
    assert visitor.get(second).status_code == 200
    action = re.search(r'action="(/invitaciones/\d+/retirar)"', administrator.opens("/invitaciones"))
    assert action
    administrator.sends(action[1])
    assert visitor.get(second).status_code == 404
    administrator.sends(action[1], 409)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"usuario": "oficial"}, "ya existe"),
        ({"agencia": ""}, "necesita su dependencia"),
        ({"nombre": ""}, "Escriba el usuario y el nombre"),
    ],
)
def test_an_invitation_that_cannot_become_an_account_is_refused(
    browser: Callable[[str], Browser], change: dict[str, str], words: str
) -> None:
    assert words in browser("administra").sends("/invitaciones", 422, **{**NEW, **change})


def test_the_database_holds_no_link(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member]
) -> None:
    token = invite(office, members["administra"], Invited("nueva", "Nueva", Role.OFFICER, None))
    with office.sessions() as session:
        assert session.scalars(select(StaffInvitation.token_hash)).one() != token
    accept(office, token, PASSWORD)
    with pytest.raises(NotFound):
        accept(office, token, PASSWORD)
    with pytest.raises(NotAllowed):
        invite(office, members["oficial"], Invited("otra", "Otra", Role.ADMINISTRATOR, None))


def test_another_sites_form_opens_no_account(browser: Callable[[str], Browser], visitor: TestClient) -> None:
    path = _path(browser("administra").sends("/invitaciones", 200, **NEW))
    visitor.get(path)
    fields = {"clave": PASSWORD, "otra_vez": PASSWORD, "prueba": "otra"}
    assert visitor.post(path, data=fields).status_code == 403
    assert logs_in(visitor, "nueva") == 401
