"""Open311 GeoReport v2: its formats and errors, a report that is a petition, reads that tell no word."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree as Tree

import httpx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from intake.accounts.staff import Member
from intake.clock import utc_now
from intake.office import Office
from intake.petitions.case import get_petition, list_matters
from intake.petitions.history import list_entries
from intake.systems.tokens import Scope
from intake.tables.incoming import InboundEvent
from intake.tables.petitions import Capture, Petition
from intake.tables.systems import SystemRequest
from intake.thinking.suggestions import find_suggestion
from intake.triage.referrals import answer
from intake.triage.tasks import list_open, review
from tests.admin.api.machine import connects, mounted, refers, says

BASE = "/open311/v2"
XOXO = "20385"
ROAD = "El camino a la escuela está lleno de hoyos y no pasa la ambulancia. Soy Guadalupe Ruiz."
SENT = {
    "service_code": "camino-rural",
    "address_id": XOXO,
    "address_string": "Calle Morelos 12, junto al templo",
    "first_name": "Guadalupe",
    "last_name": "Ruiz",
    "phone": "951 123 4567",
    "description": ROAD,
}
FIELDS = """service_request_id status status_notes service_name service_code description agency_responsible
    service_notice requested_datetime updated_datetime expected_datetime address address_id zipcode lat long
    media_url""".split()


@dataclass
class App:
    """A partner's application, with its api_key."""

    client: TestClient
    key: str

    def posts(self, kind: str = "json", *, once: str | None = None, **fields: str | None) -> httpx.Response:
        sent = {name: value for name, value in (SENT | fields).items() if value is not None}
        headers = {"Idempotency-Key": once} if once else {}
        return self.client.post(f"{BASE}/requests.{kind}", data={"api_key": self.key} | sent, headers=headers)

    def reports(self, **fields: str | None) -> str:
        made = self.posts(**fields)
        assert made.status_code == 200, made.text
        (request,) = made.json()
        return str(request["service_request_id"])

    def gets(self, path: str, status: int = 200, /, **params: str) -> Any:
        found = self.client.get(f"{BASE}/{path}", params={"api_key": self.key} | params)
        assert found.status_code == status, found.text
        is_json = found.headers["content-type"].startswith("application/json")
        return found.json() if is_json else _tree(found.content)


def _tree(content: bytes) -> Tree.Element:
    return Tree.fromstring(content)  # noqa: S314 — what this program wrote


@pytest.fixture
def app(office: Office, people: Mapping[str, Member]) -> App:
    machine = connects(office, people["administrator"], None, Scope.OPEN311_READ, Scope.OPEN311_WRITE)
    return App(machine.client, machine.token)


def test_discovery_and_services_are_told_to_anybody_in_both_formats(office: Office) -> None:
    client = mounted(office)
    found = client.get(f"{BASE}/discovery.json").json()
    assert set(found) == {"changeset", "contact", "key_service", "endpoints"}
    assert found["endpoints"][0]["specification"] == "http://wiki.open311.org/GeoReport_v2"
    assert found["endpoints"][0]["url"].endswith(BASE)
    tree = client.get(f"{BASE}/discovery.xml")
    assert tree.headers["content-type"] == "text/xml; charset=utf-8"
    assert tree.content.startswith(b'<?xml version="1.0" encoding="utf-8"?>\n<discovery>')
    formats = _tree(tree.content).findall("endpoints/endpoint/formats/format")
    assert [one.text for one in formats] == ["text/xml", "application/json"]
    services = client.get(f"{BASE}/services.json").json()
    assert len(services) == len(office.jurisdiction.open311.services if office.jurisdiction.open311 else ())
    wanted = {"service_code", "service_name", "description", "metadata", "type", "keywords", "group"}
    assert all(set(one) == wanted for one in services)
    assert {one["type"] for one in services} == {"realtime"}
    listed = _tree(client.get(f"{BASE}/services.xml").content)
    assert [one.findtext("service_code") for one in listed.findall("service")] == [s["service_code"] for s in services]
    assert listed.findtext("service/metadata") == "true"


def test_no_service_exposes_who_asks_for_it(office: Office) -> None:
    offer = office.jurisdiction.open311
    assert offer
    for agency in ("MUJERES", "VICTIMAS", "BUSQUEDA", "FISCALIA", "DDHPO", "SHTFP", "SSPC", "DIF", "PRIVADO"):
        assert not offer.may_name(agency), agency


