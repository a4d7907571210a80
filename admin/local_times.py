"""Days and hours as a form's field sends them: without zone, so the office's own."""

from datetime import date, datetime
from typing import Annotated

from fastapi import Form

from admin.pages import Pages

FIRST_YEAR, LAST_YEAR = 1900, 2200
LocalDay = Annotated[str, Form(pattern=r"^(\d{4}-\d\d-\d\d)?$")]
LocalTime = Annotated[str, Form(pattern=r"^(\d{4}-\d\d-\d\dT\d\d:\d\d)?$")]


def read_local_time(pages: Pages, written: str) -> datetime | None:
    """Aware. None for an empty field, for a day that there is not, and at the ends of the calendar, where no hour can
    be added or taken off."""
    try:
        read = datetime.fromisoformat(written).replace(tzinfo=pages.office.jurisdiction.zone) if written else None
    except ValueError:
        return None
    return read if read and FIRST_YEAR <= read.year <= LAST_YEAR else None


def read_day(written: str) -> date | None:
    """None for an empty field and for a day that there is not."""
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        return None
