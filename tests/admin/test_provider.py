"""The organisation's own log-in: who gets in by it, and every answer that is not believed."""

import time
from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from admin.app import build_app
from intake.accounts import provider
from intake.accounts.invitations import Invited, invite
from intake.accounts.provider import Provider
from intake.accounts.staff import Member, Role, set_active
from intake.clock import utc_now
from intake.office import Office
from intake.tables.audit import AuditWaiting
from intake.tables.entrances import StaffIdentity
from intake.tables.notices import MailWish
from tests import oidc
from tests.staff import PASSWORD, PROOF, Browser, logs_in

BACK = "/login/proveedor/regreso"


@pytest.fixture
def told() -> oidc.Told:
    return oidc.Told()


@pytest.fixture
def door(office: Office, members: dict[str, Member], told: oidc.Told) -> Callable[..., TestClient]:
    """A browser at an office that has the provider; settings besides."""

    def of(**settings: object) -> TestClient:
        return TestClient(_app(office, told, **settings), follow_redirects=False)

    return of


def _app(office: Office, told: oidc.Told, **settings: object) -> FastAPI:
    own = replace(office, settings=office.settings.model_copy(update={**oidc.SETTINGS, **settings}))
    app = build_app(own)
    app.state.pages.provider = Provider(own.settings, httpx.MockTransport(told.answers))
    return app


def _links(office: Office, member: Member, subject: str = "s-1") -> None:
    with office.sessions.begin() as session:
        row = StaffIdentity(staff_id=member.id, issuer=oidc.ISSUER, subject=subject, linked_at=utc_now())
        session.add(row)


def _goes_and_returns(
    client: TestClient, told: oidc.Told, path: str = "/login/proveedor", **query: str
) -> httpx.Response:
    sent = client.get(path)
    assert sent.status_code == 303, sent.text
    asked = oidc.asked_of(sent.headers["location"])
    told.nonce = asked["nonce"]
    return client.get(BACK, params={"code": "c", "state": asked["state"], **query})


def test_a_linked_person_gets_in_with_a_proved_code(
    office: Office, members: dict[str, Member], told: oidc.Told, door: Callable[..., TestClient]
) -> None:
    _links(office, members["oficial"])
    client = door()
    answer = _goes_and_returns(client, told, "/login/proveedor?siguiente=/buscar")
    assert (answer.status_code, answer.headers["location"]) == (303, "/buscar")
    assert "Persona oficial" in client.get("/mi-cuenta").text
    assert told.forms[0]["redirect_uri"] == f"http://testserver{BACK}"
    assert len(told.forms[0]["code_verifier"]) >= 43  # RFC 7636 §4.1
    sent = oidc.asked_of(client.get("/login/proveedor").headers["location"])
    assert (sent["response_type"], sent["code_challenge_method"], sent["scope"]) == ("code", "S256", "openid email")
    with office.sessions() as session:
        last = session.scalars(select(AuditWaiting).where(AuditWaiting.act == "logged_in")).all()[-1]
        assert (last.actor, last.data) == (f"staff:{members['oficial'].id}", {"door": "provider"})


@pytest.mark.parametrize(
    "fault",
    [
        {"claims": {"nonce": "of another"}},
        {"claims": {"aud": "another program"}},
        {"claims": {"aud": ["canaliza", "another"]}},
        {"claims": {"aud": ["canaliza", "another"], "azp": "another"}},
        {"claims": {"iss": "https://otro.test"}},
        {"claims": {"exp": int(time.time()) - 3600}},
        {"claims": {"iat": int(time.time()) + 3600}},
        {"claims": {"exp": None}},
        {"claims": {"sub": ""}},
        {"key": oidc.OTHER_KEY},
        {"algorithm": "none"},
        {"algorithm": "HS256"},
    ],
    ids=[
        "nonce",
        "audience",
        "two audiences",
        "azp",
        "issuer",
        "expired",
        "early",
        "no end",
        "sub",
        "key",
        "none",
        "HS256",
    ],
)
def test_a_token_that_is_not_right_opens_nothing(
    office: Office,
    members: dict[str, Member],
    told: oidc.Told,
    door: Callable[..., TestClient],
    fault: dict[str, object],
) -> None:
    _links(office, members["oficial"])
    vars(told).update(fault)
    client = door()
    answer = _goes_and_returns(client, told)
    assert answer.status_code == 401
    assert "no se pudo comprobar" in answer.text
    assert client.get("/triage").status_code == 303


