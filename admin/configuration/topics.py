"""«Temas»: what petitions are said to be about; tried on the latest of them, published, retired, gone back from."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Request
from starlette.responses import Response

from admin.configuration.acts import REASON_LIMITS, Asked, Number, Text, find_thing_fault, rights_of, shown_versions
from admin.configuration.things import Ticked, one_line
from admin.guards import Administrator, Overseer
from admin.pages import Here, Pages
from admin.portal.answers import tidy
from intake.accounts.staff import Member
from intake.alerts.topics import NEW
from intake.configuration.changing import change_thing, own_value_of, value_of
from intake.configuration.in_force import Subject
from intake.configuration.things import NAME_MAX, TOPIC_KEY_MAX
from intake.configuration.topics import WORDS_MAX, Trial, find_topic_faults, key_for, list_topics, try_topic
from intake.configuration.versions import Change, list_versions
from intake.errors import NotFound

PAGE = "/temas"
Key = Annotated[str, Path(max_length=TOPIC_KEY_MAX)]
Agencies = Annotated[list[str], Form(max_length=200)]
NOTHING: Mapping[str, Any] = {
    "name": "",
    "agencies": [],
    "only": False,
    "words": "",
    "is_open": True,
    "confirmed": False,
}
router = APIRouter()


@router.get(PAGE)
def show_topics(request: Request, pages: Here, member: Overseer) -> Response:
    topics = pages.office.jurisdiction.topics
    values: dict[str, Any] = {"views": list_topics(pages.office), "other_key": topics.other_key, **rights_of(member)}
    return pages.show(request, "topics.html", member, is_confirmed=topics.is_confirmed, source=topics.source, **values)


@router.get("/temas/{topic_key}")
def show_topic(request: Request, pages: Here, member: Administrator, topic_key: Key) -> Response:
    """`nuevo`: one that there is not yet."""
    return _page(request, pages, member, topic_key)


@router.post("/temas/{topic_key}")
def do_change_topic(
    request: Request,
    pages: Here,
    member: Administrator,
    topic_key: Key,
    dependencias: Agencies = [],  # noqa: B006 — FastAPI's default, never changed
    nombre: Text = "",
    palabras: Text = "",
    solo: Ticked = False,
    abierto: Ticked = False,
    confirmado: Ticked = False,
    probar: Ticked = False,
    motivo: Text = "",
    vigente: Number = 0,
) -> Response:
    """`probar`: what it would do is shown and nothing changed."""
    office = pages.office
    value: dict[str, Any] = {
        "name": one_line(nombre),
        "agencies": sorted(dependencias),
        "only": solo,
        "words": one_line(palabras),
        "is_open": abierto,
        "confirmed": confirmado,
    }
    key = key_for(office.jurisdiction.topics, value["name"]) if topic_key == NEW else _known(pages, topic_key)
    faults = find_topic_faults(office, key, value)
    if probar:
        trial = None if faults else try_topic(office, key, value)
        return _page(request, pages, member, topic_key, typed=value, reason=motivo, faults=faults, trial=trial)
    change = Change(Subject.TOPIC, key, value)
    if fault := find_thing_fault(lambda: change_thing(office, member, change, tidy(motivo), vigente)):
        return _page(request, pages, member, topic_key, fault=fault, typed=value, reason=motivo, faults=faults)
    return pages.send_on(f"{PAGE}/{key}", "done.topic_published")


@router.post("/temas/{topic_key}/volver/{version}")
def do_topic_back(request: Request, pages: Here, member: Administrator, topic_key: Key, asked: Asked) -> Response:
    key = _known(pages, topic_key)
    if fault := asked.find_fault(pages, member, Subject.TOPIC, key):
        return _page(request, pages, member, key, fault=fault)
    return pages.send_on(f"{PAGE}/{key}", "done.topic_published")


def _known(pages: Pages, key: str) -> str:
    if pages.office.jurisdiction.topics.find(key) is None:
        raise NotFound(f"no topic {key}")
    return key


def _page(
    request: Request,
    pages: Pages,
    member: Member,
    key: str,
    *,
    fault: str | None = None,
    faults: tuple[object, ...] = (),
    typed: Mapping[str, Any] | None = None,
    trial: Trial | None = None,
    reason: str = "",
) -> Response:
    office, is_new = pages.office, key == NEW
    own = NOTHING if is_new else value_of(office.jurisdiction, Subject.TOPIC, _known(pages, key))
    values = {
        "key": key,
        "is_new": is_new,
        "has_own": own_value_of(office.jurisdiction, Subject.TOPIC, key) is not None,
        "is_other": key == office.jurisdiction.topics.other_key,
        "form": typed or own,
        "agencies": pages.agencies,
        "limits": {"name": NAME_MAX, "words": WORDS_MAX},
        "fault": fault,
        "faults": faults,
        "trial": trial,
        "reason": reason,
        "shown": shown_versions([] if is_new else list_versions(office, Subject.TOPIC, key)),
        **REASON_LIMITS,
    }
    return pages.show(request, "topic.html", member, 422 if fault or faults else 200, **values)
