"""Who gets in at the machines' door: walks its routes, so that a new one is in these tests the day it is written."""

from collections.abc import Iterator

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from admin.api.app import build_doors
from admin.api.doors import Door, Pace
from canaliza.serving import build_web
from intake.accounts.staff import Member
from intake.office import Office
from intake.systems.tokens import Scope, revoke_system
from tests.admin.api.machine import Machine, connects, mounted

PUBLIC = {"/open311/v2/discovery.{kind}", "/open311/v2/services.{kind}", "/open311/v2/services/{code}.{kind}"}
VALUES = {"referral_id": "1", "file_id": "1", "kind": "json", "code": "otro", "folio": "JG-2026-000000-0", "token": "x"}


def _routes(office: Office) -> Iterator[tuple[str, APIRoute]]:
    for prefix, app in build_doors(office).items():
        found = list(app.routes)
        while found:
            route = found.pop()
            if isinstance(route, APIRoute):
                yield prefix, route
            else:
                inner = getattr(route, "original_router", None) or getattr(route, "router", None)
                found.extend(getattr(inner, "routes", ()))


def _doors(route: APIRoute) -> list[Door]:
    return [d.call for d in route.dependant.dependencies if isinstance(d.call, Door)]


def _path(prefix: str, route: APIRoute) -> str:
    return prefix + route.path.format(**{key: VALUES[key] for key in route.param_convertors})


def test_every_route_has_a_door_or_is_known_to_be_public(office: Office) -> None:
    routes = list(_routes(office))
    assert len(routes) >= 9
    assert {prefix + route.path for prefix, route in routes if not _doors(route)} == PUBLIC


def test_what_writes_needs_a_scope_that_writes(office: Office) -> None:
    for prefix, route in _routes(office):
        if prefix + route.path not in PUBLIC:
            writes = route.methods != {"GET"}
            assert _doors(route)[0].scope.value.endswith(":write" if writes else ":read"), route.path


def test_nobody_enters_without_a_good_token(office: Office, people: dict[str, Member]) -> None:
    revoked = connects(office, people["administrator"], "SOAPA")
    revoke_system(office, people["administrator"], revoked.system_id)
    for token in ("", "x", "cnz_00000000_nada", revoked.token):
        machine = Machine(mounted(office), token)
        for prefix, route in _routes(office):
            if prefix + route.path in PUBLIC:
                continue
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            answer = machine.client.request(next(iter(route.methods or ())), _path(prefix, route), headers=headers)
            assert answer.status_code in (401, 403), (route.path, answer.status_code)


@pytest.mark.parametrize("scope", list(Scope))
def test_a_token_opens_what_its_scope_says_and_nothing_else(
    office: Office, people: dict[str, Member], scope: Scope
) -> None:
    machine = connects(office, people["administrator"], "SOAPA", scope)
    for prefix, route in _routes(office):
        if prefix + route.path in PUBLIC:
            continue
        headers = {"Authorization": f"Bearer {machine.token}"}
        answer = machine.client.request(next(iter(route.methods or ())), _path(prefix, route), headers=headers)
        is_shut = answer.status_code == 403
        assert is_shut == (_doors(route)[0].scope != scope), (route.path, answer.status_code)


def test_a_token_that_calls_too_often_waits(office: Office, people: dict[str, Member]) -> None:
    first = connects(office, people["administrator"], "SOAPA")
    second = connects(office, people["administrator"], "CABIEN")
    client: TestClient = mounted(office, per_minute=2)
    for machine in (first, second):
        machine.client = client
        machine.gets("/api/v1/agencies")
        machine.gets("/api/v1/agencies")
        refused = machine.gets("/api/v1/agencies", 429)
        assert refused["type"] == "urn:canaliza:problem:too-many"


def test_a_bucket_fills_evenly() -> None:
    now = [0.0]
    pace = Pace(60, clock=lambda: now[0])
    assert [pace.take(1) for _ in range(61)][-1] == pytest.approx(1.0)
    now[0] = 2.0
    assert [pace.take(1) == 0 for _ in range(3)] == [True, True, False]


def test_what_goes_wrong_says_what_to_do(office: Office, people: dict[str, Member]) -> None:
    machine = connects(office, people["administrator"], "SOAPA")
    answer = machine.client.get("/api/v1/referrals")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["detail"].startswith("Envíe la clave del sistema")
    assert machine.gets("/api/v1/nada", 404)["type"] == "urn:canaliza:problem:not-found"
    assert machine.gets("/api/v1/referrals/x", 404)["type"] == "urn:canaliza:problem:not-found"
    faults = machine.gets("/api/v1/referrals?limit=0", 422)["faults"]
    assert faults[0]["at"] == "query.limit"
    large = machine.posts("/api/v1/referrals/1/answer", {"text": "x" * 200_000})
    assert (large.status_code, large.json()["type"]) == (413, "urn:canaliza:problem:too-large")


def test_the_document_of_the_api_tells_of_every_route(office: Office, people: dict[str, Member]) -> None:
    client = mounted(office)
    document = client.get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    told = set(document["paths"])
    assert told == {route.path for prefix, route in _routes(office) if prefix == "/api/v1"}
    for path in document["paths"].values():
        for operation in path.values():
            assert operation["description"]
            assert operation["security"]


def test_the_front_door_has_them_beside_the_webhooks(office: Office) -> None:
    client = TestClient(build_web(office))
    assert client.get("/healthz").text == "ok"
    assert client.get("/api/v1/referrals").status_code == 401
    assert client.get("/open311/v2/services.json").status_code == 200
    assert client.post("/webhooks/telegram").status_code == 404  # it is not configured here
    assert client.get("/nada").status_code == 404
