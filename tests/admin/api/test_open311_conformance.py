"""Open311 as others read it: the schemas, the two formats that say the same, and what three public suites expect.

The suites, read and written anew: SeeClickFix/open311-validator (a373a52), open311/open311-validator-py (bbec5b8) and
ryanbriones/open311-api-tests, which Chicago was tried with. What of them contradicts the specification is in
docs/open311.md.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from xml.etree import ElementTree as Tree

import pytest
from jsonschema import ValidationError

from admin.api.formats import SINGULAR
from intake.accounts.staff import Member
from intake.clock import utc_now
from intake.office import Office
from intake.petitions.case import get_petition
from intake.systems.tokens import Scope
from tests.admin.api.machine import connects, refers
from tests.admin.api.open311_schemas import OURS, check
from tests.admin.api.test_open311 import BASE, ROAD, App

HEADERS = {"json": "application/json; charset=utf-8", "xml": "text/xml; charset=utf-8"}


@pytest.fixture
def app(office: Office, people: Mapping[str, Member]) -> App:
    machine = connects(office, people["administrator"], None, Scope.OPEN311_READ, Scope.OPEN311_WRITE)
    return App(machine.client, machine.token)


@pytest.fixture
def folios(office: Office, app: App, people: Mapping[str, Member]) -> list[str]:
    """One that is answered, one of a place that is not known, one of a small town, one that is reserved, one closed."""
    told = app.reports(lat="16.9876543", long="-96.7654321")
    refers(office, people["officer"], told, "CABIEN")
    unplaced = app.reports(address_id=None, address_string="junto al templo", description="Hay un hoyo muy grande")
    small = app.reports(address_id="20001", address_string="", description="Se hundió el camino de la escuela")
    reserved = app.reports(description="Se cayó el puente del camino", **{"attribute[reserva]": "si"})
    closed = app.reports(description="Hay piedras en el camino de la loma")
    with office.sessions.begin() as session:
        get_petition(session, closed).status = "CONCLUIDA"
    return [told, unplaced, small, reserved, closed]


def _both(app: App, path: str, status: int = 200, /, **params: str) -> Any:
    """What JSON says, after XML has said the same."""
    said: dict[str, Any] = {}
    for kind, media in HEADERS.items():
        found = app.client.get(f"{BASE}/{path}.{kind}", params={"api_key": app.key} | params)
        assert (found.status_code, found.headers["content-type"]) == (status, media), found.text
        said[kind] = found.json() if kind == "json" else _spark(Tree.fromstring(found.content))  # noqa: S314
    assert said["xml"] == _words(said["json"])
    return said["json"]


def _spark(element: Tree.Element) -> Any:
    """By the Spark convention a plural with its singulars is a list, and the document's own name is left out."""
    if element.tag in SINGULAR:
        assert {child.tag for child in element} <= {SINGULAR[element.tag]}
        return [_spark(child) for child in element]
    return {child.tag: _spark(child) for child in element} if len(element) else element.text


def _words(said: Any) -> Any:
    """JSON's values as XML writes them."""
    if isinstance(said, list):
        return [_words(one) for one in said]
    if isinstance(said, dict):
        return {name: _words(value) for name, value in said.items()}
    return str(said).lower() if isinstance(said, bool) else None if said in (None, "") else str(said)


def test_every_answer_is_as_the_specifications_tables_say_in_both_formats(app: App, folios: list[str]) -> None:
    check("discovery", _both(app, "discovery"))
    services = _both(app, "services")
    check("services", services)
    for service in services:
        definition = _both(app, f"services/{service['service_code']}")
        check("service-definition", definition)
        assert definition["service_code"] == service["service_code"]
        orders = [one["order"] for one in definition["attributes"]]
        assert len(set(orders)) == len(orders)
    found = _both(app, "requests")
    check("requests", found)
    assert {one["service_request_id"] for one in found} == set(folios)
    for folio in folios:
        one = _both(app, f"requests/{folio}")
        check("requests", one)
        assert len(one) == 1
    assert _both(app, "requests", service_code="no-hay") == []
    check("made", app.posts(description="Otra vez se hundió el camino").json())
    app.posts(once="ficha")
    check("token", _both(app, "tokens/ficha"))