def test_a_new_key_of_the_providers_is_asked_for_once(
    office: Office, members: dict[str, Member], told: oidc.Told, door: Callable[..., TestClient]
) -> None:
    _links(office, members["oficial"])
    client = door()
    assert _goes_and_returns(client, told).status_code == 303
    told.key, told.published = oidc.OTHER_KEY, [oidc.KEY, oidc.OTHER_KEY]
    client.app.state.pages.provider._keys_at -= 60  # type: ignore[attr-defined]
    assert _goes_and_returns(client, told).status_code == 303
    assert told.asked.count("/jwks") == 2
    assert told.asked.count("/.well-known/openid-configuration") == 1


def test_another_browsers_state_is_refused(
    office: Office, members: dict[str, Member], told: oidc.Told, door: Callable[..., TestClient]
) -> None:
    _links(office, members["oficial"])
    one, other = door(), door()
    asked = oidc.asked_of(one.get("/login/proveedor").headers["location"])
    told.nonce = asked["nonce"]
    other.get("/login/proveedor")
    for client in (other, door()):
        answer = client.get(BACK, params={"code": "c", "state": asked["state"]})
        assert answer.status_code == 401
        assert "empezó en otra ventana" in answer.text
    assert told.forms == []
    assert "empezó en otra ventana" in one.get(BACK, params={"code": "c", "state": asked["state"], "iss": "x"}).text
    assert one.get(BACK, params={"code": "c", "state": asked["state"]}).status_code == 401  # the journey was over


def test_what_the_provider_denies_and_its_absence_are_said(told: oidc.Told, door: Callable[..., TestClient]) -> None:
    client = door()
    assert "se canceló" in _goes_and_returns(client, told, error="access_denied").text
    told.is_away = True
    answer = door().get("/login/proveedor")
    assert answer.status_code == 502
    assert "no responde en este momento" in answer.text


