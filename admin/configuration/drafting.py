"""Drafts on the pages of the configuration: kept with each pause in typing or with a button, found again, discarded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from admin.configuration.acts import find_thing_fault
from admin.guards import Administrator
from admin.pages import Here, Pages
from intake.accounts.staff import Member, Role
from intake.configuration.changing import change_thing
from intake.configuration.drafts import Draft, Written, discard_draft, list_drafts, save_draft
from intake.configuration.in_force import Subject
from intake.configuration.versions import OWN, Change
from intake.errors import NotFound

PLACES: Mapping[Subject, str] = {
    Subject.SENTENCE: "/textos/{key}",
    Subject.AGENCY: "/agencias/{key}",
    Subject.LINE: "/lineas#linea-{key}",
    Subject.TOPIC: "/temas/{key}",
}
router = APIRouter()


@dataclass(frozen=True)
class Thing:
    """What a form writes. `key`: of its drafts; `now`: what is in force, in the shape of a version."""

    subject: Subject
    key: str
    now: Mapping[str, Any]


@dataclass(frozen=True)
class Shown:
    """For `draft_parts.html`: what is kept of one thing, and where it is discarded."""

    own: Draft | None
    others: Sequence[Draft]
    discard: str

    def over(self, now: Mapping[str, Any]) -> dict[str, Any]:
        """What the form's fields hold: as it is, and over it what the member has written of it."""
        return {**now, **(self.own.written.value if self.own else {})}

    @property
    def reason(self) -> str:
        return self.own.written.reason if self.own else ""


@router.post("/borradores/{subject}/{draft_key}/descartar")
def do_discard(
    pages: Here, member: Administrator, subject: Subject, draft_key: Annotated[str, Path(max_length=80)]
) -> Response:
    if subject not in PLACES:
        raise NotFound(f"no drafts of {subject}")
    discard_draft(pages.office, member, subject, draft_key)
    return pages.send_on(PLACES[subject].format(key=draft_key), "done.config_discarded")


def shown_drafts(pages: Pages, member: Member, subject: Subject, key: str) -> Shown:
    """Of one thing. Only who may write one sees any."""
    kept = list_drafts(pages.office, subject, key) if member.role == Role.ADMINISTRATOR else []
    own = next((one for one in kept if one.author_id == member.id), None)
    others = [one for one in kept if one.author_id != member.id]
    return Shown(own, others, f"/borradores/{subject}/{key}/descartar")


def drafts_by_key(pages: Pages, member: Member, subject: Subject) -> dict[str, list[Draft]]:
    """For a list of things: which of them somebody is writing."""
    found: dict[str, list[Draft]] = {}
    if member.role == Role.ADMINISTRATOR:
        for one in list_drafts(pages.office, subject):
            found.setdefault(one.key, []).append(one)
    return found


def keep(
    request: Request,
    pages: Pages,
    member: Member,
    thing: Thing,
    written: Written,
    *,
    fragment: str = "draft_kept.html",
    **beside: Any,
) -> Response:
    """What a form keeps: a `fragment` with what else stands `beside` it, or, without JavaScript, the page again."""
    is_kept = save_draft(pages.office, member, thing.subject, thing.key, written, thing.now)
    if request.headers.get("HX-Request"):
        return pages.fragment(fragment, **beside, drafts=shown_drafts(pages, member, thing.subject, thing.key))
    return pages.send_on(
        PLACES[thing.subject].format(key=thing.key), "done.config_kept" if is_kept else "done.config_same"
    )


def publish_written(pages: Pages, member: Member, thing: Thing, written: Written, key: str | None = None) -> str | None:
    """The sentence that says why it was refused, None when it went well. What is refused is kept. `key`: of a thing
    that there was not."""
    change = Change(thing.subject, key or thing.key, written.value, draft=thing.key)
    fault = find_thing_fault(lambda: change_thing(pages.office, member, change, written.reason, written.over or OWN))
    if fault:
        save_draft(pages.office, member, thing.subject, thing.key, written, thing.now)
    return fault