def test_every_refusal_is_as_the_specification_says_in_both_formats(app: App) -> None:
    refused = [
        ("services", 404, {"jurisdiction_id": "sfgov.org"}),
        ("services/no-hay", 404, {}),
        ("requests/JG-2026-00000-0", 404, {}),
        ("tokens/no-hay", 404, {}),
        ("requests", 403, {"api_key": ""}),
        ("requests", 400, {"status": "abierto"}),
        ("no-hay", 404, {}),
    ]
    for path, status, params in refused:
        said = _both(app, path, status, **params)
        check("errors", said)
        assert said[0]["code"] == status
    for kind in HEADERS:
        assert app.client.request("DELETE", f"{BASE}/services.{kind}").status_code == 400
    too_long = app.posts(description="x" * 200_000)
    assert (too_long.status_code, too_long.json()[0]["code"]) == (400, 400)
    many = app.client.post(f"{BASE}/requests.json", data={f"f{n}": "" for n in range(70)})
    check("errors", many.json())
    assert many.status_code == 400


def test_a_schema_refuses_what_is_left_out_or_written_otherwise() -> None:
    """So that the tests above can fail."""
    request = dict.fromkeys(OURS["requests"]["items"]["properties"]) | {
        "service_request_id": "JG-1",
        "status": "open",
        "service_name": "Agua",
        "service_code": "agua",
        "address": "Oaxaca",
        "requested_datetime": "2026-11-27T00:00:00-06:00",
        "updated_datetime": "2026-11-27T00:00:00Z",
    }
    check("requests", [request])
    for wrong in ({"status": "abierta"}, {"requested_datetime": "2026-11-27T00:00:00"}, {"lat": "17"}, {"mine": 1}):
        with pytest.raises(ValidationError):
            check("requests", [request | wrong])
    del request["zipcode"]
    with pytest.raises(ValidationError):
        check("requests", [request])


def test_what_seeclickfixs_validator_expects(app: App) -> None:
    tree = Tree.fromstring(app.client.get(f"{BASE}/discovery.xml").content)  # noqa: S314
    plain = app.client.get(f"{BASE}/discovery.json").json()
    assert tree.findtext("contact") == plain["contact"] != ""
    assert tree.findtext("key_service") == plain["key_service"] != ""
    assert datetime.fromisoformat(plain["changeset"]) == datetime.fromisoformat(tree.findtext("changeset") or "")
    assert plain["endpoints"]
    for endpoint in plain["endpoints"]:
        assert endpoint["specification"].lower().endswith("_v2")
        assert datetime.fromisoformat(endpoint["changeset"]) < utc_now()
        assert "text/xml" in endpoint["formats"]
        assert (endpoint["url"], endpoint["type"]) == (f"{endpoint['url'].removesuffix('/')}", "production")
    services = Tree.fromstring(app.client.get(f"{BASE}/services.xml").content)  # noqa: S314
    assert services.findall("service")
    assert all(one.findtext("service_code") for one in services)


def test_what_open311s_own_validator_expects(app: App, folios: list[str]) -> None:
    """It reads XML, and stumbles over an element without text wherever one is required."""

    def reads(path: str, **params: str) -> Tree.Element:
        found = app.client.get(
            f"{BASE}/{path}.xml", params={"api_key": app.key, "jurisdiction_id": "oaxaca.gob.mx"} | params
        )
        return Tree.fromstring(found.content)  # noqa: S314

    seen = []
    for service in reads("services"):
        assert service.findtext("description")
        assert service.findtext("metadata") in ("true", "false")
        code = service.findtext("service_code") or ""
        for attribute in reads(f"services/{code}").iter("attribute"):
            texts = "variable code datatype required datatype_description order description values/value/key"
            assert all(attribute.findtext(name) for name in texts.split())
            assert attribute.findtext("variable") in ("true", "false")
            assert attribute.findtext("required") in ("true", "false")
            assert int(attribute.findtext("order") or "")
        for request in reads("requests", service_code=code):
            seen.append(request.findtext("service_request_id"))
            assert request.findtext("status") in ("open", "closed")
            assert request.findtext("address")
            assert (request.findtext("service_code"), bool(request.findtext("service_name"))) == (code, True)
            if request.findtext("lat"):
                assert "." in (request.findtext("lat") or "")
                assert "." in (request.findtext("long") or "")
    assert sorted(map(str, seen)) == sorted(folios)


