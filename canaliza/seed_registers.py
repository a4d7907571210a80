"""Invented alerts, studies and programmes, so that the demo's pages of component 1 are not empty. Called by `seed`."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from canaliza.seed_ratings import rate
from intake.accounts.staff import Member
from intake.alerts.cards import Verdict, decide_alert
from intake.alerts.watching import watch
from intake.boards.keeping import refresh
from intake.clock import utc_now
from intake.office import Office
from intake.studies.programmes import Risk, add_programme, grade
from intake.studies.register import Draft, Kind, State, add_study, link_petitions, move_study
from intake.tables.alerts import Alert
from intake.tables.petitions import Matter, Petition

EVIDENCE = 5
WATCHED = timedelta(days=730)


def fill_registers(office: Office, values: Mapping[str, Any], officer: Member) -> None:
    """After the petitions: what they bring up is found by the very look that an office makes."""
    programmes = fill_programmes(office, officer, values["programmes"])
    studies = [_study(office, officer, row, programmes) for row in values["studies"]]
    folios = _evidence(office, "medic")
    if folios:
        link_petitions(office, officer, studies[0], folios)
    watch(office, utc_now())
    rate(office)
    refresh(office, utc_now(), budget_s=float("inf"))
    with office.sessions() as session:
        alert = session.scalars(select(Alert.id).where(Alert.kind == "conflict").limit(1)).first()
    if alert is not None:
        decide_alert(office, officer, alert, Verdict.ATTENTION, values["alarm_decided"])


def fill_programmes(office: Office, officer: Member, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Watched for two years, graded then and anew today."""
    return [_programme(office, officer, row) for row in rows]


def fill_studies(office: Office, officer: Member, rows: Sequence[Mapping[str, Any]]) -> None:
    """Of no programme."""
    for row in rows:
        _study(office, officer, row, ())


def _programme(office: Office, officer: Member, row: Mapping[str, Any]) -> int:
    since = utc_now().astimezone(office.jurisdiction.zone).date() - WATCHED
    number = add_programme(office, officer, row["name"], row["agency"], since)
    grade(office, officer, number, Risk(row["before"]["risk"]), row["before"]["reason"], since)
    grade(office, officer, number, Risk(row["risk"]), row["reason"])
    return number


def _study(office: Office, officer: Member, row: Mapping[str, Any], programmes: Sequence[int]) -> int:
    today = utc_now().astimezone(office.jurisdiction.zone).date()
    programme = programmes[row["programme"]] if "programme" in row else None
    planned_on = today + timedelta(days=row["planned_in"])
    number = add_study(office, officer, Draft(Kind(row["kind"]), row["title"], row["summary"], planned_on, programme))
    if "delivered_in" in row:
        move_study(office, officer, number, State.DELIVERED, today + timedelta(days=row["delivered_in"]))
    return number


def _evidence(office: Office, word: str) -> list[str]:
    wanted = select(Petition.folio).join(Matter, Matter.petition_id == Petition.id)
    wanted = wanted.where(Matter.text.contains(word), Petition.is_sensitive.is_(False)).order_by(Petition.id.desc())
    with office.sessions() as session:
        return list(dict.fromkeys(session.scalars(wanted.limit(EVIDENCE))))