def test_a_service_is_defined_by_its_attributes(office: Office) -> None:
    client = mounted(office)
    defined = client.get(f"{BASE}/services/agua-ciudad.json").json()
    assert defined["service_code"] == "agua-ciudad"
    wanted = "variable code datatype required datatype_description order description values".split()
    assert [list(one) for one in defined["attributes"]] == [wanted, wanted]
    assert defined["attributes"][0]["values"] == [{"key": "si", "name": "Sí"}, {"key": "no", "name": "No"}]
    tree = _tree(client.get(f"{BASE}/services/agua-ciudad.xml").content)
    assert tree.tag == "service_definition"
    assert tree.findtext("attributes/attribute/values/value/key") == "si"
    missing = client.get(f"{BASE}/services/nada.json")
    assert (missing.status_code, missing.json()[0]["code"]) == (404, 404)
    wrong = client.get(f"{BASE}/services.xml", params={"jurisdiction_id": "sfgov.org"})
    assert wrong.status_code == 404
    assert _tree(wrong.content).findtext("error/code") == "404"
    assert client.get(f"{BASE}/services.json", params={"jurisdiction_id": "oaxaca.gob.mx"}).status_code == 200


def test_a_report_is_a_petition_like_any_other(office: Office, app: App) -> None:
    made = app.posts(**{"attribute[lengua]": None})
    assert made.status_code == 200
    (request,) = made.json()
    assert list(request) == ["service_request_id", "service_notice", "account_id"]
    folio = request["service_request_id"]
    assert folio in request["service_notice"]
    with office.sessions() as session:
        petition = get_petition(session, folio)
        capture = session.get_one(Capture, petition.id)
        (matter,) = list_matters(petition)
        suggestion = find_suggestion(session, matter.id)
        names = [entry.name for entry in list_entries(session, petition.id)]
    assert (petition.municipality, petition.place_text) == (XOXO, SENT["address_string"])
    assert (capture.way, capture.phone) == ("system", "9511234567")
    assert matter.text == ROAD
    assert (matter.told, matter.told_words) == ("CABIEN", "Caminos rurales")
    assert suggestion
    assert suggestion.ranking[0]["agency"] == "CABIEN"
    assert names[0] == "opened"
    assert "captured" in names
    tree = _tree(app.posts("xml", description="Hay otro hoyo en la salida").content)
    assert tree.tag == "service_requests"
    assert tree.findtext("request/service_request_id")


def test_a_report_that_is_sent_twice_at_once_is_one_petition(office: Office, app: App) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: app.posts(once="uno"), range(4)))
    assert {one.status_code for one in made} == {200}
    assert len({one.json()[0]["service_request_id"] for one in made}) == 1
    folio = made[0].json()[0]["service_request_id"]
    assert app.gets("tokens/uno.json") == [{"service_request_id": folio, "token": "uno"}]
    assert app.gets("tokens/uno.xml").findtext("request/token") == "uno"
    assert app.gets("tokens/dos.json", 404)[0]["code"] == 404
    other = app.posts(once="uno", description="Es otra cosa muy distinta")
    assert (other.status_code, other.json()[0]["code"]) == (400, 400)
    with office.sessions() as session:
        assert session.scalar(select(func.count()).select_from(Petition)) == 1
        assert session.scalar(select(func.count()).select_from(InboundEvent)) == 1


def test_without_a_key_the_days_same_words_are_one_and_other_words_are_two(app: App) -> None:
    first = app.reports()
    assert app.reports() == first
    assert app.reports(description="Se cayó un árbol en el camino a la escuela") != first
    assert app.reports(phone="9510000000") != first


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"service_code": None}, 400, "service_code"),
        ({"service_code": "nada"}, 404, "service_code"),
        ({"address_id": None, "address_string": None}, 400, "lugar"),
        ({"address_id": "99999"}, 400, "address_id"),
        ({"lat": "17.06"}, 400, "lat, long"),
        ({"lat": "x", "long": "y"}, 400, "lat, long"),
        ({"lat": "91", "long": "0"}, 400, "lat"),
        ({"lat": "nan", "long": "0"}, 400, "lat"),
        ({"description": "x" * 4001}, 400, "4,000"),
        ({"attribute[lengua]": "klingon"}, 400, "lengua"),
        ({"jurisdiction_id": "sfgov.org", "first_name": "x" * 600}, 400, "first_name"),
    ],
)
def test_what_lacks_something_makes_no_petition(
    office: Office, app: App, fields: dict[str, str | None], status: int, said: str
) -> None:
    refused = app.posts(**fields)
    assert refused.status_code == status
    (error,) = refused.json()
    assert set(error) == {"code", "description"}
    assert error["code"] == status
    assert said in error["description"]
    with office.sessions() as session:
        assert session.scalar(select(func.count()).select_from(Petition)) == 0


