"""Log-in: cookies, forged forms, brute force, access that ends at once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from admin.app import build_app
from intake.accounts.staff import Member, set_active
from intake.clock import at, utc_now
from intake.office import Office
from tests.staff import PASSWORD, PROOF, Browser, logs_in

SESSION = "canaliza_sesion"


def test_the_session_cookie_is_for_the_server_alone(visitor: TestClient, members: dict[str, Member]) -> None:
    proof = PROOF.search(visitor.get("/login").text)
    assert proof
    answer = visitor.post("/login", data={"usuario": "oficial", "clave": PASSWORD, "prueba": proof[1]})
    cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith(SESSION))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie


def test_with_https_cookies_are_secure_and_bound_to_the_host(office: Office, members: dict[str, Member]) -> None:
    settings = office.settings.model_copy(update={"public_url": "https://peticiones.example.mx"})
    client = TestClient(build_app(replace(office, settings=settings)), base_url="https://x", follow_redirects=False)
    assert logs_in(client, "oficial") == 303
    assert "__Host-canaliza_sesion" in client.cookies
    answer = client.get("/login")
    assert "Secure" in answer.headers["set-cookie"]


def test_each_log_in_has_a_fresh_token_and_ends_the_one_before(visitor: TestClient, members: dict[str, Member]) -> None:
    visitor.cookies.set(SESSION, "chosen by somebody else", domain="testserver.local")
    logs_in(visitor, "oficial")
    first = visitor.cookies[SESSION]
    assert first != "chosen by somebody else"
    logs_in(visitor, "oficial")
    visitor.cookies.clear()
    visitor.cookies.set(SESSION, first, domain="testserver.local")
    assert visitor.get("/triage").headers["location"] == "/login?siguiente=/triage"


@pytest.mark.parametrize(("name", "password"), [("oficial", "otra frase larga"), ("nadie", PASSWORD), ("", "")])
def test_every_refusal_reads_the_same(
    visitor: TestClient, members: dict[str, Member], name: str, password: str
) -> None:
    proof = PROOF.search(visitor.get("/login").text)
    assert proof
    answer = visitor.post("/login", data={"usuario": name, "clave": password, "prueba": proof[1]})
    assert answer.status_code == 401
    assert "No pudimos abrir su sesión." in answer.text


def test_a_log_in_form_of_another_site_is_refused(visitor: TestClient, members: dict[str, Member]) -> None:
    answer = visitor.post("/login", data={"usuario": "oficial", "clave": PASSWORD, "prueba": "x"})
    assert answer.status_code == 403
    assert SESSION not in visitor.cookies


def test_after_eight_failures_the_right_password_waits(visitor: TestClient, members: dict[str, Member]) -> None:
    for _ in range(8):
        assert logs_in(visitor, "oficial", "no es esta frase") == 401
    assert logs_in(visitor, "oficial") == 401
    assert logs_in(visitor, "audita") == 303


@pytest.mark.parametrize("onward", ["//example.com", "https://example.com", "/\\example.com", "javascript:alert(1)"])
def test_the_log_in_leads_nowhere_else(visitor: TestClient, members: dict[str, Member], onward: str) -> None:
    proof = PROOF.search(visitor.get("/login").text)
    assert proof
    fields = {"usuario": "oficial", "clave": PASSWORD, "prueba": proof[1], "siguiente": onward}
    assert visitor.post("/login", data=fields).headers["location"] == "/"


def test_log_out_ends_the_session_on_the_server(browser: Callable[[str], Browser]) -> None:
    officer = browser("oficial")
    token = officer.client.cookies[SESSION]
    assert officer.sends("/logout") == "/login"
    officer.client.cookies.set(SESSION, token)
    officer.opens("/triage", 303)


def test_a_closed_account_loses_access_at_once(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member]
) -> None:
    officer = browser("oficial")
    set_active(office, members["administra"], members["oficial"].id, is_active=False)
    officer.opens("/triage", 303)


def test_a_session_lasts_a_working_day(visitor: TestClient, members: dict[str, Member]) -> None:
    with at(utc_now() - timedelta(hours=11)):
        logs_in(visitor, "oficial")
    assert visitor.get("/triage").status_code == 303


def test_a_post_without_the_sessions_token_is_refused(browser: Callable[[str], Browser]) -> None:
    officer = browser("oficial")
    for headers in ({}, {"X-CSRF-Token": "otro"}):
        answer = officer.client.post("/logout", data={"csrf": "otro"}, headers=headers)
        assert answer.status_code == 403
        assert "No pudimos comprobar" in answer.text
    officer.opens("/triage")