def test_nobody_waits_again_for_a_provider_that_has_just_been_away(
    told: oidc.Told, door: Callable[..., TestClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, told.is_away = door(), True
    assert [client.get("/login/proveedor").status_code for _ in range(3)] == [502] * 3
    assert len(told.asked) == 1
    told.is_away = False
    monkeypatch.setattr(provider, "AWAY_FOR_S", 0.0)
    assert client.get("/login/proveedor").status_code == 303


def test_nobody_gets_an_account_by_coming(office: Office, told: oidc.Told, door: Callable[..., TestClient]) -> None:
    told.claims = {"sub": "stranger", "email": "oficial@gobierno.test", "email_verified": True}
    answer = _goes_and_returns(door(), told)
    assert answer.status_code == 401
    assert "ninguna cuenta" in answer.text
    assert "<code>stranger</code>" in answer.text
    with office.sessions() as session:
        assert session.scalars(select(StaffIdentity)).all() == []


def _has_mail(office: Office, member: Member, *, confirmed: bool = True) -> None:
    with office.sessions.begin() as session:
        at = utc_now() if confirmed else None
        session.add(MailWish(staff_id=member.id, address="Oficial@gobierno.test", wish="digest", confirmed_at=at))


def test_a_verified_address_that_is_the_accounts_links_it_for_good(
    office: Office, members: dict[str, Member], told: oidc.Told, door: Callable[..., TestClient]
) -> None:
    _has_mail(office, members["oficial"])
    told.userinfo = {"email": "oficial@gobierno.test", "email_verified": True}
    assert _goes_and_returns(door(oidc_account_by="email"), told).status_code == 303
    told.claims, told.userinfo = {"sub": "s-1"}, {"email": "cambio@gobierno.test", "email_verified": True}
    assert _goes_and_returns(door(oidc_account_by="email"), told).status_code == 303
    told.claims, told.userinfo = {"sub": "s-2"}, {"email": "oficial@gobierno.test", "email_verified": True}
    assert "ya está enlazada con otra persona" in _goes_and_returns(door(oidc_account_by="email"), told).text


@pytest.mark.parametrize("is_verified", [False, None, "true"])
def test_an_address_that_nobody_verified_opens_nothing(
    office: Office, members: dict[str, Member], told: oidc.Told, door: Callable[..., TestClient], is_verified: object
) -> None:
    _has_mail(office, members["oficial"])
    told.claims = {"email": "oficial@gobierno.test", "email_verified": is_verified}
    assert "no confirma que ese correo sea suyo" in _goes_and_returns(door(oidc_account_by="email"), told).text


def test_an_address_that_its_owner_did_not_confirm_here_is_nobodys(
    office: Office, members: dict[str, Member], told: oidc.Told, door: Callable[..., TestClient]
) -> None:
    _has_mail(office, members["oficial"], confirmed=False)
    told.claims = {"email": "oficial@gobierno.test", "email_verified": True}
    assert "ninguna cuenta" in _goes_and_returns(door(oidc_account_by="email"), told).text


def test_a_second_factor_counts_when_the_provider_says_so(
    office: Office, members: dict[str, Member], told: oidc.Told, door: Callable[..., TestClient]
) -> None:
    _links(office, members["administra"])
    client = door(second_factor_for="administrator")
    assert _goes_and_returns(client, told).status_code == 303
    assert client.get("/usuarios").headers["location"] == "/mi-cuenta"
    told.claims = {"amr": ["pwd", "mfa"]}
    assert _goes_and_returns(client, told).status_code == 303
    assert client.get("/usuarios").status_code == 200


def test_a_closed_account_stays_closed(
    office: Office, members: dict[str, Member], told: oidc.Told, door: Callable[..., TestClient]
) -> None:
    _links(office, members["oficial"])
    set_active(office, members["administra"], members["oficial"].id, is_active=False)
    assert "está cerrada" in _goes_and_returns(door(), told).text


def test_who_is_linked_comes_by_that_door_alone_where_a_setting_says_so(
    office: Office, members: dict[str, Member], door: Callable[..., TestClient]
) -> None:
    client = door(oidc_instead_of_password=True)
    assert logs_in(client, "oficial") == 303
    _links(office, members["oficial"])
    client = door(oidc_instead_of_password=True)
    proof = PROOF.search(client.get("/login").text)
    assert proof
    answer = client.post("/login", data={"usuario": "oficial", "clave": PASSWORD, "prueba": proof[1]})
    assert answer.status_code == 401
    assert "Su cuenta está enlazada" in answer.text
    assert logs_in(door(), "oficial") == 303


def test_the_invited_open_their_account_by_it_only_where_a_setting_says_so(
    office: Office, members: dict[str, Member], told: oidc.Told, door: Callable[..., TestClient]
) -> None:
    token = invite(office, members["administra"], Invited("nueva", "Nueva Persona", Role.OFFICER, None))
    path = f"/login/proveedor?invitacion={token}"
    assert "Las invitaciones se abren con contraseña" in _goes_and_returns(door(), told, path).text
    client = door(oidc_accepts_invited=True)
    assert path in client.get(f"/invitacion/{token}").text
    assert _goes_and_returns(client, told, path).status_code == 303
    assert "Nueva Persona" in client.get("/mi-cuenta").text
    told.claims = {"sub": "another"}
    assert "ya no es válida" in _goes_and_returns(door(oidc_accepts_invited=True), told, path).text


def test_an_administrator_links_and_unlinks(
    office: Office, members: dict[str, Member], told: oidc.Told, door: Callable[..., TestClient]
) -> None:
    client = door()
    logs_in(client, "administra")
    admin, other = Browser(client), members["oficial"].id
    admin.sends(f"/usuarios/{other}/identidad", sujeto=" s-1 ")
    assert "<code>s-1</code>" in admin.opens(f"/usuarios/{other}")
    admin.sends(f"/usuarios/{members['audita'].id}/identidad", sujeto="s-1")
    assert "ya pertenece a una cuenta" in admin.opens(f"/usuarios/{members['audita'].id}")
    officer = TestClient(client.app, follow_redirects=False)
    assert _goes_and_returns(officer, told).status_code == 303
    with office.sessions() as session:
        identity = session.scalars(select(StaffIdentity)).one()
    admin.sends(f"/usuarios/{other}/identidad/{identity.id}/quitar")
    assert officer.get("/triage").status_code == 303
    with office.sessions() as session:
        acts = set(session.scalars(select(AuditWaiting.act)))
    assert {"identity_linked", "identity_unlinked"} <= acts


def test_logging_out_leads_to_the_providers_way_out(
    office: Office, members: dict[str, Member], told: oidc.Told, door: Callable[..., TestClient]
) -> None:
    _links(office, members["oficial"])
    client = door()
    _goes_and_returns(client, told)
    assert Browser(client).sends("/logout") == "/login/salida"
    page = client.get("/login/salida").text
    assert f"{oidc.ISSUER}/out?client_id=canaliza&amp;post_logout_redirect_uri=" in page


def test_without_a_provider_there_is_no_such_door(visitor: TestClient) -> None:
    assert "Entrar con" not in visitor.get("/login").text
    assert visitor.get("/login/proveedor").status_code == 404
    assert visitor.get("/login/salida").status_code == 404