def test_a_wrong_key_is_403_in_the_format_that_was_asked_for(office: Office, people: Mapping[str, Member]) -> None:
    client = mounted(office)
    for params in ({}, {"api_key": "cnz_00000000_x"}, {"api_key": "\x00"}):
        refused = client.get(f"{BASE}/requests.xml", params=params)
        assert refused.status_code == 403
        assert _tree(refused.content).findtext("error/code") == "403"
    reads = connects(office, people["administrator"], None, Scope.OPEN311_READ)
    assert App(client, reads.token).posts().status_code == 403


def test_a_letter_that_no_database_keeps_is_passed_over(app: App) -> None:
    folio = app.reports()
    assert app.gets(f"requests/{folio}%00.json") == app.gets(f"requests/{folio}.json")
    assert len(app.gets("requests.json", service_request_id=f"{folio}\x00")) == 1
    assert len(app.gets("requests.json", service_code="camino-rural\x00")) == 1


def test_no_petition_is_turned_away_for_a_telephone_or_for_few_words(office: Office, app: App) -> None:
    folio = app.reports(
        phone="pregunte por Lupe", email="lupe@example.mx", description="Hoyos", media_url="https://a.mx/1.jpg"
    )
    with office.sessions() as session:
        petition = get_petition(session, folio)
        (matter,) = list_matters(petition)
    assert matter.text.splitlines() == [
        "Caminos rurales. Hoyos",
        "https://a.mx/1.jpg",
        "pregunte por Lupe",
        "lupe@example.mx",
    ]


def test_danger_is_answered_with_whom_to_call_and_goes_first(office: Office, app: App) -> None:
    made = app.posts(service_code="agua-ciudad", description="Mi marido me quiere matar, ayúdenme por favor").json()[0]
    assert "911" in made["service_notice"]
    with office.sessions() as session:
        petition = get_petition(session, made["service_request_id"])
        assert (petition.is_urgent, petition.emergency) == (True, "violencia")
        assert list_matters(petition)[0].told is None


def test_reads_tell_the_days_the_service_and_the_municipality_and_no_word(
    office: Office, app: App, people: Mapping[str, Member]
) -> None:
    folio = app.reports(lat="16.9876543", long="-96.7654321")
    referral = refers(office, people["officer"], folio, "CABIEN")
    answer(office, people["officer"], referral, "La cuadrilla rellenó los hoyos del camino el lunes por la tarde.")
    (one,) = app.gets("requests.json")
    assert list(one) == FIELDS
    assert (one["service_request_id"], one["status"]) == (folio, "open")
    assert one["agency_responsible"].startswith("Caminos Bienestar")
    assert one["status_notes"] == "Ya tiene respuesta."
    assert one["address_id"] == XOXO
    assert one["requested_datetime"].endswith("T00:00:00-06:00")
    assert abs(one["lat"] - 16.9876543) > 0.001
    for word in ("Guadalupe", "Ruiz", "9511234567", "951 123", "Morelos", "ambulancia", "cuadrilla", "16.98765"):
        assert word not in str(one), word
    assert app.gets(f"requests/{folio}.json") == [one]
    tree = app.gets(f"requests/{folio}.xml")
    assert [child.tag for child in tree.findall("request/*")] == FIELDS
    assert tree.findtext("request/zipcode") == ""


def test_of_a_small_town_only_the_region_is_told(app: App) -> None:
    folio = app.reports(address_id="20001", address_string="")
    (one,) = app.gets(f"requests/{folio}.json")
    assert (one["address"], one["address_id"], one["lat"]) == ("Sierra Norte, Oaxaca", None, None)


@pytest.mark.parametrize("mark", ["is_sensitive", "is_anonymous", "is_minor", "emergency", "data_right"])
def test_what_is_reserved_is_told_to_nobody_but_its_sender_and_then_only_that_it_is_open(
    office: Office, app: App, people: Mapping[str, Member], mark: str
) -> None:
    folio = app.reports()
    with office.sessions.begin() as session:
        value: object = {"emergency": "violencia", "data_right": "access"}.get(mark, True)
        setattr(get_petition(session, folio), mark, value)
    machine = connects(office, people["administrator"], None, Scope.OPEN311_READ)
    stranger = App(machine.client, machine.token)
    assert stranger.gets("requests.json") == []
    assert stranger.gets("requests.json", service_request_id=folio) == []
    stranger.gets(f"requests/{folio}.json", 404)
    (one,) = app.gets(f"requests/{folio}.json")
    told = {name for name, value in one.items() if value is not None}
    assert told == {
        "service_request_id",
        "status",
        "service_name",
        "service_code",
        "description",
        "requested_datetime",
        "updated_datetime",
        "address",
    }
    assert one["address"] == "Oaxaca"


