"""Invented meetings, agreements, mechanisms and analyses for the demo, by officers' own acts. Called by `seed`."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from intake.accounts.staff import Member
from intake.clock import at, utc_now
from intake.coordination.mechanisms import MechanismKind, NewMechanism, propose, set_days
from intake.coordination.works import NewWork, WorkKind, make_work, plan_work
from intake.meetings.agreeing import NewAgreement, agree, fulfil
from intake.meetings.attending import Arrived, note_attendee
from intake.meetings.bringing import note_opinion
from intake.meetings.kinds import Kind, Sector
from intake.meetings.planning import Plan, hold_meeting, list_items, plan_meeting, tell_community, write_minutes
from intake.office import Office

BEGINS = time(11)
PLANNED_BEFORE = timedelta(days=9)


def fill_liaison(office: Office, officer: Member, values: Mapping[str, Any]) -> None:
    """Adds what `demo.yaml` says, around today."""
    today = utc_now().astimezone(office.jurisdiction.zone).date()
    for one in values.get("meetings", ()):
        _meeting(office, officer, one, today + timedelta(days=one["days"]))
    for one in values.get("mechanisms", ()):
        _mechanism(office, officer, one, today)
    for one in values.get("works", ()):
        _work(office, officer, one, today)


def _meeting(office: Office, officer: Member, one: Mapping[str, Any], day: date) -> None:
    starts_at, now = datetime.combine(day, BEGINS, office.jurisdiction.zone), utc_now()
    needs = bool(one["language"])
    names = one["title"], starts_at, one["place"], one["town"], one["community"], one["language"]
    plan = Plan(Kind(one["kind"]), *names, needs_interpreter=needs, interpreter=one["interpreter"])
    with at(min(starts_at - PLANNED_BEFORE, now)):
        number = plan_meeting(office, officer, plan, one["agenda"])
    if starts_at > now:
        return
    with at(starts_at + timedelta(hours=2)):
        hold_meeting(office, officer, number)
        for name, represents, sector in one["guests"]:
            note_attendee(office, officer, number, Arrived(name, represents, Sector(sector), consents=bool(name)))
        if "opinion" in one:
            note_opinion(office, officer, number, one["opinion"][1], one["opinion"][0])
        write_minutes(office, officer, number, one["minutes"])
    with office.sessions() as session:
        items = [item.id for item in list_items(session, number)]
    for made in one["agreements"]:
        _agreement(office, officer, number, made, starts_at, items)
    if "told" in one:
        with at(starts_at + timedelta(days=3)):
            tell_community(office, officer, number, one["told"])


def _agreement(
    office: Office, officer: Member, number: int, made: Mapping[str, Any], starts_at: datetime, items: list[int]
) -> None:
    due_on = starts_at.date() + timedelta(days=made["days"])
    new = NewAgreement(made["text"], due_on, [made["agency"]], [made.get("other", "")], items[made["item"]])
    with at(starts_at + timedelta(hours=3)):
        agreement = agree(office, officer, number, new)
    if made["done"]:
        with at(starts_at + timedelta(days=made["days"] - 2)):
            fulfil(office, officer, agreement, made["done"])


def _mechanism(office: Office, officer: Member, one: Mapping[str, Any], today: date) -> None:
    proposed, approved, signed = (_day(today, one[name]) for name in ("proposed", "approved", "signed"))
    number = propose(office, officer, NewMechanism(MechanismKind(one["kind"]), one["name"], proposed, one["agencies"]))
    set_days(office, officer, number, approved, signed)


def _work(office: Office, officer: Member, one: Mapping[str, Any], today: date) -> None:
    planned, made = _day(today, one["planned"]), _day(today, one["made"])
    number = plan_work(office, officer, NewWork(WorkKind(one["kind"]), one["title"], planned, one["agency"]))
    if made:
        make_work(office, officer, number, made, one["text"])


def _day(today: date, days: int | None) -> date | None:
    return None if days is None else today + timedelta(days=days)
