"""What an agency's system is told: in the act's own transaction, signed, without a person's word, tried for a day."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_address

import pytest
from sqlalchemy import select

from intake.clock import at, utc_now
from intake.database import reading
from intake.errors import FormRefused
from intake.office import Office
from intake.systems.hook_addresses import BadAddress, is_safe, read_target
from intake.systems.hooks import NoticeView, drop_hook, list_notices, rotate_secret, send_again, set_hook
from intake.systems.signing import headers_of
from intake.systems.telling import Errand, claim_due, send, settle, tell_due, tend
from intake.systems.tokens import Scope, revoke_system
from intake.tables.petitions import Referral
from intake.tables.systems import SystemNotice
from intake.triage.referrals import accept, answer, give_back
from intake.triage.undoing import undo
from tests.admin.api.machine import Scene
from tests.admin.api.receiver import Receiver, receiving

ANSWER = "La cuadrilla reparó la fuga el martes y el agua ya llega a su calle."


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


@pytest.fixture
def told(scene: Scene, receiver: Receiver) -> str:
    """SOAPA's system is told; its secret."""
    settings = scene.office.settings.model_copy(update={"hook_loopback": True})
    scene.office = replace(scene.office, settings=settings)
    return set_hook(scene.office, scene.administrator, scene.machine.system_id, receiver.url)


def _tells(office: Office) -> int:
    return asyncio.run(tell_due(office))


def _kinds(office: Office) -> list[str]:
    with office.sessions() as session:
        return list(session.scalars(select(SystemNotice.kind).order_by(SystemNotice.id)))


def _seen(scene: Scene) -> NoticeView:
    with reading(scene.office.sessions) as session:
        (view,) = list_notices(session, scene.machine.system_id)
    return view