def test_who_hides_their_name_by_the_attribute_is_anonymous(office: Office, app: App) -> None:
    folio = app.reports(**{"attribute[reserva]": "si", "attribute[lengua]": "zapoteco"})
    with office.sessions() as session:
        petition = get_petition(session, folio)
        assert (petition.is_anonymous, petition.needs_interpreter) == (True, True)


def test_what_came_by_a_chat_is_not_told_of(office: Office, app: App) -> None:
    folio = says(office, "c1", "no hay agua en la colonia Reforma desde hace ocho días")
    assert app.gets("requests.json") == []
    app.gets(f"requests/{folio}.json", 404)


def test_requests_are_filtered_and_paged(office: Office, app: App) -> None:
    now = utc_now()
    old_days = (100, 40, 0)
    folios = [app.reports(description=f"Hay un hoyo nuevo en el camino, van {n}") for n in range(3)]
    water = app.reports(service_code="agua-ciudad", description="No hay agua en mi calle")
    with office.sessions.begin() as session:
        for folio, days in zip(folios, old_days, strict=True):
            petition = get_petition(session, folio)
            row = session.get_one(SystemRequest, petition.id)
            row.opened_at = petition.opened_at = now - timedelta(days=days)
        get_petition(session, folios[1]).status = "CONCLUIDA"

    def found(**params: str) -> list[str]:
        return [one["service_request_id"] for one in app.gets("requests.json", **params)]

    assert set(found()) == {folios[1], folios[2], water}
    assert found(status="closed") == [folios[1]]
    assert set(found(status="open")) == {folios[2], water}
    assert set(found(status="open,closed")) == set(found())
    assert found(service_code="agua-ciudad") == [water]
    assert set(found(service_code="agua-ciudad,camino-rural")) == set(found())
    assert set(found(service_request_id=f"{folios[0]},{water}", status="closed")) == {folios[0], water}
    first = (now - timedelta(days=110)).isoformat()
    assert found(start_date=first, end_date=(now - timedelta(days=50)).isoformat()) == [folios[0]]
    assert found(end_date=(now - timedelta(days=95)).isoformat()) == [folios[0]]
    assert set(found(start_date=first)) == {folios[0], folios[1]}
    pages = [found(page=str(page), page_size="2") for page in (1, 2, 3)]
    assert [len(page) for page in pages] == [2, 1, 0]
    assert {folio for page in pages for folio in page} == set(found())


@pytest.mark.parametrize(
    "params",
    [
        {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-04-02T00:00:00Z"},
        {"start_date": "2026-02-01T00:00:00Z", "end_date": "2026-01-01T00:00:00Z"},
        {"start_date": "2026-01-01T00:00:00"},
        {"end_date": "ayer"},
        {"status": "abierto"},
        {"page": "0"},
        {"page_size": "5000"},
    ],
)
def test_a_question_that_is_none_is_400(app: App, params: dict[str, str]) -> None:
    assert app.gets("requests.json", 400, **params)[0]["code"] == 400


def test_an_answer_to_a_report_is_a_task_for_a_person(office: Office, app: App, people: Mapping[str, Member]) -> None:
    folio = app.reports()
    referral = refers(office, people["officer"], folio, "CABIEN")
    answer(office, people["officer"], referral, "La cuadrilla rellenó los hoyos del camino el lunes por la tarde.")
    review(office, utc_now())
    tasks = [one for one in list_open(office) if one.folio == folio]
    assert [(one.way, one.phone) for one in tasks][-1] == ("system", "9511234567")


def test_a_day_cannot_be_narrowed_to_an_hour(office: Office, app: App) -> None:
    folio = app.reports()
    with office.sessions() as session:
        opened_at = get_petition(session, folio).opened_at
    later = (opened_at + timedelta(seconds=1)).isoformat()
    if (opened_at + timedelta(seconds=1)).astimezone(office.jurisdiction.zone).date() == opened_at.astimezone(
        office.jurisdiction.zone
    ).date():
        assert [one["service_request_id"] for one in app.gets("requests.json", start_date=later)] == [folio]
