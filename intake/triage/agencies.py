"""The jurisdiction's agencies as staff look for them, by words without accents."""

import json
import unicodedata
from dataclasses import dataclass

from intake.jurisdiction import Agency
from intake.office import Office


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


def _plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
