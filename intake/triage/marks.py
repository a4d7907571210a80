"""A petition's marks and days, as every list and page shows them."""

from datetime import date

from intake.clock import utc_now
from intake.office import Office
from intake.petitions.states import Status
from intake.tables.petitions import Petition
from intake.terms.recounting import days_of_petition
from intake.terms.steps import days_left


def days_left_of(office: Office, petition: Petition) -> int:
    """By the calendar that holds for the petition; negative when its last day is past."""
    return days_left(today_at(office), petition.due_on, days_of_petition(office, petition))


def today_at(office: Office) -> date:
    return utc_now().astimezone(office.jurisdiction.zone).date()


def flags_of(petition: Petition) -> tuple[str, ...]:
    """Names of the catalogue's `flag.<name>`, gravest first."""
    status = Status(petition.status)
    flags = {
        "emergency": petition.emergency is not None,
        "urgent": petition.is_urgent and petition.emergency is None,
        "sensitive": petition.is_sensitive,
        "person": petition.wants_person,
        "interpreter": petition.needs_interpreter,
        "contingency": petition.contingency_id is not None,
        "minor": petition.is_minor,
        "anonymous": petition.is_anonymous,
        "rights": petition.data_right is not None,
        "blocked": petition.is_blocked,
        "paused": petition.paused_left is not None,
        "returned": status == Status.DEVUELTA,
        "reopened": status == Status.REABIERTA,
    }
    return tuple(name for name, is_set in flags.items() if is_set)
