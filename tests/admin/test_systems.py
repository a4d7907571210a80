"""«Sistemas conectados»: a token is shown once, opens what it is for while it is good, and is nobody's log-in."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from intake.accounts.entering import log_in
from intake.accounts.staff import Member, Role
from intake.audit.reading import Wish, all_lines
from intake.clock import at, utc_now
from intake.database import reading
from intake.office import Office
from intake.systems.telling import claim_due, settle
from intake.systems.tokens import Scope, find_caller
from intake.tables.accounts import Staff
from intake.tables.systems import System
from tests.admin.conftest import Case, refers
from tests.staff import PASSWORD, Browser

PAGE = "/sistemas"
TOKEN = re.compile(r'id="token" readonly[^>]* value="([^"]+)"')


def _makes(browser: Browser, *scopes: str, agency: str = "SOAPA", name: str = "Mesa de control") -> str:
    data = {"csrf": browser.token(), "nombre": name, "agencia": agency, "permiso": list(scopes), "dias": "90"}
    page = browser.client.post(PAGE, data=data)
    assert page.status_code == 200, page.text
    found = TOKEN.search(page.text)
    assert found
    return found[1]


def test_a_token_is_shown_once_and_kept_as_a_hash(office: Office, browser: Callable[[str], Browser]) -> None:
    administrator = browser("administra")
    token = _makes(administrator, "referrals:read", "referrals:write")
    page = administrator.opens(PAGE)
    assert token not in page
    assert "Mesa de control" in page
    assert token.rsplit("_", 1)[0] in page or token[:12] in page
    with office.sessions() as session:
        row = session.scalars(select(System)).one()
        assert token not in (row.token_hash, row.token_name)
    caller = find_caller(office, token)
    assert caller
    assert (caller.member.agency, caller.scopes) == ("SOAPA", {Scope.REFERRALS_READ, Scope.REFERRALS_WRITE})


def test_a_token_ends_by_time_by_hand_and_by_renewal(office: Office, browser: Callable[[str], Browser]) -> None:
    administrator = browser("administra")
    token = _makes(administrator, "referrals:read")
    with at(utc_now() + timedelta(days=91)):
        assert find_caller(office, token) is None
    assert find_caller(office, token[:-1] + "x") is None
    page = administrator.sends(f"{PAGE}/1/renovar", 200, dias="30")
    renewed = TOKEN.search(page)
    assert renewed
    assert find_caller(office, token) is None
    assert find_caller(office, renewed[1])
    assert administrator.sends(f"{PAGE}/1/revocar") == PAGE
    assert find_caller(office, renewed[1]) is None
    assert "Revocado" in administrator.opens(PAGE)
    administrator.sends(f"{PAGE}/1/revocar", 409)


def test_its_last_use_is_noted_once_a_minute(office: Office, browser: Callable[[str], Browser]) -> None:
    token, now = _makes(browser("administra"), "referrals:read"), utc_now()
    for seconds, noted in ((0, 0), (30, 0), (61, 61)):
        with at(now + timedelta(seconds=seconds)):
            find_caller(office, token)
        with office.sessions() as session:
            assert session.scalars(select(System.used_at)).one() == now + timedelta(seconds=noted)


def test_a_system_is_no_person(office: Office, browser: Callable[[str], Browser]) -> None:
    administrator = browser("administra")
    token = _makes(administrator, "referrals:read")
    with office.sessions() as session:
        account = session.scalars(select(Staff).where(Staff.username.startswith("sistema-"))).one()
    assert log_in(office, account.username, token) is None
    assert account.username not in administrator.opens("/usuarios")
    administrator.sends(f"/usuarios/{account.id}/desactivar", 404)
    administrator.opens(f"/usuarios/{account.id}", 404)
    administrator.sends(f"/usuarios/{account.id}/clave", 404, clave=PASSWORD)
    administrator.sends(f"/usuarios/{account.id}/papel", 404, papel="officer")
    assert log_in(office, account.username, PASSWORD) is None
    caller = find_caller(office, token)
    assert caller
    assert caller.member.role == Role.LIAISON


def test_who_connects_a_system_and_what_becomes_of_it_is_in_the_trail(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member]
) -> None:
    administrator = browser("administra")
    _makes(administrator, "referrals:read")
    administrator.sends(f"{PAGE}/1/avisos", 200, direccion="https://soapa.example.mx/avisos")
    administrator.sends(f"{PAGE}/1/avisos/secreto", 200)
    administrator.sends(f"{PAGE}/1/avisos/quitar")
    administrator.sends(f"{PAGE}/1/renovar", 200, dias="30")
    administrator.sends(f"{PAGE}/1/revocar")
    assert "conectó un sistema: Mesa de control" in administrator.opens("/bitacora")
    wish = Wish(staff_id=members["administra"].id)
    with reading(office.sessions) as session:
        acts = [line.act for line in all_lines(session, office.jurisdiction.zone, wish)]
    assert [act for act in acts if act != "logged_in"] == [
        "account_added",
        "system_connected",
        "hook_set",
        "hook_rotated",
        "hook_dropped",
        "system_renewed",
        "system_revoked",
    ]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"nombre": ""}, "Escriba el nombre del sistema."),
        ({"permiso": []}, "Elija al menos un permiso."),
        ({"dias": "3"}, "Elija la vigencia"),
        ({"agencia": ""}, "Elija la dependencia"),
        ({"agencia": "NADIE"}, "Elija la dependencia"),
    ],
)
def test_what_lacks_something_makes_nothing(
    office: Office, browser: Callable[[str], Browser], fields: dict[str, object], sentence: str
) -> None:
    administrator = browser("administra")
    whole = {"csrf": administrator.token(), "nombre": "X", "agencia": "SOAPA", "permiso": ["referrals:read"]}
    answer = administrator.client.post(PAGE, data=whole | {"dias": "90"} | fields)
    assert answer.status_code == 422
    assert sentence in answer.text
    with office.sessions() as session:
        assert session.scalars(select(System)).all() == []


def test_only_an_administrator_connects_systems(browser: Callable[[str], Browser]) -> None:
    for name in ("oficial", "audita", "enlace-soapa"):
        browser(name).opens(PAGE, 403)


def test_an_address_is_set_its_secret_shown_once_and_what_failed_is_seen(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member], case: Case
) -> None:
    administrator = browser("administra")
    _makes(administrator, "referrals:read")
    assert "Esa dirección es de una red interna" in administrator.sends(
        f"{PAGE}/1/avisos", 422, direccion="https://10.0.0.1/avisos"
    )
    page = administrator.sends(f"{PAGE}/1/avisos", 200, direccion="https://soapa.example.mx/avisos")
    secret = re.search(r'value="(whsec_[^"]+)"', page)
    assert secret
    assert secret[1] not in administrator.opens(PAGE)
    assert "whsec_" in administrator.sends(f"{PAGE}/1/avisos/secreto", 200)
    assert "firma también el secreto anterior" in administrator.opens(PAGE)
    refers(office, members["oficial"], case, "SOAPA")
    (errand,) = claim_due(office, utc_now())
    settle(office, errand, "410", utc_now())
    page = administrator.opens(f"{PAGE}/1/avisos")
    assert "Sin entregar" in page
    assert "410" in page
    assert administrator.sends(f"{PAGE}/1/avisos/1/reenviar") == f"{PAGE}/1/avisos"
    assert len(claim_due(office, utc_now())) == 1
    administrator.sends(f"{PAGE}/1/avisos/1/reenviar", 409)
    assert administrator.sends(f"{PAGE}/1/avisos/quitar") == PAGE
    assert "No recibe avisos." in administrator.opens(PAGE)
