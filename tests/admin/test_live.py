"""Streams of open pages: what they tell and to whom, when they end, and that nothing waits for them."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from unittest.mock import Mock

import httpx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from admin.app import build_app
from admin.live import watching
from admin.live.routes import end_streams
from canaliza.serving import _Server, server_config
from intake.accounts.changing_accounts import change_role
from intake.accounts.staff import Member, Role, open_session
from intake.clock import utc_now
from intake.office import Office
from intake.tables.accounts import Staff
from tests.admin.conftest import Case, refers, says

WATER = "no hay agua en la colonia Reforma desde hace ocho días"
SOON_S = 15  # on a machine that does other things too


@dataclass
class Served:
    """The staff app at a real port: a test's client waits for the end of an answer, and a stream has none."""

    address: str
    server: _Server
    office: Office

    @contextmanager
    def of(self, name: str) -> Iterator[httpx.Client]:
        with self.office.sessions.begin() as session:
            staff = session.scalars(select(Staff).where(Staff.username == name)).one()
            token = open_session(session, staff, utc_now())
        with httpx.Client(base_url=self.address, timeout=SOON_S, cookies={"canaliza_sesion": token}) as client:
            yield client


@pytest.fixture
def served(office: Office, members: dict[str, Member]) -> Iterator[Served]:
    app = build_app(office)
    app.state.live.watcher.log_ins_every_s = 0.1
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        server = _Server(server_config(app, "127.0.0.1", port))
        thread = threading.Thread(target=lambda: asyncio.run(server.serve([listening])), daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield Served(f"http://127.0.0.1:{port}", server, office)
        server.should_exit = True
        thread.join(10)
        assert not thread.is_alive()


@contextmanager
def _listening(client: httpx.Client, path: str) -> Iterator[Callable[[str], str]]:
    """Waits for the next event of that name; its text."""
    with client.stream("GET", path) as answer:
        assert answer.status_code == 200, answer.status_code
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["x-accel-buffering"] == "no"
        lines = answer.iter_lines()
        assert next(lines).startswith("retry: ")

        def waits_for(name: str) -> str:
            for line in lines:
                if line == f"event: {name}":
                    return next(lines).removeprefix("data: ")
            raise AssertionError(f"the stream ended without {name}")

        yield waits_for


def test_a_list_is_told_that_something_came(office: Office, members: dict[str, Member], served: Served) -> None:
    with (
        served.of("oficial") as officer,
        served.of("enlace-soapa") as liaison,
        _listening(officer, "/en-vivo?lista=triage") as queue,
        _listening(liaison, "/en-vivo?lista=turnos") as inbox,
    ):
        assert queue("novedad") == ""  # what is there when the watcher begins: the page asks once
        inbox("novedad")
        case = says(office, "c1", WATER)
        queue("novedad")
        refers(office, members["oficial"], case, "SOAPA")
        inbox("novedad")


def test_who_else_has_a_petition_open_is_told(office: Office, case: Case, served: Served) -> None:
    path = f"/en-vivo?peticion={case.folio}"
    with served.of("oficial") as one, served.of("administra") as other, _listening(one, path) as first:
        with _listening(other, path) as second:
            assert second("presentes") == "También tiene abierta esta petición: Persona oficial."
            assert first("presentes") == "También tiene abierta esta petición: Persona administra."
        assert first("presentes") == ""


def test_an_agency_sees_its_own_people_alone(office: Office, referral_id: int, served: Served) -> None:
    path = f"/en-vivo?turno={referral_id}"
    with (
        served.of("oficial") as officer,
        served.of("enlace-soapa") as liaison,
        served.of("titular-soapa") as head,
        _listening(officer, path) as seen,
        _listening(liaison, path) as own,
    ):
        assert "Persona enlace-soapa" in seen("presentes")
        with _listening(head, path) as heads:
            assert heads("presentes") == "También tiene abierta esta petición: Persona enlace-soapa."
            assert own("presentes") == "También tiene abierta esta petición: Persona titular-soapa."


@pytest.mark.parametrize("ending", ["logs out", "another role"])
def test_a_stream_ends_with_its_log_in(office: Office, members: dict[str, Member], served: Served, ending: str) -> None:
    with served.of("oficial") as officer, _listening(officer, "/en-vivo?lista=avisos") as waits_for:
        if ending == "logs out":
            with httpx.Client(base_url=served.address, cookies=officer.cookies) as same:
                token = same.get("/mi-cuenta").text.split('name="csrf" value="')[1].split('"')[0]
                same.post("/logout", data={"csrf": token})
        else:
            change_role(office, members["administra"], members["oficial"].id, Role.AUDITOR, None)
        waits_for("fin")


def test_a_look_that_fails_ends_no_watcher(
    office: Office, members: dict[str, Member], served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = Mock(side_effect=RuntimeError)
    monkeypatch.setattr(watching, "say_present", failing)
    case = says(office, "c1", WATER)
    with served.of("oficial") as officer, _listening(officer, f"/en-vivo?peticion={case.folio}") as waits_for:
        change_role(office, members["administra"], members["oficial"].id, Role.AUDITOR, None)
        waits_for("fin")
    assert failing.called


def test_nobody_listens_to_what_is_not_theirs(office: Office, referral_id: int, served: Served) -> None:
    with served.of("enlace-cabien") as liaison:
        assert liaison.get(f"/en-vivo?turno={referral_id}").status_code == 404
        assert liaison.get("/en-vivo?lista=triage").status_code == 403
        assert liaison.get("/en-vivo").status_code == 404
    with served.of("estadistica") as reader:
        assert reader.get("/en-vivo?lista=triage").status_code == 403


def test_one_member_has_so_many_streams(served: Served) -> None:
    with served.of("oficial") as officer:
        kept = [officer.send(officer.build_request("GET", "/en-vivo?lista=avisos"), stream=True) for _ in range(6)]
        refused = officer.get("/en-vivo?lista=avisos")
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "30")
        for answer in kept:
            answer.close()


def test_a_server_that_ends_does_not_wait_for_streams(served: Served) -> None:
    with served.of("oficial") as officer, _listening(officer, "/en-vivo?lista=avisos") as waits_for:
        began = time.monotonic()
        served.server.should_exit = True
        waits_for("fin")
        while served.server.server_state.connections and time.monotonic() - began < SOON_S:
            time.sleep(0.02)
        assert time.monotonic() - began < 3


def test_streams_end_with_an_app_that_has_none(office: Office) -> None:
    app = build_app(office)
    del app.state.live
    end_streams(app)


def test_whoever_is_not_logged_in_is_refused_a_stream_and_not_led_to_a_page(visitor: TestClient) -> None:
    answer = visitor.get("/en-vivo", headers={"Accept": "text/event-stream"})
    assert (answer.status_code, answer.headers["content-type"]) == (401, "text/event-stream; charset=utf-8")
