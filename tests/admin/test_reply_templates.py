"""An agency's templates: kept with all versions by its liaisons, filled from the petition, never sent half filled."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from intake.accounts.staff import Member
from intake.answers.blanks import fill, find_blanks
from intake.answers.templates import fill_template, save_template
from intake.errors import FormRefused
from intake.office import Office
from intake.petitions.case import get_petition
from intake.petitions.states import Status
from intake.tables.answers import AnswerTemplateVersion
from intake.tables.citizens import Citizen
from intake.tables.petitions import Petition
from intake.triage.referrals import answer
from tests.admin.conftest import Case
from tests.staff import Browser

LEAK = (
    "Su petición {folio}: {dependencia} repara la fuga en {municipio} el {día de la visita}, "
    "a más tardar el {fecha_limite}."
)
WRITTEN = "Buenas tardes, gracias por avisar."


@pytest.fixture
def referral(referral_id: int) -> str:
    return f"/turnos/{referral_id}"


def _versions(office: Office) -> list[tuple[int, str, str]]:
    with office.sessions() as session:
        rows = session.scalars(select(AnswerTemplateVersion).order_by(AnswerTemplateVersion.number))
        return [(row.number, row.title, row.text) for row in rows]


def test_a_template_is_made_changed_and_retired_and_every_version_stays(
    office: Office, browser: Callable[[str], Browser]
) -> None:
    liaison = browser("enlace-soapa")
    assert "Todavía no hay plantillas" in liaison.opens("/plantillas")
    liaison.sends("/plantillas", titulo="Fuga", texto=LEAK)
    assert "Plantilla guardada: Fuga." in liaison.opens("/plantillas")
    liaison.sends("/plantillas/1", titulo="Fuga de agua", texto=f"{LEAK} Gracias.", version=1)
    page = unescape(liaison.opens("/plantillas"))
    assert "Versión 2, Persona enlace-soapa" in page
    assert "Versiones anteriores: 1" in page
    assert liaison.sends("/plantillas/1", 409, titulo="Fuga", texto=LEAK, version=1)
    liaison.sends("/plantillas/1/retirar")
    assert "Retirada el" in liaison.opens("/plantillas")
    assert liaison.sends("/plantillas/1", 409, titulo="Fuga", texto=LEAK, version=2)
    assert liaison.sends("/plantillas/1/retirar", 409)
    assert _versions(office) == [(1, "Fuga", LEAK), (2, "Fuga de agua", f"{LEAK} Gracias.")]


def test_what_lacks_something_is_refused_and_kept_in_its_form(browser: Callable[[str], Browser]) -> None:
    liaison = browser("enlace-soapa")
    assert "Escriba el tema" in liaison.sends("/plantillas", 422, titulo=" ", texto=LEAK)
    page = liaison.sends("/plantillas", 422, titulo="Fuga", texto="Corto.")
    assert "al menos 20 caracteres" in page
    assert ">Corto.</textarea>" in page


def test_templates_are_the_agencys_own(browser: Callable[[str], Browser], referral: str) -> None:
    liaison, other = browser("enlace-soapa"), browser("enlace-cabien")
    liaison.sends("/plantillas", titulo="Fuga", texto=LEAK)
    assert "Fuga" not in other.opens("/plantillas")
    other.sends("/plantillas/1", 404, titulo="Fuga", texto=LEAK, version=1)
    other.sends("/plantillas/1/retirar", 404)
    other.sends("/plantillas", titulo="Hoyos en el camino", texto=LEAK)
    assert "Hoyos en el camino" not in liaison.opens(referral)
    liaison.sends(f"{referral}/plantilla", 404, plantilla=2)
    assert browser("oficial").opens("/plantillas", 403)


def test_a_template_is_put_behind_what_is_written_filled_and_taken_back(
    office: Office, browser: Callable[[str], Browser], case: Case, referral: str
) -> None:
    liaison = browser("enlace-soapa")
    liaison.sends("/plantillas", titulo="Fuga", texto=LEAK)
    with office.sessions.begin() as session:
        get_petition(session, case.folio).municipality = "20067"
    assert liaison.sends(f"{referral}/plantilla", texto=WRITTEN, plantilla=1) == f"{referral}#respuesta"
    page = unescape(liaison.opens(referral))
    text = _field(page)
    assert text.startswith(f"{WRITTEN}\n\nSu petición {case.folio}: Sistema Operador")
    assert "repara la fuga en Oaxaca de Juárez el {día de la visita}, a más tardar el " in text
    assert find_blanks(text) == ("{día de la visita}",)
    assert "Falta llenar: {día de la visita}." in page
    liaison.sends(f"{referral}/borrador/deshacer")
    assert _field(unescape(liaison.opens(referral))) == WRITTEN


def test_what_is_not_filled_does_not_leave(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member], case: Case, referral_id: int
) -> None:
    liaison, text = browser("enlace-soapa"), "La cuadrilla repara la fuga el {día de la visita} por la mañana."
    page = unescape(liaison.sends(f"/turnos/{referral_id}/responder", 422, texto=text, confirmada="true"))
    assert "espacios sin llenar, entre llaves" in page
    assert f">{text}</textarea>" in page
    with pytest.raises(FormRefused):
        answer(office, members["enlace-soapa"], referral_id, text)
    liaison.sends(f"/turnos/{referral_id}/responder", texto=text.replace("{día de la visita}", "jueves 3"))
    with office.sessions() as session:
        assert get_petition(session, case.folio).status == Status.RESPONDIDA


def test_a_name_is_filled_only_where_it_may_be_seen(
    office: Office, members: dict[str, Member], case: Case, referral_id: int
) -> None:
    liaison, officer = members["enlace-soapa"], members["oficial"]
    template = save_template(office, liaison, "Saludo", "Buenas tardes, {Nombre}: ya vamos.")
    with office.sessions.begin() as session:
        petition = get_petition(session, case.folio)
        session.get_one(Citizen, petition.citizen_id).name = "Rosa Pérez"
    assert fill_template(office, liaison, referral_id, template) == "Buenas tardes, {Nombre}: ya vamos."
    assert fill_template(office, officer, referral_id, template) == "Buenas tardes, Rosa Pérez: ya vamos."
    with office.sessions.begin() as session:
        session.scalars(select(Petition)).one().is_anonymous = True
    assert fill_template(office, officer, referral_id, template) == "Buenas tardes, {Nombre}: ya vamos."


def test_a_template_that_would_make_it_too_long_leaves_what_is_written(
    browser: Callable[[str], Browser], referral: str
) -> None:
    liaison, long = browser("enlace-soapa"), "agua " * 1190
    liaison.sends("/plantillas", titulo="Fuga", texto=LEAK)
    page = liaison.sends(f"{referral}/plantilla", 422, texto=long, plantilla=1)
    assert "demasiado larga" in page
    assert _field(page) == long.strip()


@given(st.text(max_size=200), st.dictionaries(st.sampled_from(["folio", "municipio"]), st.text(max_size=20)))
def test_any_text_can_be_filled(text: str, values: dict[str, str]) -> None:
    filled = fill(text, values)
    assert filled == text or find_blanks(text)
    assert "{folio}" not in fill("{folio} {FOLIO}", {"folio": "JG-1"})


def _field(page: str) -> str:
    found = re.search(r'<textarea[^>]*id="respuesta"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    return found[1] if found else ""