def test_what_chicagos_suite_expects(app: App) -> None:
    listed = app.client.get(f"{BASE}/services.json").json()
    assert "camino-rural" in {one["service_code"] for one in listed}
    assert app.client.get(f"{BASE}/services/camino-rural.json").json()["attributes"]
    sent = {"api_key": app.key, "service_code": "camino-rural", "lat": "16.98", "long": "-96.76", "description": ROAD}
    made = app.client.post(f"{BASE}/requests.json", data=sent)
    assert 200 <= made.status_code < 300
    folio = made.json()[0]["service_request_id"]
    (request,) = app.client.get(f"{BASE}/requests/{folio}.json", params={"api_key": app.key}).json()
    assert request["service_code"] == "camino-rural"
    refused = app.client.post(f"{BASE}/requests.json", data={name: sent[name] for name in ("api_key", "lat", "long")})
    (error,) = refused.json()
    assert (refused.status_code, error["code"], "service_code" in error["description"]) == (400, 400, True)


def test_an_argument_that_is_empty_is_as_good_as_none(app: App, folios: list[str]) -> None:
    """«The response should be the same whether a parameter is passed and is empty or is not passed at all.»"""
    empty = dict.fromkeys(
        "jurisdiction_id service_request_id service_code start_date end_date status page page_size".split(), ""
    )
    assert app.gets("requests.json", **empty) == app.gets("requests.json")
    assert len(app.gets("requests.json")) == len(folios)
    again = dict.fromkeys("jurisdiction_id email device_id account_id media_url lat long attribute[lengua]".split(), "")
    assert app.reports(description="Hay piedras en el camino de la loma", **again) == folios[4]


def test_arguments_may_be_declared_many_times(app: App, folios: list[str]) -> None:
    def found(query: str) -> set[str]:
        answer = app.client.get(f"{BASE}/requests.json?api_key={app.key}&{query}")
        assert answer.status_code == 200, answer.text
        return {one["service_request_id"] for one in answer.json()}

    assert found("status=open&status=closed") == set(folios)
    assert found("status=closed") == {folios[4]}
    assert found("service_code=agua-ciudad&service_code=camino-rural") == set(folios)
    assert found(f"service_request_id={folios[0]}&service_request_id={folios[1].lower()},{folios[2]}") == set(
        folios[:3]
    )


def test_folios_override_every_other_argument(app: App, folios: list[str]) -> None:
    others = {"status": "abierto", "start_date": "ayer", "service_code": "agua-ciudad"}
    (one,) = app.gets("requests.json", service_request_id=folios[0], **others)
    assert one["service_request_id"] == folios[0]


def test_more_folios_than_are_told_at_once_are_refused_and_not_cut_off(app: App, folios: list[str]) -> None:
    asked = ",".join([folios[0], *(f"JG-2026-{n:05}-0" for n in range(150))])
    assert [one["service_request_id"] for one in app.gets("requests.json", service_request_id=asked)] == [folios[0]]
    app.gets("requests.json", 400, service_request_id=",".join(f"A{n}" for n in range(1001)))


def test_another_jurisdictions_report_makes_no_petition_here(app: App) -> None:
    for kind in HEADERS:
        assert app.posts(kind, jurisdiction_id="sfgov.org").status_code == 404
    assert app.gets("requests.json") == []
    assert app.posts(jurisdiction_id="oaxaca.gob.mx").status_code == 200


@pytest.mark.parametrize(
    "media", ["application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-8"]
)
def test_letters_are_utf8_also_where_nobody_encoded_them(office: Office, app: App, media: str) -> None:
    """As `curl -d` sends them."""
    body = f"api_key={app.key}&service_code=camino-rural&address_id=20385&description={ROAD}"
    made = app.client.post(f"{BASE}/requests.json", content=body.encode(), headers={"Content-Type": media})
    with office.sessions() as session:
        assert get_petition(session, made.json()[0]["service_request_id"]).matters[0].text == ROAD


@pytest.mark.parametrize(
    ("said", "status", "hides"),
    [("si", 200, True), ("Sí", 200, True), ("SI", 200, True), ("No", 200, False), ("", 200, False), ("yes", 400, None)],
)
def test_who_wants_not_to_be_named_is_understood_or_told_so(
    office: Office, app: App, said: str, status: int, hides: bool | None
) -> None:
    made = app.posts(**{"attribute[reserva]": said})
    assert made.status_code == status
    if hides is None:
        assert "attribute[reserva]" in made.json()[0]["description"]
        return
    with office.sessions() as session:
        assert get_petition(session, made.json()[0]["service_request_id"]).is_anonymous is hides


def test_a_list_of_values_is_taken_too(office: Office, app: App) -> None:
    folio = app.reports(**{"attribute[reserva][]": "si"})
    with office.sessions() as session:
        assert get_petition(session, folio).is_anonymous
