"""Codes of the telephone: set up, asked for, taken once; recovery codes; who needs them; what is in the database."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError
from sqlalchemy import select

from admin.app import build_app
from intake.accounts.entering import Step, log_in, pass_second
from intake.accounts.second_factor import begin_totp, confirm_totp, end_totp, find_offer, takes_code
from intake.accounts.staff import Member
from intake.clock import at
from intake.errors import FormRefused
from intake.office import Office
from intake.settings import Settings
from intake.tables.accounts import Passkey, RecoveryCode, StaffTotp
from tests.staff import PASSWORD, PROOF, Browser, logs_in

T0 = datetime(2026, 11, 3, 16, 0, 5, tzinfo=UTC)
CODE = re.compile(r"<li><code>([a-z0-9]{5}-[a-z0-9]{5})</code>")


def _code(secret: str, moment: datetime) -> str:
    return pyotp.TOTP(secret).at(moment)


@pytest.fixture
def now() -> Iterator[datetime]:
    with at(T0):
        yield T0


@pytest.fixture
def holder(office: Office, members: dict[str, Member], now: datetime) -> tuple[str, list[str]]:
    """The administrator has codes since a while: their secret and the recovery codes."""
    member = members["administra"]
    with at(now - timedelta(hours=1)):
        begin_totp(office, member)
        offer = find_offer(office, member)
        assert offer
        codes = confirm_totp(office, member, _code(offer.secret, now - timedelta(hours=1)))
    return offer.secret, list(codes)


def _sends_code(client: TestClient, code: str) -> int:
    proof = PROOF.search(client.get("/login/codigo").text)
    assert proof
    return client.post("/login/codigo", data={"codigo": code, "prueba": proof[1]}).status_code


def test_codes_are_set_up_on_the_own_page_and_asked_for_afterwards(
    browser: Callable[[str], Browser], visitor: TestClient, now: datetime
) -> None:
    officer = browser("oficial")
    assert officer.sends("/mi-cuenta/codigos") == "/mi-cuenta#codigos"
    page = officer.opens("/mi-cuenta")
    assert "<svg" in page
    assert "style=" not in page
    secret = re.search(r'<code class="hash">([A-Z2-7]{32})</code>', page)
    assert secret
    assert "no es válido" in officer.sends("/mi-cuenta/codigos/confirmar", 422, codigo="000000")
    done = officer.sends("/mi-cuenta/codigos/confirmar", 200, codigo=_code(secret[1], now))
    assert len(CODE.findall(done)) == 10
    again = officer.opens("/mi-cuenta")
    assert CODE.findall(again) == []
    assert secret[1] not in again
    assert "Le quedan 10 códigos" in again
    assert logs_in(visitor, "oficial") == 200
    assert visitor.get("/triage").status_code == 303
    with at(now + timedelta(seconds=30)):
        assert _sends_code(visitor, _code(secret[1], now + timedelta(seconds=30))) == 303
    assert visitor.get("/triage").status_code == 200


def test_a_code_is_taken_once(office: Office, holder: tuple[str, list[str]], now: datetime) -> None:
    secret, code = holder[0], _code(holder[0], now)
    assert len(secret) == 32
    first, second = log_in(office, "administra", PASSWORD), log_in(office, "administra", PASSWORD)
    assert first
    assert second
    assert (first.session, second.session) == (None, None)
    assert pass_second(office, first.second or "", code)
    assert pass_second(office, second.second or "", code) is None
    assert pass_second(office, first.second or "", _code(secret, now + timedelta(seconds=30))) is None


@pytest.mark.parametrize(("drift_s", "is_taken"), [(-30, True), (30, True), (-90, False), (90, False)])
def test_a_telephones_clock_may_be_a_little_off(
    office: Office,
    holder: tuple[str, list[str]],
    members: dict[str, Member],
    now: datetime,
    drift_s: int,
    is_taken: bool,
) -> None:
    code = _code(holder[0], now + timedelta(seconds=drift_s))
    with office.sessions.begin() as session:
        assert takes_code(session, office.settings, members["administra"].id, code, now) == is_taken


def test_a_recovery_code_is_good_once(
    visitor: TestClient, browser: Callable[[str], Browser], holder: tuple[str, list[str]]
) -> None:
    code = holder[1][0]
    logs_in(visitor, "administra")
    assert _sends_code(visitor, code.upper().replace("-", " ")) == 303
    visitor.cookies.clear()
    logs_in(visitor, "administra")
    assert _sends_code(visitor, code) == 401
    assert _sends_code(visitor, holder[1][1]) == 303
    assert "Le quedan 8 códigos" in visitor.get("/mi-cuenta").text


def test_wrong_codes_lock_the_account_and_a_right_password_sets_nothing_back(
    visitor: TestClient, office: Office, holder: tuple[str, list[str]], now: datetime
) -> None:
    for _ in range(4):
        logs_in(visitor, "administra")
        assert _sends_code(visitor, "000000") == 401
        assert _sends_code(visitor, "") == 401
    assert logs_in(visitor, "administra") == 401
    assert _sends_code(visitor, _code(holder[0], now)) == 401
    with at(now + timedelta(minutes=11)):
        assert logs_in(visitor, "administra") == 200
        assert _sends_code(visitor, _code(holder[0], now + timedelta(minutes=11))) == 303


def test_the_second_step_ends_after_five_minutes(
    visitor: TestClient, holder: tuple[str, list[str]], now: datetime
) -> None:
    logs_in(visitor, "administra")
    assert visitor.get("/login/codigo").status_code == 200
    with at(now + timedelta(minutes=6)):
        assert visitor.get("/login/codigo").headers["location"] == "/login"


def test_another_sites_form_does_not_pass_the_second_step(
    visitor: TestClient, holder: tuple[str, list[str]], now: datetime
) -> None:
    logs_in(visitor, "administra")
    answer = visitor.post("/login/codigo", data={"codigo": _code(holder[0], now), "prueba": "otra"})
    assert answer.status_code == 403


def test_the_database_alone_gives_no_code_away(
    office: Office, members: dict[str, Member], holder: tuple[str, list[str]], now: datetime
) -> None:
    secret, codes = holder
    with office.sessions() as session:
        row = session.get_one(StaffTotp, members["administra"].id)
        hashes = session.scalars(select(RecoveryCode.code_hash)).all()
    assert secret not in row.secret
    assert not any(code in " ".join(hashes) for code in codes)
    settings = office.settings.model_copy(update={"secret_key": "o" * 32})
    with office.sessions.begin() as session:
        for code in (_code(secret, now), codes[0]):
            assert not takes_code(session, settings, members["administra"].id, code, now)


def test_codes_are_removed_with_a_code(browser: Callable[[str], Browser], visitor: TestClient, now: datetime) -> None:
    officer = browser("oficial")
    officer.sends("/mi-cuenta/codigos")
    secret = re.search(r'<code class="hash">([A-Z2-7]{32})</code>', officer.opens("/mi-cuenta"))
    assert secret
    officer.sends("/mi-cuenta/codigos/confirmar", 200, codigo=_code(secret[1], now))
    officer.sends("/mi-cuenta/codigos/quitar", 422, codigo=_code(secret[1], now))
    with at(now + timedelta(seconds=60)):
        code = _code(secret[1], now + timedelta(seconds=60))
        assert officer.sends("/mi-cuenta/codigos/quitar", codigo=code) == "/mi-cuenta"
    assert logs_in(visitor, "oficial") == 303


def test_an_administrator_helps_whoever_lost_the_telephone(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member], visitor: TestClient, now: datetime
) -> None:
    officer, administrator = members["oficial"], browser("administra")
    begin_totp(office, officer)
    offer = find_offer(office, officer)
    assert offer
    confirm_totp(office, officer, _code(offer.secret, now))
    assert "Quitar segundo paso" in administrator.opens("/usuarios")
    administrator.sends(f"/usuarios/{officer.id}/quitar-factores")
    assert "Quitar segundo paso" not in administrator.opens("/usuarios")
    assert logs_in(visitor, "oficial") == 303
    administrator.sends(f"/usuarios/{members['administra'].id}/quitar-factores", 422)


@pytest.fixture
def strict(office: Office) -> Office:
    settings = office.settings.model_copy(update={"second_factor_for": "administrator"})
    return replace(office, settings=settings)


def test_whose_role_needs_a_factor_sees_nothing_before_it_is_set_up(
    strict: Office, members: dict[str, Member], now: datetime
) -> None:
    app = build_app(strict)
    clients = [TestClient(app, follow_redirects=False) for _ in range(2)]
    for client, name in zip(clients, ("administra", "oficial"), strict=True):
        assert logs_in(client, name) == 303
    administrator, officer = (Browser(client) for client in clients)
    assert administrator.client.get("/usuarios").headers["location"] == "/mi-cuenta"
    page = administrator.opens("/mi-cuenta")
    assert "Su papel necesita un segundo paso" in page
    token = re.search(r'name="csrf" value="([^"]+)"', page)
    assert token
    administrator.client.post("/mi-cuenta/codigos", data={"csrf": token[1]})
    offer = find_offer(strict, members["administra"])
    assert offer
    done = administrator.client.post(
        "/mi-cuenta/codigos/confirmar", data={"csrf": token[1], "codigo": _code(offer.secret, now)}
    )
    assert done.status_code == 200
    administrator.opens("/usuarios")
    officer.opens("/triage")
    with pytest.raises(FormRefused), at(now + timedelta(minutes=1)):
        end_totp(strict, members["administra"], _code(offer.secret, now + timedelta(minutes=1)))


def test_where_a_factor_is_required_and_is_a_passkey_the_password_alone_gets_nobody_in(
    strict: Office, members: dict[str, Member], now: datetime
) -> None:
    with strict.sessions.begin() as session:
        for name in ("administra", "oficial"):
            row = Passkey(staff_id=members[name].id, name="x", credential_hash=name, credential=b"x", sign_count=0)
            row.public_key, row.created_at = b"x", now
            session.add(row)
    client = TestClient(build_app(strict), follow_redirects=False)
    assert logs_in(client, "administra") == 401
    client.cookies.clear()
    assert log_in(strict, "administra", PASSWORD) == Step(None, None)
    assert log_in(strict, "administra", "otra cosa muy larga") is None
    assert logs_in(client, "oficial") == 303


def test_a_role_that_there_is_not_is_no_setting() -> None:
    with pytest.raises(ValidationError, match="unknown: jefe"):
        Settings(second_factor_for="administrator, jefe")
    assert Settings(second_factor_for="administrator, officer").second_factor_roles == {"administrator", "officer"}


def test_the_style_of_the_page_is_the_policys(browser: Callable[[str], Browser]) -> None:
    headers = browser("oficial").client.get("/mi-cuenta").headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"