def _signs(secret: str, headers: dict[str, str], body: bytes) -> str:
    """By the specification, with nothing of ours."""
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def test_the_specifications_own_example_is_signed_as_it_says() -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    sent_at = utc_now().fromtimestamp(1614265330, tz=utc_now().tzinfo)
    headers = headers_of([secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", sent_at, b'{"test": 2432232314}')
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert headers["webhook-timestamp"] == "1614265330"


def test_a_referrals_life_is_told_without_a_persons_word(scene: Scene, told: str, receiver: Receiver) -> None:
    office = scene.office
    referral = scene.refers("c2", "no hay agua en mi casa, soy Guadalupe Ruiz, mi número es 9511234567")
    accept(office, scene.officer, referral)
    scene.machine.posts(f"/api/v1/referrals/{referral}/ask", {"question": "¿Cuál es su número de contrato?"})
    scene.talk.address = "c2"
    scene.talk.works()
    scene.talk.says("es el 4521-7")
    answer(office, scene.officer, referral, ANSWER)
    other = scene.refers("c3", "no hay agua en la calle de la escuela")
    give_back(office, scene.officer, other, "Le corresponde al municipio.")
    told_kinds = ["created", "citizen_replied", "answered", "created", "returned"]
    assert _kinds(office) == [f"referral.{kind}" for kind in told_kinds]
    while _tells(office):
        pass
    assert len(receiver.told) == 5
    for headers, body in receiver.told:
        assert headers["webhook-signature"] == _signs(told, headers, body)
        event = json.loads(body)
        assert set(event) == {"type", "timestamp", "data"}
        assert set(event["data"]) == {"referral_id", "folio", "agency", "state", "issued_at", "due_on"}
        for word in (b"Guadalupe", b"9511234567", b"agua", b"4521", b"cuadrilla", b"contrato"):
            assert word not in body
    assert len({headers["webhook-id"] for headers, _ in receiver.told}) == 5


def test_nothing_is_written_where_nobody_listens(scene: Scene) -> None:
    accept(scene.office, scene.officer, scene.referral_id)
    answer(scene.office, scene.officer, scene.referral_id, ANSWER)
    tend(scene.office)
    assert _kinds(scene.office) == []


def test_another_agencys_events_are_not_told(scene: Scene, told: str) -> None:
    scene.refers("c2", "el camino a mi pueblo está lleno de hoyos", "CABIEN")
    assert _kinds(scene.office) == []


def test_what_is_taken_back_was_never_told(scene: Scene, told: str, receiver: Receiver) -> None:
    held = scene.refers("c2", "no hay agua en mi casa", hold=timedelta(seconds=10))
    assert _tells(scene.office) == 0
    undo(scene.office, scene.officer, held)
    with at(utc_now() + timedelta(seconds=11)):
        assert claim_due(scene.office, utc_now()) == []
    assert _kinds(scene.office) == []


def test_what_is_overdue_is_told_once(scene: Scene, told: str) -> None:
    with at(utc_now() + timedelta(days=60)):
        tend(scene.office)
        tend(scene.office)
    assert _kinds(scene.office) == ["referral.overdue"]


def test_a_receiver_that_fails_is_tried_again_and_then_dead_and_by_hand(
    scene: Scene, told: str, receiver: Receiver
) -> None:
    office = scene.office
    scene.refers("c2", "no hay agua en mi casa")
    receiver.statuses = [500, 302]
    assert _tells(office) == 1
    assert _tells(office) == 0
    now, tries = utc_now(), 1
    while True:
        with office.sessions() as session:
            row = session.scalars(select(SystemNotice)).one()
        if row.state != "waiting":
            break
        now, tries = row.next_attempt_at, tries + 1
        (errand,) = claim_due(office, now)
        settle(office, errand, "500", now)
    assert row.state == "dead"
    assert timedelta(hours=18) < now - row.created_at <= timedelta(hours=24)
    assert 10 <= tries <= 20
    view = _seen(scene)
    assert (view.state, view.outcome) == ("dead", "500")
    send_again(office, scene.administrator, scene.machine.system_id, view.id)
    assert _tells(office) == 1  # a redirect is not followed
    assert len(receiver.told) == 2
    with office.sessions() as session:
        assert session.scalars(select(SystemNotice.outcome)).one() == "302"
    with office.sessions.begin() as session:
        session.scalars(select(SystemNotice)).one().next_attempt_at = utc_now()
    assert _tells(office) == 1
    view = _seen(scene)
    assert view.state == "sent"
    assert len({headers["webhook-id"] for headers, _ in receiver.told}) == 1


def test_gone_is_dead_at_once(scene: Scene, told: str, receiver: Receiver) -> None:
    scene.refers("c2", "no hay agua en mi casa")
    receiver.statuses = [410]
    _tells(scene.office)
    view = _seen(scene)
    assert (view.state, view.attempts) == ("dead", 1)


def test_two_senders_send_once_and_a_late_one_writes_nothing(scene: Scene, told: str) -> None:
    office = scene.office
    scene.refers("c2", "no hay agua en mi casa")
    now = utc_now()
    (first,) = claim_due(office, now)
    assert claim_due(office, now) == []
    (second,) = claim_due(office, now + timedelta(minutes=1))
    settle(office, first, "204", now)
    assert _kinds(office) == ["referral.created"]
    with office.sessions() as session:
        assert session.scalars(select(SystemNotice.state)).one() == "waiting"
    settle(office, second, "204", now)
    with office.sessions() as session:
        assert session.scalars(select(SystemNotice.state)).one() == "sent"


def test_a_new_secret_and_the_one_before_sign_for_a_day(scene: Scene, told: str, receiver: Receiver) -> None:
    newer = rotate_secret(scene.office, scene.administrator, scene.machine.system_id)
    assert newer != told
    scene.refers("c2", "no hay agua en mi casa")
    _tells(scene.office)
    headers, body = receiver.told[0]
    assert headers["webhook-signature"].split() == [_signs(newer, headers, body), _signs(told, headers, body)]
    scene.refers("c3", "no hay agua en la escuela")
    (errand,) = claim_due(scene.office, utc_now() + timedelta(hours=25))
    assert errand.secrets == (newer,)


@pytest.mark.parametrize("way", ["drop", "revoke"])
def test_who_does_not_listen_any_more_is_told_nothing(scene: Scene, told: str, receiver: Receiver, way: str) -> None:
    scene.refers("c2", "no hay agua en mi casa")
    end = drop_hook if way == "drop" else revoke_system
    end(scene.office, scene.administrator, scene.machine.system_id)
    scene.refers("c3", "no hay agua en la escuela")
    assert _tells(scene.office) == 0
    assert _kinds(scene.office) == ["referral.created"]
    assert receiver.told == []


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("http://soapa.example.mx/avisos", "no_https"),
        ("ftp://soapa.example.mx", "no_https"),
        ("https://", "bad_url"),
        ("https://u:p@soapa.example.mx", "bad_url"),
        ("https://soapa.example.mx:99999", "bad_url"),
        ("https://soapa.example.mx/a b", "bad_url"),
        ("https://127.0.0.1/x", "private"),
        ("https://localhost/x", "private"),
        ("https://10.1.2.3/x", "private"),
        ("https://169.254.169.254/latest", "private"),
        ("https://[::1]/x", "private"),
        ("https://[::ffff:10.0.0.1]/x", "private"),
        ("https://[64:ff9b::a00:1]/x", "private"),
        ("https://[fec0::1]/x", "private"),
        ("https://[::ffff:0:a00:1]/x", "private"),
        ("https://[fd00::1]/x", "private"),
        ("https://0.0.0.0/x", "private"),
        ("https://224.0.0.1/x", "private"),
    ],
)
def test_an_address_inside_or_without_tls_is_refused(url: str, fault: str) -> None:
    with pytest.raises(BadAddress) as refused:
        read_target(url, allows_loopback=False)
    assert refused.value.fault == fault


def test_a_public_address_is_taken() -> None:
    assert read_target("https://soapa.example.mx:8443/avisos?x=1", allows_loopback=False).port == 8443
    assert is_safe(ip_address("2606:4700::1111"), allows_loopback=False)


def test_a_name_that_leads_inside_is_found_out_when_it_is_sent() -> None:
    errand = Errand(1, 1, "msg_1", "https://localhost.localdomain/x", ("whsec_AAAA",), b"{}", 1)
    named = replace(errand, url="https://ip6-localhost/x")
    for one in (errand, named):
        assert asyncio.run(send(one, allows_loopback=False)) in ("private", "gaierror")


def test_an_address_that_cannot_be_written_is_a_failure_like_any_other() -> None:
    errand = Errand(1, 1, "msg_1", "http://127.0.0.1:1/\x7f", ("whsec_AAAA",), b"{}", 1)
    assert asyncio.run(send(errand, allows_loopback=True)) == "InvalidURL"


def test_a_system_without_referrals_is_told_nothing(scene: Scene) -> None:

    stranger = scene.stranger(None, Scope.OPEN311_READ)
    with pytest.raises(FormRefused):
        set_hook(scene.office, scene.administrator, stranger.system_id, "https://soapa.example.mx/avisos")
    with scene.office.sessions() as session:
        assert session.scalars(select(Referral.state)).all() == ["issued"]
