"""The jurisdiction's agencies as staff look for them, by words without accents, and which of them read here."""

import json
import unicodedata
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.accounts.staff import Role
from intake.jurisdiction import Agency
from intake.office import Office
from intake.tables.accounts import Staff


@dataclass(frozen=True)
class AgencyView:
    """An agency as it is looked for: `words` are lower case without accents. Its facts are confirmed or not yet."""

    agency: Agency
    words: str
    is_confirmed: bool


def list_agencies(office: Office) -> list[AgencyView]:
    """All of the catalogue, by name. `confidence` in agencies.json begins with V for what its source confirms."""
    rows = json.loads((office.jurisdiction.folder / "agencies.json").read_text(encoding="utf-8"))
    confirmed = {row["key"] for row in rows if str(row.get("confidence", "")).startswith("V")}
    views = [
        AgencyView(agency, _plain(" ".join((agency.name, agency.acronym, *agency.competence))), key in confirmed)
        for key, agency in office.jurisdiction.agencies.items()
    ]
    return sorted(views, key=lambda view: _plain(view.agency.name))


def list_reached(session: Session) -> frozenset[str]:
    """Keys of the agencies of which somebody can log in and write."""
    wanted = select(Staff.agency).where(Staff.role == Role.LIAISON.value, Staff.is_active.is_(True))
    return frozenset(agency for agency in session.scalars(wanted.distinct()) if agency)


def _plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
