"""«Por confirmar»: what only the office can answer and every value that waits for it, each with where it is changed."""

from collections import defaultdict
from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from admin.guards import Overseer
from admin.pages import Here
from admin.places import Place, list_places
from intake.accounts.staff import Member
from intake.configuration.unconfirmed import Doubt, find_unconfirmed

router = APIRouter()
# Where a value of a file is changed, by the navigation's names: the longest beginning of «FILE/WHERE» that stands here.
CHANGED_ON = {
    "agencies.json": "agencies",
    "alerts.yaml": "alerts",
    "archive.yaml": "retention",
    "imports.yaml": "imports",
    "indicators.yaml": "indicators",
    "jurisdiction.yaml": "terms",
    "jurisdiction.yaml/closed_days": "closed_days",
    "jurisdiction.yaml/emergency_lines": "lines",
    "jurisdiction.yaml/data_rights": "",
    "jurisdiction.yaml/silence": "",
    "open311.yaml": "systems",
    "texts/es_MX.po": "words",
    "topics.yaml": "topics",
}


@router.get("/por-confirmar")
def show_unconfirmed(request: Request, pages: Here, member: Overseer) -> Response:
    """Read only: each page that it leads to has its own rights."""
    found, places = find_unconfirmed(pages.office.settings.jurisdiction_dir), _by_name(member)
    questions = [(one, [places[name] for name in one.pages if name in places]) for one in found.questions]
    files: dict[str, list[tuple[Doubt, Place | None]]] = defaultdict(list)
    for doubt in found.doubts:
        files[doubt.file].append((doubt, places.get(find_page(doubt))))
    return pages.show(request, "unconfirmed.html", member, questions=questions, files=files, count=found.count)


def find_page(doubt: Doubt) -> str:
    """The name of its place; empty: it is changed in the folder's file."""
    at = f"{doubt.file}/{doubt.where}"
    fitting = (key for key in CHANGED_ON if at == key or at.startswith((f"{key}/", f"{key}.")))
    return CHANGED_ON.get(max(fitting, key=len, default=""), "")


def _by_name(member: Member) -> Mapping[str, Place]:
    return {place.name: place for place in list_places(member)}
