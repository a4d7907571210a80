"""«Temas»: what petitions are said to be about; tried on the latest of them, published, retired, gone back from."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Request
from starlette.responses import Response

from admin.configuration.acts import REASON_LIMITS, Asked, rights_of, shown_versions
from admin.configuration.drafting import Thing, drafts_by_key, keep, publish_written, shown_drafts
from admin.configuration.forms import TopicForm
from admin.guards import Administrator, Overseer
from admin.pages import Here, Pages
from intake.accounts.staff import Member
from intake.alerts.topics import NEW
from intake.configuration.changing import own_value_of, value_of
from intake.configuration.drafts import save_draft
from intake.configuration.in_force import Subject
from intake.configuration.things import NAME_MAX, TOPIC_KEY_MAX
from intake.configuration.topics import WORDS_MAX, Trial, find_topic_faults, key_for, list_topics, try_topic
from intake.configuration.versions import list_versions
from intake.errors import NotFound

PAGE = "/temas"
Key = Annotated[str, Path(max_length=TOPIC_KEY_MAX)]
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
    values: dict[str, Any] = {
        "views": list_topics(pages.office),
        "other_key": topics.other_key,
        "drafts": drafts_by_key(pages, member, Subject.TOPIC),
        **rights_of(member),
    }
    return pages.show(request, "topics.html", member, is_confirmed=topics.is_confirmed, source=topics.source, **values)


@router.get("/temas/{topic_key}")
def show_topic(request: Request, pages: Here, member: Administrator, topic_key: Key) -> Response:
    """`nuevo`: one that there is not yet."""
    return _page(request, pages, member, topic_key)


@router.post("/temas/{topic_key}")
def do_change_topic(
    request: Request, pages: Here, member: Administrator, topic_key: Key, form: Annotated[TopicForm, Form()]
) -> Response:
    """`probar`: what it would do is shown, and what is written kept."""
    office, thing, written = pages.office, _thing(pages, topic_key), form.written()
    is_new = topic_key == NEW
    key = key_for(office.jurisdiction.topics, str(written.value["name"])) if is_new else topic_key
    faults = find_topic_faults(office, key, written.value)
    if form.probar:
        save_draft(office, member, thing.subject, thing.key, written, thing.now)
        trial = None if faults else try_topic(office, key, written.value)
        return _page(request, pages, member, topic_key, faults=faults, trial=trial)
    if fault := publish_written(pages, member, thing, written, key):
        return _page(request, pages, member, topic_key, fault=fault, faults=faults)
    return pages.send_on(f"{PAGE}/{key}", "done.topic_published")


@router.post("/temas/{topic_key}/borrador")
def do_keep_topic(
    request: Request, pages: Here, member: Administrator, topic_key: Key, form: Annotated[TopicForm, Form()]
) -> Response:
    return keep(request, pages, member, _thing(pages, topic_key), form.written())


@router.post("/temas/{topic_key}/volver/{version}")
def do_topic_back(request: Request, pages: Here, member: Administrator, topic_key: Key, asked: Asked) -> Response:
    if topic_key == NEW:
        raise NotFound("a topic that there is not yet has no versions")
    key = _thing(pages, topic_key).key
    if fault := asked.find_fault(pages, member, Subject.TOPIC, key):
        return _page(request, pages, member, key, fault=fault)
    return pages.send_on(f"{PAGE}/{key}", "done.topic_published")


def _thing(pages: Pages, key: str) -> Thing:
    """Raises NotFound."""
    now = NOTHING if key == NEW else value_of(pages.office.jurisdiction, Subject.TOPIC, key)
    if now is None:
        raise NotFound(f"no topic {key}")
    return Thing(Subject.TOPIC, key, now)


def _page(
    request: Request,
    pages: Pages,
    member: Member,
    key: str,
    *,
    fault: str | None = None,
    faults: tuple[object, ...] = (),
    trial: Trial | None = None,
) -> Response:
    office, is_new, thing = pages.office, key == NEW, _thing(pages, key)
    drafts = shown_drafts(pages, member, thing.subject, thing.key)
    values = {
        "key": key,
        "is_new": is_new,
        "has_own": own_value_of(office.jurisdiction, Subject.TOPIC, key) is not None,
        "is_other": key == office.jurisdiction.topics.other_key,
        "now": thing.now,
        "drafts": drafts,
        "form": drafts.over(thing.now),
        "agencies": pages.agencies,
        "limits": {"name": NAME_MAX, "words": WORDS_MAX},
        "fault": fault,
        "faults": faults,
        "trial": trial,
        "reason": drafts.reason,
        "shown": shown_versions([] if is_new else list_versions(office, Subject.TOPIC, key)),
        **REASON_LIMITS,
    }
    return pages.show(request, "topic.html", member, 422 if fault or faults else 200, **values)
