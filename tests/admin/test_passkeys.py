"""Passkeys without a browser: what proves nothing lets nobody in, challenges are good once, keys are one's own."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from intake.accounts.challenges import Purpose, find_challenge
from intake.accounts.passkeys import Site, add_key, ask_for_known, ask_for_new, enter_with_key, remove_key
from intake.accounts.staff import Member
from intake.clock import utc_now
from intake.errors import FormRefused, NotFound
from intake.office import Office
from intake.tables.accounts import Passkey
from tests.staff import PROOF, Browser

SITE = Site("localhost", "http://localhost")
NONSENSE = ["", "{}", "[]", '{"id": "eA", "rawId": "eA", "type": "public-key", "response": {}}', "\x00"]


@pytest.mark.parametrize("answer", NONSENSE)
def test_what_proves_nothing_lets_nobody_in(office: Office, answer: str) -> None:
    asked = ask_for_known(office, SITE)
    assert enter_with_key(office, SITE, asked.token, answer) is None
    with office.sessions() as session:
        assert find_challenge(session, Purpose.ENTER, asked.token, utc_now()) is None
    assert enter_with_key(office, SITE, "otra", answer) is None


@pytest.mark.parametrize("answer", NONSENSE)
def test_what_is_no_key_is_not_kept(office: Office, members: dict[str, Member], answer: str) -> None:
    asked = ask_for_new(office, members["oficial"], SITE)
    with pytest.raises(FormRefused):
        add_key(office, members["oficial"], SITE, asked.token, "x", answer)
    with office.sessions() as session:
        assert session.query(Passkey).count() == 0


def test_a_key_of_a_colleague_is_not_removed(office: Office, members: dict[str, Member]) -> None:
    with office.sessions.begin() as session:
        row = Passkey(staff_id=members["audita"].id, name="x", credential_hash="0" * 64, credential=b"x")
        row.public_key, row.sign_count, row.created_at = b"x", 0, utc_now()
        session.add(row)
        session.flush()
        key_id = row.id
    with pytest.raises(NotFound):
        remove_key(office, members["oficial"], key_id)
    assert remove_key(office, members["audita"], key_id) == "x"


def test_the_way_in_is_asked_for_with_the_log_ins_own_form(visitor: TestClient) -> None:
    assert visitor.post("/login/llave/opciones", data={"prueba": "otra"}).status_code == 403
    proof = PROOF.search(visitor.get("/login").text)
    assert proof
    answer = visitor.post("/login/llave/opciones", data={"prueba": proof[1]})
    asked = answer.json()
    assert asked["options"]["userVerification"] == "required"
    fields = {"prueba": proof[1], "reto": asked["token"], "respuesta": "{}"}
    assert visitor.post("/login/llave", data=fields).status_code == 401


def test_the_options_of_a_new_key_need_the_sessions_token(browser: Callable[[str], Browser]) -> None:
    officer = browser("oficial")
    assert officer.client.post("/mi-cuenta/llaves/opciones").status_code == 403
    assert '"residentKey":"required"' in officer.sends("/mi-cuenta/llaves/opciones", 200)
