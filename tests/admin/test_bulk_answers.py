"""One answer to the petitions of an incident: each citizen gets it once, privately, with what is theirs in it."""

import re
from collections.abc import Callable, Sequence
from html import unescape

import pytest
from sqlalchemy import select

from intake.accounts.staff import Member
from intake.answers import bulk_members
from intake.answers.approving import set_wish
from intake.answers.bulk_answers import Wish, begin, find_unfinished, send_next
from intake.answers.bulk_members import gather
from intake.errors import FormRefused, NotFound
from intake.office import Office
from intake.petitions.case import get_petition, list_matters
from intake.petitions.incidents import join
from intake.tables.answers import Answer
from intake.tables.citizens import Citizen
from intake.tables.mind import IncidentMember
from intake.tables.outgoing import Reply
from intake.tables.petitions import HistoryEntry, Referral
from intake.triage.referrals import answer
from tests.admin.conftest import Case, refers, says
from tests.staff import Browser

WATER = "no hay agua en la colonia Reforma desde hace ocho días"
TEXT = "La cuadrilla cambió la válvula de la calle Hidalgo el 3 de diciembre. Su folio es {folio}."
HOLLOW = "Su petición se turnó al área correspondiente."
KEY = "a" * 32


@pytest.fixture
def cases(office: Office, members: dict[str, Member]) -> list[Case]:
    """An incident of four: three with the water board, one in triage."""
    made = [says(office, f"c{number}", WATER) for number in range(4)]
    for other in made[1:]:
        join(office, members["oficial"], made[0].folio, other.folio)
    for case in made[:3]:
        refers(office, members["oficial"], case, "SOAPA")
    return made


@pytest.fixture
def incident(office: Office, cases: list[Case]) -> int:
    with office.sessions() as session:
        return session.scalars(select(IncidentMember.incident_id).distinct()).one()


def _referrals(office: Office) -> list[int]:
    with office.sessions() as session:
        return [*session.scalars(select(Referral.id).order_by(Referral.id))]


def _texts(office: Office) -> list[str]:
    with office.sessions() as session:
        return [*session.scalars(select(Answer.text).order_by(Answer.id))]


def _notices(office: Office) -> int:
    with office.sessions() as session:
        return len(session.scalars(select(Reply.id).where(Reply.purpose == "notice.answered")).all())


def _wish(office: Office, numbers: Sequence[int] | None = None, text: str = TEXT, key: str = KEY) -> Wish:
    return Wish(key, "SOAPA", text, tuple(_referrals(office) if numbers is None else numbers))


