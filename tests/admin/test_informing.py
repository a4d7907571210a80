"""«Con copia»: an agency that a rule names reads the matter that another one answers, and nothing else."""

from collections.abc import Callable, Sequence

import pytest
from sqlalchemy import select, update

from intake.accounts.staff import Member
from intake.office import Office
from intake.tables.citizens import Citizen
from intake.tables.mind import SuggestionRow
from intake.tables.petitions import Petition, ReferralCopy
from intake.triage.referrals import answer, give_back
from tests.admin.conftest import Case, refers, says
from tests.staff import Browser
from tests.talk import Talk

ANSWER = "Una cuadrilla reparó la fuga el lunes por la tarde."


def _names(office: Office, case: Case, copies: Sequence[str], agency: str = "SOAPA") -> None:
    """The matter's rule proposes `agency`, with a copy for `copies`."""
    with office.sessions.begin() as session:
        own = SuggestionRow.matter_id == case.matter_id
        row = session.scalars(select(SuggestionRow).where(own).order_by(SuggestionRow.id.desc())).first()
        assert row
        row.agency, row.trace = agency, [*row.trace, {"copies": list(copies)}]


def _copied(office: Office) -> list[str]:
    with office.sessions() as session:
        return list(session.scalars(select(ReferralCopy.agency).order_by(ReferralCopy.id)))


def test_the_agency_that_a_rule_names_reads_the_matter_and_the_citizen_hears_nothing_of_it(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member], case: Case
) -> None:
    _names(office, case, ["CABIEN", "IEEPO", "SOAPA"])
    officer, cabien = browser("oficial"), browser("enlace-cabien")
    assert "Se manda si lo turna a donde propone la regla y no queda reservado." in officer.opens(
        f"/peticiones/{case.folio}"
    )
    referral = refers(office, members["oficial"], case, "SOAPA")
    assert _copied(office) == ["CABIEN", "IEEPO"]  # never the agency itself
    assert "Le mandaron copia de un turno" in cabien.opens("/turnos")
    assert "no hay agua en la colonia Reforma" in cabien.opens("/copias")
    assert "sin abrir" in officer.opens(f"/peticiones/{case.folio}")
    shown = cabien.opens("/copias/1")
    assert "no hay agua en la colonia Reforma" in shown
    assert "le responde a la persona" in shown
    assert "<form" not in shown.split("<main")[1]  # nothing to be done here
    page = officer.opens(f"/peticiones/{case.folio}")
    assert "la abrió el" in page
    assert "todavía nadie de ahí tiene cuenta" in page
    assert "mandó copia para conocimiento" in page
    assert "Le mandaron copia" not in cabien.opens("/turnos")
    cabien.opens(f"/turnos/{referral}", 404)
    talk = Talk(office, "c1")
    talk.works()
    assert not any(office.jurisdiction.name_agency("CABIEN") in said for said in talk.replies())


def test_what_goes_elsewhere_than_the_rule_says_is_not_copied(
    office: Office, members: dict[str, Member], case: Case
) -> None:
    _names(office, case, ["CABIEN"])
    refers(office, members["oficial"], case, "SEGO")
    assert _copied(office) == []


def test_what_is_reserved_is_not_copied_nor_read_when_it_becomes_so(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member], case: Case
) -> None:
    _names(office, case, ["CABIEN"])
    refers(office, members["oficial"], case, "SOAPA")
    cabien = browser("enlace-cabien")
    for column in (Petition.is_sensitive, Petition.is_blocked):
        with office.sessions.begin() as session:
            session.execute(update(Petition).values({column: True}))
        cabien.opens("/copias/1", 404)
        assert case.folio not in cabien.opens("/copias")
        assert "Le mandaron copia" not in cabien.opens("/turnos")
        with office.sessions.begin() as session:
            session.execute(update(Petition).values({column: False}))
    reserved = says(office, "c3", "un policía me pegó y me quitó mi dinero en San Pablo Etla")
    _names(office, reserved, ["CABIEN"], "MUJERES")
    refers(office, members["oficial"], reserved, "MUJERES")
    assert _copied(office) == ["CABIEN"]
    assert "No se manda: el asunto es reservado." in browser("oficial").opens(f"/peticiones/{reserved.folio}")


def test_nobody_reads_who_told_it(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member]
) -> None:
    case = says(office, "c7", "no hay agua en la colonia Reforma, zenaida tlacuache, mi teléfono es 951 123 45 67")
    with office.sessions.begin() as session:
        petition = session.scalars(select(Petition).where(Petition.folio == case.folio)).one()
        petition.is_anonymous = True
        session.get_one(Citizen, petition.citizen_id).name = "Zenaida Tlacuache"
    _names(office, case, ["CABIEN"])
    refers(office, members["oficial"], case, "SOAPA")
    shown = browser("enlace-cabien").opens("/copias/1") + browser("enlace-cabien").opens("/copias")
    assert "no hay agua" in shown
    assert "951 123 45 67" not in shown
    assert "tlacuache" not in shown


@pytest.mark.parametrize("is_answered", [True, False])
def test_it_is_read_for_as_long_as_the_agency_has_it(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member], case: Case, *, is_answered: bool
) -> None:
    _names(office, case, ["CABIEN"])
    referral = refers(office, members["oficial"], case, "SOAPA")
    cabien = browser("enlace-cabien")
    browser("enlace-sego").opens("/copias/1", 404)
    if is_answered:
        answer(office, members["enlace-soapa"], referral, ANSWER)
        assert "Le mandaron copia" not in cabien.opens("/turnos")  # nothing is left to read
        listed = cabien.opens("/copias")
        assert "Sin leer" not in listed
        assert "Se respondió" in listed
        shown = cabien.opens("/copias/1")
        assert "la abrió el" in browser("oficial").opens(f"/peticiones/{case.folio}")
        assert "Ya se respondió" in shown
        assert ANSWER not in shown
        assert "no hay agua" not in shown
    else:
        give_back(office, members["enlace-soapa"], referral, "No nos corresponde: es de la red estatal.")
        cabien.opens("/copias/1", 404)
        assert case.folio not in cabien.opens("/copias")
