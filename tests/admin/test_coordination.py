"""«Coordinación»: compliance, mechanisms by their days, analyses and proposals; indicators that open to them."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from intake.accounts.staff import Member
from intake.clock import utc_now
from intake.coordination.mechanisms import MechanismKind, NewMechanism, propose, set_days
from intake.coordination.works import NewWork, WorkKind, make_work, plan_work
from intake.errors import FormRefused
from intake.office import Office
from intake.triage.referrals import accept, give_back
from tests.admin.conftest import case_of, refers, says
from tests.staff import Browser


def test_compliance_counts_what_was_accepted_returned_and_bounced(
    office: Office, members: dict[str, Member], browser: Callable[[str], Browser]
) -> None:
    officer = browser("oficial")
    assert "no se enviaron turnos" in officer.opens("/coordinacion")
    taken = says(office, "c1", "no hay agua en la colonia Reforma desde hace ocho días")
    accept(office, members["enlace-soapa"], refers(office, members["oficial"], taken, "SOAPA"))
    bounced = says(office, "c2", "el camino a mi pueblo está lleno de hoyos")
    wrong = refers(office, members["oficial"], bounced, "SOAPA")
    give_back(office, members["enlace-soapa"], wrong, "Le corresponde a caminos.")
    refers(office, members["oficial"], case_of(office, bounced.folio), "CABIEN")
    page = " ".join(officer.opens("/coordinacion").split())
    row = page[page.index("Sistema Operador de los Servicios de Agua Potable y Alcantarillado</th>") :]
    cells = [cell.split("</td>")[0] for cell in row[: row.index("</tr>")].split("<td>")[1:]]
    assert ">2</a>" in cells[0]
    assert cells[1].startswith("1 ·")
    assert cells[3:6] == ["1", "1", "0"]
    assert "Todavía no" in cells[6]


def test_what_has_not_happened_yet_is_not_noted(office: Office, members: dict[str, Member]) -> None:
    officer, ahead = members["oficial"], utc_now().date() + timedelta(days=3)
    number = propose(
        office, officer, NewMechanism(MechanismKind.MECHANISM, "Mesa", ahead - timedelta(days=9), ["SOAPA"])
    )
    with pytest.raises(FormRefused, match="day_ahead"):
        set_days(office, officer, number, ahead, None)
    work = plan_work(office, officer, NewWork(WorkKind.ANALYSIS, "Turnos", ahead))
    with pytest.raises(FormRefused, match="day_ahead"):
        make_work(office, officer, work, ahead, "Se revisó.")


def test_a_mechanism_and_a_proposal_go_their_days_and_stand_behind_their_figures(
    browser: Callable[[str], Browser],
) -> None:
    officer, today = browser("oficial"), f"{utc_now():%Y-%m-15}"
    new = {"clase": "mechanism", "nombre": "Mesa de agua", "propuesto": today}
    assert "Diga con quién" in officer.sends("/coordinacion/mecanismos", 422, **new)
    assert "Escriba el día" in officer.sends("/coordinacion/mecanismos", 422, **{**new, "propuesto": ""})
    officer.sends("/coordinacion/mecanismos", **new, dependencias="SOAPA", otras="Comité")
    page = officer.sends("/coordinacion/mecanismos/1", 422, aprobado="2020-01-01")
    assert "no van en orden" in page
    officer.sends("/coordinacion/mecanismos/1", aprobado=today)
    officer.sends("/coordinacion/trabajos", clase="proposal", titulo="Un solo formato", programado=today)
    assert "en resumen" in officer.sends("/coordinacion/trabajos/1", 422, hecho=today)
    officer.sends("/coordinacion/trabajos/1", hecho=today, texto="Propone un formato.")
    page = officer.opens("/coordinacion")
    assert "aprobado el" in page
    assert "Propone un formato." in page
    assert 'href="/coordinacion#mecanismo-1">Mesa de agua' in officer.opens("/indicadores/C2/flujo/numerador")
    assert "Un solo formato" in officer.opens("/indicadores/C2.A2/A/numerador")
    browser("audita").sends("/coordinacion/trabajos", 403, clase="proposal")
    browser("enlace-soapa").opens("/coordinacion", 403)