def _fields(page: str) -> dict[str, list[str]]:
    """What the browser would send of the page's first form with ticked boxes or hidden fields."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page):
        found.setdefault(name, [])
        found[name] = [*found[name], unescape(value)] if name in ("turnos", "asuntos") else [unescape(value)]
    for name, value in re.findall(r'type="checkbox" name="(\w+)" value="(\d+)" checked', page):
        found.setdefault(name, []).append(value)
    return found


def _posts(browser: Browser, path: str, expected: int, fields: dict[str, list[str]], **more: str) -> str:
    got = browser.client.post(path, data={**fields, **more})
    assert got.status_code == expected, got.text
    return got.headers.get("location") or unescape(got.text)


def test_a_liaison_writes_once_and_each_citizen_gets_it_with_the_own_folio(
    office: Office, browser: Callable[[str], Browser], cases: list[Case], incident: int
) -> None:
    liaison, path = browser("enlace-soapa"), f"/focos/{incident}/respuesta"
    offered = liaison.opens(f"/turnos/{_referrals(office)[0]}")
    assert "Su dependencia tiene 3 turnos abiertos de este mismo hecho." in offered
    assert f'href="{path}?dependencia=SOAPA"' in offered
    page = liaison.opens(path)
    assert [case.folio in page for case in cases] == [True, True, True, False]
    assert "Otra petición del foco no está con su dependencia." in page
    review = _posts(liaison, f"{path}/revisar", 200, _fields(page), texto=TEXT)
    assert f"Su folio es {cases[0].folio}." in review
    assert "Enviar a 3 peticiones" in review
    assert _texts(office) == []
    over = liaison.opens(_posts(liaison, path, 303, _fields(review)))
    assert "Envío terminado" in over
    assert "Enviadas: 3" in over
    assert _texts(office) == [TEXT.replace("{folio}", case.folio) for case in cases[:3]]
    assert _notices(office) == 3
    with office.sessions() as session:
        noted = session.scalars(select(HistoryEntry.data).where(HistoryEntry.name == "bulk_answered")).all()
        assert [data["incident"] for data in noted] == [incident] * 3
        assert get_petition(session, cases[3].folio).status == "RECIBIDA"
    assert "respondió junto con otras del mismo foco" in browser("oficial").opens(f"/peticiones/{cases[0].folio}")


def test_a_form_that_is_sent_twice_is_one(
    office: Office, browser: Callable[[str], Browser], cases: list[Case], incident: int
) -> None:
    liaison, path = browser("enlace-soapa"), f"/focos/{incident}/respuesta"
    fields = _fields(liaison.opens(path))
    where = _posts(liaison, path, 303, fields, texto=TEXT)
    assert _posts(liaison, path, 303, fields, texto=TEXT) == where
    liaison.sends(f"{where}/seguir")
    assert (len(_texts(office)), _notices(office)) == (3, 3)


def test_an_interrupted_sending_is_gone_on_with(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member], incident: int
) -> None:
    member = members["enlace-soapa"]
    bulk = begin(office, member, incident, _wish(office))
    assert send_next(office, member, bulk, at_most=1).done == 1
    answer(office, members["oficial"], _referrals(office)[1], "Mientras tanto respondió la oficina, el martes.")
    liaison = browser("enlace-soapa")
    assert f'href="/focos/respuestas/{bulk}"' in liaison.opens(f"/focos/{incident}/respuesta")
    assert "1 de 3" in liaison.opens(f"/focos/respuestas/{bulk}")
    page = liaison.opens(liaison.sends(f"/focos/respuestas/{bulk}/seguir"))
    assert "no se envió; ya tenía respuesta o se devolvió" in page
    assert [text.startswith("La cuadrilla") for text in _texts(office)] == [True, False, True]
    assert find_unfinished(office, member, incident) is None


def test_reserved_and_anonymous_ones_are_ticked_by_a_person(
    office: Office, browser: Callable[[str], Browser], cases: list[Case], incident: int
) -> None:
    with office.sessions.begin() as session:
        get_petition(session, cases[0].folio).is_sensitive = True
        get_petition(session, cases[1].folio).is_anonymous = True
    liaison, path = browser("enlace-soapa"), f"/focos/{incident}/respuesta"
    page = liaison.opens(path)
    assert "Las reservadas y las anónimas no van marcadas" in page
    assert _fields(page)["turnos"] == [str(_referrals(office)[2])]
    assert page.count("no hay agua") == 2
    _posts(liaison, path, 303, _fields(page), texto=TEXT)
    assert len(_texts(office)) == 1
    every = _fields(liaison.opens(path)) | {"turnos": [str(number) for number in _referrals(office)]}
    _posts(liaison, path, 303, every, texto=TEXT)
    assert len(_texts(office)) == 3


def test_what_a_single_answer_may_not_be_many_may_not_be_either(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member], incident: int
) -> None:
    liaison, path = browser("enlace-soapa"), f"/focos/{incident}/respuesta"
    fields = _fields(liaison.opens(path))
    assert "Esta respuesta solo dice" in _posts(liaison, f"{path}/revisar", 422, fields, texto=HOLLOW)
    confirmed = _posts(liaison, f"{path}/revisar", 200, fields, texto=HOLLOW, confirmada="true")
    assert "Enviar a 3 peticiones" in confirmed
    assert "{nombre}" in _posts(liaison, f"{path}/revisar", 422, fields, texto=f"{TEXT} {{nombre}}")
    nobody = {**fields, "turnos": []}
    assert "Marque por lo menos una" in _posts(liaison, f"{path}/revisar", 422, nobody, texto=TEXT)
    assert TEXT in _posts(liaison, f"{path}/corregir", 200, fields, texto=TEXT)
    with pytest.raises(FormRefused, match="blank"):
        begin(office, members["enlace-soapa"], incident, _wish(office, text="Falta {hora}, lo sentimos mucho."))
    assert _texts(office) == []


def test_where_the_head_approves_all_wait(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member], cases: list[Case], incident: int
) -> None:
    set_wish(office, members["administra"], "SOAPA", wants=True)
    liaison, path = browser("enlace-soapa"), f"/focos/{incident}/respuesta"
    fields = _fields(liaison.opens(path))
    page = liaison.opens(_posts(liaison, path, 303, fields, texto=TEXT))
    assert "Esperan la aprobación del titular: 3" in page
    assert _texts(office) == []
    head = browser("titular-soapa")
    waiting = head.opens("/por-aprobar")
    assert all(f"Su folio es {case.folio}." in waiting for case in cases[:3])
    again = liaison.opens(path)
    assert again.count("su respuesta espera la aprobación del titular") == 3
    assert "turnos" not in _fields(again)


def test_another_agency_learns_nothing(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member], cases: list[Case], incident: int
) -> None:
    stranger = browser("enlace-cabien")
    stranger.opens(f"/focos/{incident}/respuesta", 404)
    bulk = begin(office, members["enlace-soapa"], incident, _wish(office))
    stranger.opens(f"/focos/respuestas/{bulk}", 404)
    stranger.sends(f"/focos/respuestas/{bulk}/seguir", 404)
    browser("oficial").sends(f"/focos/respuestas/{bulk}/seguir", 404)
    refers(office, members["oficial"], cases[3], "CABIEN")
    page = stranger.opens(f"/focos/{incident}/respuesta")
    assert [case.folio in page for case in cases] == [False, False, False, True]
    numbers = _referrals(office)
    begun = begin(office, members["enlace-cabien"], incident, _wish(office, numbers, key="b" * 32))
    assert send_next(office, members["enlace-cabien"], begun).total == 1
    with pytest.raises(NotFound):
        begin(office, members["enlace-sego"], incident, _wish(office, numbers, key="c" * 32))


def test_an_officer_answers_for_an_agency_and_refers_what_is_undecided(
    office: Office, browser: Callable[[str], Browser], cases: list[Case], incident: int
) -> None:
    officer, path = browser("oficial"), f"/focos/{incident}/respuesta"
    assert f'href="{path}"' in officer.opens("/focos")
    page = officer.opens(path)
    fields = _fields(page)
    assert len(fields["asuntos"]) == 1
    _posts(officer, f"/focos/{incident}/turnar", 404, fields, agencia="NADIE")
    assert _posts(officer, f"/focos/{incident}/turnar", 303, fields, agencia="CABIEN") == path
    assert "Una petición turnada a" in officer.opens(path)
    _posts(officer, f"/focos/{incident}/turnar", 303, fields, agencia="SOAPA")
    assert "está con otra dependencia" in officer.opens(path)
    where = _posts(officer, path, 303, fields, texto=TEXT)
    assert "Enviadas: 3" in officer.opens(where)
    assert "no hay turnos abiertos" not in officer.opens(path)
    with office.sessions() as session:
        assert get_petition(session, cases[3].folio).status == "TURNADA"


def test_what_is_answered_takes_no_place_of_what_is_open(
    office: Office, members: dict[str, Member], cases: list[Case], incident: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a large incident the first ones are answered, and the others are offered then."""
    monkeypatch.setattr(bulk_members, "AT_MOST", 2)
    refers(office, members["oficial"], cases[3], "CABIEN")
    for number in _referrals(office)[:2]:
        answer(office, members["enlace-soapa"], number, TEXT.replace("{folio}", "éste"))
    offered = gather(office, members["enlace-soapa"], incident).candidates
    assert [one.folio for one in offered] == [cases[2].folio]


def test_who_wrote_without_a_name_is_not_named_to_the_agency(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member], cases: list[Case], incident: int
) -> None:
    with office.sessions.begin() as session:
        petition = get_petition(session, cases[0].folio)
        petition.is_anonymous = True
        session.get_one(Citizen, petition.citizen_id).name = "Yatzil Xhuncu"
        list_matters(petition)[0].text = f"{WATER}, yatzil xhuncu"
    page = browser("enlace-soapa").opens(f"/focos/{incident}/respuesta")
    assert cases[0].folio in page
    assert "yatzil" not in page
