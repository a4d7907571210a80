"""The queue: its order, why each stands where it does, filters that are links, views that are kept."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from intake.clock import UTC, at, utc_now
from intake.office import Office
from intake.petitions.case import get_petition
from intake.petitions.line import Reason, Standing, Tier, Why, place_of, reasons_of, tier_of
from intake.tables.accounts import SavedView
from intake.tables.petitions import Petition
from intake.triage.lists import PAGE, Wish
from intake.triage.queue import find_next, list_queue
from intake.triage.saved_views import VIEWS_AT_MOST
from tests.admin.conftest import says
from tests.staff import Browser
from tests.talk import Talk

WATER = "no hay agua en la colonia Reforma desde hace ocho días"
ROAD = "el camino a mi pueblo está lleno de hoyos"
DANGER = "mi marido me quiere matar"
NOON = datetime(2026, 11, 25, 18, tzinfo=UTC)


class Marks:
    def __init__(self, *names: str) -> None:
        self.is_urgent = "urgent" in names or "emergency" in names
        self.emergency = "incendio" if "emergency" in names else None
        self.is_minor = "minor" in names
        self.needs_interpreter = "interpreter" in names
        self.wants_person = "person" in names


def _standing(*names: str, days: int = 9, due: date = date(2026, 12, 9), number: int = 1, **more: bool) -> Standing:
    return Standing(Marks(*names), due, days, NOON, number, **more)


@pytest.mark.parametrize(
    ("names", "tier"),
    [
        (("emergency", "minor"), Tier.EMERGENCY),
        (("urgent", "person"), Tier.URGENT),
        (("minor",), Tier.VULNERABLE),
        (("interpreter",), Tier.VULNERABLE),
        (("person",), Tier.USUAL),
        ((), Tier.USUAL),
    ],
)
def test_marks_make_the_tier(names: tuple[str, ...], tier: Tier) -> None:
    assert tier_of(Marks(*names)) == tier


def test_the_order_is_tier_then_term_then_waiting() -> None:
    late = _standing(due=date(2026, 11, 20), number=4)
    usual = _standing(number=3)
    minor, danger = _standing("minor", number=2), _standing("emergency", number=1)
    assert sorted([usual, late, danger, minor], key=place_of) == [danger, minor, late, usual]


@given(st.lists(st.tuples(st.sampled_from(["emergency", "urgent", "minor", ""]), st.integers(0, 30)), max_size=9))
def test_no_two_stand_in_one_place(drawn: list[tuple[str, int]]) -> None:
    rows = [_standing(name, due=date(2026, 12, 1) + timedelta(days=n), number=i) for i, (name, n) in enumerate(drawn)]
    places = sorted(map(place_of, rows))
    assert len(set(places)) == len(rows)
    assert [place[0] for place in places] == sorted(tier_of(row.marks) for row in rows)


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (-3, (Reason(Why.LATE, 3),)),
        (-1, (Reason(Why.LATE_ONE, 1),)),
        (0, (Reason(Why.TODAY, 0),)),
        (1, (Reason(Why.TOMORROW, 1),)),
        (2, (Reason(Why.SOON, 2),)),
        (3, ()),
    ],
)
def test_a_term_is_a_reason_when_it_is_near(days: int, told: tuple[Reason, ...]) -> None:
    assert reasons_of(_standing(days=days)) == (*told, Reason(Why.WAITS, since=NOON))


def test_reasons_are_said_in_the_order_in_which_they_count() -> None:
    standing = Standing(Marks("emergency", "minor"), date(2026, 11, 25), 0, NOON, 1, is_returned=True, is_sure=False)
    told = [reason.why for reason in reasons_of(standing)]
    assert told == [Why.EMERGENCY, Why.MINOR, Why.TODAY, Why.WAITS, Why.RETURNED, Why.UNSURE]


def _folios(office: Office, wish: Wish) -> list[str]:
    with office.sessions() as session:
        return [row.folio for row in list_queue(session, office, wish).rows]


def test_the_queue_is_walked_in_that_order_and_says_why(office: Office, browser: Callable[[str], Browser]) -> None:
    with at(utc_now() - timedelta(days=20)):
        late = says(office, "c1", WATER)
    usual = says(office, "c2", ROAD)
    danger = says(office, "c3", DANGER)
    talk = Talk(office, "c4")
    talk.says("necesito un intérprete para hablar de mi terreno")
    tongue = talk.petitions()[-1].folio
    order = [danger.folio, tongue, late.folio, usual.folio]
    assert _folios(office, Wish()) == order
    page = browser("oficial").opens("/triage")
    assert sorted(order, key=page.index) == order
    for why in ("Violencia", "necesita intérprete", "venció hace", "llegó ", "el programa duda"):
        assert why.lower() in page.lower(), why
    with office.sessions() as session:
        chain = [order[0]]
        while (following := find_next(session, chain[-1])) != order[0]:
            assert following
            chain.append(following)
        assert chain == order
        assert all(petition.tier == tier_of(petition) for petition in session.scalars(select(Petition)))


def test_a_mark_that_is_taken_away_changes_the_place(office: Office, browser: Callable[[str], Browser]) -> None:
    danger, usual = says(office, "c1", DANGER), says(office, "c2", WATER)
    with office.sessions.begin() as session:
        get_petition(session, usual.folio).due_on -= timedelta(days=3)
    assert _folios(office, Wish()) == [danger.folio, usual.folio]
    browser("oficial").sends(f"/peticiones/{danger.folio}/sin-emergencia", causa="Era una letra de una canción.")
    assert _folios(office, Wish()) == [usual.folio, danger.folio]


def test_pages_of_the_line_show_each_once_also_with_filters(office: Office) -> None:
    for number in range(PAGE + 3):
        says(office, f"c{number}", f"{WATER} {number}")
    says(office, "other", ROAD)
    for wish in (Wish(agency="SOAPA"), Wish(days=0)):
        with office.sessions() as session:
            first = list_queue(session, office, wish)
            second = list_queue(session, office, Wish(agency=wish.agency, after=first.next_after or ""))
        folios = [row.folio for row in (*first.rows, *second.rows)]
        assert len(first.rows) == PAGE
        assert len(set(folios)) == len(folios) == (PAGE + 3 if wish.agency else PAGE + 4)


@pytest.mark.parametrize(
    ("query", "finds"),
    [
        ("dependencia=SOAPA", True),
        ("dependencia=CABIEN", False),
        ("municipio=oaxaca+de+juarez", True),
        ("municipio=Tlaxiaco", False),
        ("marca=urgent", False),
        ("marca=nada", True),
        ("canal=telegram", False),
        ("dias=3", True),
        ("dias=7", False),
        ("dias=x", True),
        ("dependencia=SOAPA&municipio=oaxaca+de+juarez&dias=1", True),
    ],
)
def test_filters_are_links(office: Office, browser: Callable[[str], Browser], query: str, finds: bool) -> None:
    with at(utc_now() - timedelta(days=4)):
        case = says(office, "c1", f"{WATER}, Oaxaca de Juárez")
    assert (case.folio in browser("oficial").opens(f"/triage?{query}")) == finds


def test_a_place_that_is_none_is_said(browser: Callable[[str], Browser]) -> None:
    page = browser("oficial").opens("/triage?municipio=Guadalajara+de+las+Flores", 422)
    assert "No encontramos ese municipio" in page
    assert 'value="Guadalajara de las Flores"' in page


def test_a_view_is_kept_under_a_name_for_its_officer_alone(office: Office, browser: Callable[[str], Browser]) -> None:
    officer = browser("oficial")
    query = "dependencia=SOAPA&dias=3"
    assert officer.sends("/triage/vistas", nombre="Agua <b>vieja</b>", consulta=f"{query}&x=1") == f"/triage?{query}"
    page = officer.opens("/triage")
    assert "Agua &lt;b&gt;vieja&lt;/b&gt;</a>" in page
    assert f'href="/triage?{query.replace("&", "&amp;")}"' in page
    assert "Agua &lt;b&gt;" not in browser("administra").opens("/triage")
    officer.sends("/triage/vistas", nombre="Agua <b>vieja</b>", consulta="dias=7")
    with office.sessions() as session:
        view = session.scalars(select(SavedView)).one()
        assert view.query == "dias=7"
    browser("administra").sends(f"/triage/vistas/{view.id}/borrar")
    assert "Agua &lt;b&gt;" in officer.opens("/triage")
    officer.sends(f"/triage/vistas/{view.id}/borrar")
    assert "Agua &lt;b&gt;" not in officer.opens("/triage")


def test_a_view_without_name_or_filter_and_too_many_are_refused(browser: Callable[[str], Browser]) -> None:
    officer = browser("oficial")
    assert "Escriba un nombre" in officer.sends("/triage/vistas", 422, nombre=" ", consulta="dias=7")
    assert "Elija algún filtro" in officer.sends("/triage/vistas", 422, nombre="Todo", consulta="estado=triage")
    for number in range(VIEWS_AT_MOST):
        officer.sends("/triage/vistas", nombre=f"Vista {number}", consulta="dias=7")
    assert "Ya tiene 20 vistas" in officer.sends("/triage/vistas", 422, nombre="Una más", consulta="dias=7")
