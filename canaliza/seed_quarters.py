"""What the invented office planned, delivered, agreed on and filed in each quarter that is over, so that every figure
of a quarter's report has its rows. Called by `seed_past`."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from canaliza.seed_liaison import fill_liaison
from canaliza.seed_registers import fill_studies
from intake.accounts.staff import Member
from intake.clock import at, utc_now
from intake.correspondence.archive_files import Filing, close_file, put_in_series
from intake.indicators.period import Period, quarter_of
from intake.office import Office
from intake.petitions.states import Status
from intake.tables.petitions import Petition

PROPOSED, APPROVED, PLANNED, MADE = 20, 45, 60, 70  # days from a quarter's first
MEETS, MEETS_EVERY = 14, 30
NOT_MADE = 4  # every so many quarters something that was planned was not done
NOT_DONE = 7  # of so many meetings one is still owed what was agreed on
FILED_AFTER = timedelta(days=12)


def fill_quarters(office: Office, officer: Member, values: Mapping[str, Any], began: datetime) -> None:
    """Of the quarters that lie whole between `began` and today."""
    today = utc_now().astimezone(office.jurisdiction.zone).date()
    period, number = quarter_of(began.date()), 0
    while period.last < today:
        if period.first >= began.date():
            _fill(office, officer, values, period, number)
            number += 1
        period = quarter_of(period.last + timedelta(days=1))


def file_guided(office: Office, officer: Member, began: datetime, ended: datetime) -> None:
    """Petitions that were oriented need no letter: their files are whole, and were closed some days later."""
    series = office.jurisdiction.records.default
    wanted = select(Petition.folio, Petition.opened_at).where(Petition.status == Status.ORIENTADA.value)
    with office.sessions() as session:
        rows = session.execute(wanted.where(Petition.opened_at.between(began, ended)).order_by(Petition.id)).all()
    for folio, opened_at in rows:
        with at(opened_at + FILED_AFTER):
            put_in_series(office, officer, folio, Filing(series))
            close_file(office, officer, folio)


def _fill(office: Office, officer: Member, values: Mapping[str, Any], period: Period, number: int) -> None:
    past, today = values["past"], utc_now().astimezone(office.jurisdiction.zone).date()
    begins = (period.first - today).days
    is_late = number % NOT_MADE == NOT_MADE - 1
    mechanisms = [_proposed(one, begins, is_late=is_late) for one in values["mechanisms"]]
    works = [_work(one, past["made"], begins, is_late=is_late) for one in values["works"]]
    held = [one for one in values["meetings"] if one["days"] < 0]
    meetings = [_meeting(one, past, begins, number * len(held) + place) for place, one in enumerate(held)]
    fill_liaison(office, officer, {"meetings": meetings, "mechanisms": mechanisms, "works": works})
    fill_studies(office, officer, [_study(one, begins) for one in _studies_of(past["studies"], number)])


def _meeting(one: Mapping[str, Any], past: Mapping[str, Any], begins: int, number: int) -> dict[str, Any]:
    """One a month. What falls due later than today is not done yet."""
    days = begins + MEETS + MEETS_EVERY * (number % 3)
    made = [
        {**agreed, "done": past["done"] if number % NOT_DONE and days + agreed["days"] < 0 else ""}
        for agreed in one["agreements"]
    ]
    return {**one, "days": days, "town": past["towns"][number % len(past["towns"])], "agreements": made}


def _studies_of(studies: Sequence[Mapping[str, Any]], number: int) -> list[Mapping[str, Any]]:
    """One of each kind, in turn."""
    kinds = dict.fromkeys(one["kind"] for one in studies)
    by_kind = [[one for one in studies if one["kind"] == kind] for kind in kinds]
    return [own[number % len(own)] for own in by_kind]


def _study(one: Mapping[str, Any], begins: int) -> dict[str, Any]:
    return {**one, "planned_in": begins + PLANNED, "delivered_in": begins + MADE}


def _proposed(one: Mapping[str, Any], begins: int, *, is_late: bool) -> dict[str, Any]:
    approved = None if is_late else begins + APPROVED
    signed = approved if one["kind"] == "agreement" else None
    return {**one, "proposed": begins + PROPOSED, "approved": approved, "signed": signed}


def _work(one: Mapping[str, Any], made: str, begins: int, *, is_late: bool) -> dict[str, Any]:
    is_made = not (is_late and one["kind"] == "proposal")
    return {
        **one,
        "planned": begins + PLANNED,
        "made": begins + MADE if is_made else None,
        "text": one["text"] or made,
    }
