"""Two officers at one queue: who looks at a petition is seen, passed over and asked about, and the lease ends."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from intake.clock import at, utc_now
from intake.office import Office
from intake.petitions.case import get_petition
from intake.petitions.states import Status
from intake.tables.accounts import Claim
from intake.tables.mind import Decision
from intake.triage.claiming import CLAIM_FOR
from tests.admin.conftest import Case, says
from tests.staff import Browser

WATER = "no hay agua en la colonia Reforma desde hace ocho días"
ROAD = "el camino a mi pueblo está lleno de hoyos"
SEEN = "la está viendo Persona oficial"


@pytest.fixture
def two(browser: Callable[[str], Browser]) -> tuple[Browser, Browser]:
    return browser("oficial"), browser("administra")


def _decision(case: Case) -> dict[str, str | int]:
    return {"agencia": "SOAPA", "asunto": case.matter_id, "version": case.version}


def test_who_looks_is_seen_by_others_only(case: Case, two: tuple[Browser, Browser]) -> None:
    maria, other = two
    assert "viendo esta petición" not in maria.opens(f"/peticiones/{case.folio}")
    assert SEEN in other.opens("/triage")
    assert SEEN not in maria.opens("/triage")
    page = other.opens(f"/peticiones/{case.folio}")
    assert "Persona oficial está viendo esta petición" in page
    assert SEEN not in maria.opens("/triage")  # the other one's look did not take it


def test_next_passes_over_what_somebody_looks_at(office: Office, two: tuple[Browser, Browser]) -> None:
    first, second, third = (says(office, f"c{n}", f"{WATER} {n}") for n in range(3))
    maria, other = two
    maria.opens(f"/peticiones/{second.folio}")
    assert f'href="/peticiones/{third.folio}" data-next' in other.opens(f"/peticiones/{first.folio}")
    maria.opens(f"/peticiones/{third.folio}")  # the one before is free again
    assert f'href="/peticiones/{second.folio}" data-next' in other.opens(f"/peticiones/{first.folio}")


def test_deciding_what_another_looks_at_asks_first(office: Office, case: Case, two: tuple[Browser, Browser]) -> None:
    maria, other = two
    maria.opens(f"/peticiones/{case.folio}")
    path = f"/peticiones/{case.folio}/turnar"
    page = other.sends(path, 409, motivo="Es <b>suyo</b>", **_decision(case))
    assert "¿Continuar?" in page
    assert 'name="agencia" value="SOAPA"' in page
    assert 'value="Es &lt;b&gt;suyo&lt;/b&gt;"' in page
    with office.sessions() as session:
        assert session.scalars(select(Decision)).all() == []
    other.sends(path, motivo="Es suyo", aunque="true", **_decision(case))
    with office.sessions() as session:
        assert get_petition(session, case.folio).status == Status.TURNADA


@pytest.mark.parametrize(
    ("doing", "more"), [("descartar", {}), ("orientar", {"texto": "Ese trámite es en línea y no cuesta."})]
)
def test_each_decision_asks(case: Case, two: tuple[Browser, Browser], doing: str, more: dict[str, str]) -> None:
    maria, other = two
    maria.opens(f"/peticiones/{case.folio}")
    page = other.sends(f"/peticiones/{case.folio}/{doing}", 409, version=case.version, **more)
    for value in more.values():
        assert value in page
    other.sends(f"/peticiones/{case.folio}/{doing}", version=case.version, aunque="true", **more)


@pytest.mark.parametrize(
    ("doing", "fields", "kept"),
    [
        ("separar", {"asunto": 1, "desde": [7, 21]}, ['name="desde" value="7"', 'name="desde" value="21"']),
        ("juntar", {"con": "JG-2026-004K7Q-3"}, ['name="con" value="JG-2026-004K7Q-3"']),
        (
            "emergencia",
            {"clase": "violencia", "causa": "Dice que lo amenazan hoy."},
            ['name="clase" value="violencia"'],
        ),
        ("sin-emergencia", {"causa": "Ya pasó, según la persona."}, ['name="causa"']),
    ],
)
def test_parting_joining_and_marking_ask_first(
    office: Office,
    case: Case,
    two: tuple[Browser, Browser],
    doing: str,
    fields: dict[str, object],
    kept: list[str],
) -> None:
    maria, other = two
    with at(datetime(2026, 11, 25, 16, 42, tzinfo=UTC)):
        maria.opens(f"/peticiones/{case.folio}")
    with at(datetime(2026, 11, 25, 16, 44, tzinfo=UTC)):
        data = {"csrf": other.token(), "version": case.version, **fields}
        answer = other.client.post(f"/peticiones/{case.folio}/{doing}", data=data)
    assert answer.status_code == 409
    assert "La tiene abierta Persona oficial desde las 10:42. ¿Continuar?" in answer.text
    for field in kept:
        assert field in answer.text


def test_a_mark_that_is_meant_is_made(office: Office, case: Case, two: tuple[Browser, Browser]) -> None:
    maria, other = two
    maria.opens(f"/peticiones/{case.folio}")
    fields = {"clase": "violencia", "causa": "Dice que lo amenazan hoy.", "aunque": "true"}
    other.sends(f"/peticiones/{case.folio}/emergencia", **fields)


def test_who_looks_decides_without_being_asked(case: Case, two: tuple[Browser, Browser]) -> None:
    maria, _ = two
    maria.opens(f"/peticiones/{case.folio}")
    maria.sends(f"/peticiones/{case.folio}/turnar", **_decision(case))


def test_a_lease_ends_by_itself_and_is_renewed_by_the_open_page(
    office: Office, case: Case, two: tuple[Browser, Browser]
) -> None:
    maria, other = two
    now, path = utc_now(), f"/peticiones/{case.folio}"
    with at(now):
        assert f'hx-post="{path}/viendo"' in maria.opens(path)
    with office.sessions() as session:
        assert session.scalars(select(Claim.until)).one() == now + CLAIM_FOR
    with at(now + CLAIM_FOR - timedelta(seconds=1)):
        assert "viendo" in maria.sends(f"{path}/viendo", 200)
    with office.sessions.begin() as session:
        row = session.scalars(select(Claim)).one()
        assert row.until > now + CLAIM_FOR
        row.until = utc_now() - timedelta(seconds=1)
    assert SEEN not in other.opens("/triage")
    assert "está viendo esta petición" not in other.opens(path)
    assert "Persona administra está viendo" in maria.sends(f"{path}/viendo", 200)


def test_an_auditor_looks_and_holds_nothing(
    office: Office, case: Case, browser: Callable[[str], Browser], two: tuple[Browser, Browser]
) -> None:
    auditor = browser("audita")
    auditor.opens(f"/peticiones/{case.folio}")
    with office.sessions() as session:
        assert session.scalars(select(Claim)).all() == []
    two[0].opens(f"/peticiones/{case.folio}")
    assert "Persona oficial está viendo" in auditor.opens(f"/peticiones/{case.folio}")
    auditor.sends(f"/peticiones/{case.folio}/viendo", 403)


def test_what_does_not_wait_is_nobodys(office: Office, case: Case, two: tuple[Browser, Browser]) -> None:
    maria, other = two
    maria.sends(f"/peticiones/{case.folio}/turnar", **_decision(case))
    maria.opens(f"/peticiones/{case.folio}")
    assert "está viendo" not in other.opens(f"/peticiones/{case.folio}")
    with office.sessions() as session:
        assert session.scalars(select(Claim)).all() == []
