"""«Textos»: what the program says to citizens, found, written, checked, previewed, published and gone back from."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Query, Request
from starlette.responses import Response

from admin.configuration.acts import find_fault, find_verdict_fault, rights_of, shown_versions, verdict_done
from admin.configuration.drafting import Thing, drafts_by_key, keep, shown_drafts
from admin.configuration.forms import SentenceForm
from admin.guards import Administrator, Decider, Overseer
from admin.pages import Here, Pages
from admin.portal.answers import tidy
from intake.accounts.staff import Member
from intake.configuration.changing import go_back
from intake.configuration.drafts import REASON_MAX, save_draft
from intake.configuration.in_force import Subject
from intake.configuration.sentences import (
    SENTENCE_MAX,
    SentenceView,
    check_sentence,
    get_sentence,
    limit_of,
    list_sentences,
    preview_sentence,
)
from intake.configuration.versions import (
    Change,
    list_versions,
    list_waiting,
    publish,
    value_at,
)
from intake.configuration.where_said import Part

PAGE = "/textos"
SHOWN = 60  # of one list; all three hundred are heavy on a phone
Key = Annotated[str, Path(max_length=80)]
Reason = Annotated[str, Form(max_length=REASON_MAX)]
Number = Annotated[int, Form(ge=0, le=2**31 - 1)]
Ticked = Annotated[bool, Form()]
router = APIRouter()


@router.get(PAGE)
def show_sentences(
    request: Request,
    pages: Here,
    member: Overseer,
    palabras: Annotated[str, Query(max_length=100)] = "",
    parte: Annotated[str, Query(max_length=20)] = "",
    todas: bool = False,
) -> Response:
    office = pages.office
    found = list_sentences(office, palabras, parte)
    values: dict[str, Any] = {
        "sentences": found if todas else found[:SHOWN],
        "count": len(found),
        "words": palabras,
        "part": parte,
        "parts": list(Part),
        "drafts": drafts_by_key(pages, member, Subject.SENTENCE),
        "waiting": list_waiting(office, Subject.SENTENCE),
    }
    return pages.show(request, "sentences.html", member, **values)


@router.get("/textos/{sentence_key}")
def show_sentence(request: Request, pages: Here, member: Overseer, sentence_key: Key) -> Response:
    return _page(request, pages, member, sentence_key)


@router.post("/textos/{sentence_key}/borrador")
def do_save(
    request: Request, pages: Here, member: Administrator, sentence_key: Key, form: Annotated[SentenceForm, Form()]
) -> Response:
    """Kept with each pause in typing; what it would look like comes back."""
    view, written = get_sentence(pages.office, sentence_key), form.written()
    beside = _beside(pages, view, written.value["text"])
    return keep(request, pages, member, _thing(view), written, fragment="sentence_beside.html", **beside, kept=True)


@router.post("/textos/{sentence_key}/publicar")
def do_publish(
    request: Request, pages: Here, member: Administrator, sentence_key: Key, form: Annotated[SentenceForm, Form()]
) -> Response:
    office, written = pages.office, form.written()
    thing = _thing(view := get_sentence(office, sentence_key))
    fault = "words.no_change" if written.value == thing.now else None
    if check_sentence(office, sentence_key, written.value["text"]).faults:
        fault = "words.faulty"
    if fault is None:
        change = Change(Subject.SENTENCE, sentence_key, written.value, draft=sentence_key)
        fault = _refused(lambda: publish(office, member, change, written.reason, form.vigente))
    if fault:
        save_draft(office, member, thing.subject, thing.key, written, thing.now)
        return _page(request, pages, member, sentence_key, fault=fault, reason=form.motivo)
    done = "done.sentence_waits" if view.needs_second else "done.sentence_published"
    return pages.send_on(f"{PAGE}/{sentence_key}", done)


@router.post("/textos/{sentence_key}/volver/{version}")
def do_go_back(
    request: Request,
    pages: Here,
    member: Administrator,
    sentence_key: Key,
    version: Annotated[int, Path(ge=0, le=2**31 - 1)],
    motivo: Reason = "",
    vigente: Number = 0,
) -> Response:
    office = pages.office
    view = get_sentence(office, sentence_key)

    def act() -> int:
        return go_back(office, member, Subject.SENTENCE, sentence_key, version, tidy(motivo), vigente)

    if fault := _refused(act):
        wanted = value_at(office, Subject.SENTENCE, sentence_key, version) if fault == "words.faulty" else None
        fault = "words.faulty_version" if wanted else fault
        text = str(wanted["text"]) if wanted else None
        return _page(request, pages, member, sentence_key, fault=fault, reason=motivo, text=text)
    done = "done.sentence_waits" if view.needs_second else "done.sentence_back"
    return pages.send_on(f"{PAGE}/{sentence_key}", done)


@router.post("/textos/{sentence_key}/confirmar")
def do_confirm(
    request: Request, pages: Here, member: Administrator, sentence_key: Key, vigente: Number = 0
) -> Response:
    """«Por confirmar» no more: the same words, as a further version."""
    office = pages.office
    view = get_sentence(office, sentence_key)
    change = Change(Subject.SENTENCE, sentence_key, {"text": view.text, "confirmed": True})
    if fault := _refused(lambda: publish(office, member, change, pages.texts("words.confirmed_reason"), vigente)):
        return _page(request, pages, member, sentence_key, fault=fault)
    return pages.send_on(f"{PAGE}/{sentence_key}", "done.sentence_confirmed")


@router.post("/textos/{sentence_key}/veredicto/{version}")
def do_give_verdict(
    request: Request,
    pages: Here,
    member: Decider,
    sentence_key: Key,
    version: Annotated[int, Path(ge=1, le=2**31 - 1)],
    acuerdo: Ticked = False,
) -> Response:
    if fault := find_verdict_fault(pages, member, version, "words.stale", is_confirmed=acuerdo):
        return _page(request, pages, member, sentence_key, fault=fault)
    return pages.send_on(f"{PAGE}/{sentence_key}", verdict_done(acuerdo))


def samples_of(pages: Pages) -> dict[str, str]:
    """An invented value for each variable, so that a preview reads as a message does."""
    names = {name for view in list_sentences(pages.office) for name in view.variables}
    return {name: pages.texts(f"words.sample_{name}") for name in names if pages.texts.has(f"words.sample_{name}")}


def _thing(view: SentenceView) -> Thing:
    return Thing(Subject.SENTENCE, view.key, {"text": view.text, "confirmed": view.is_confirmed})


def _refused(act: Callable[[], object]) -> str | None:
    return find_fault(act, "words.", "words.stale")


def _beside(pages: Pages, view: SentenceView, text: str) -> dict[str, object]:
    return {
        "check": check_sentence(pages.office, view.key, text),
        "shown": preview_sentence(pages.office, text, samples_of(pages)),
        "limit": limit_of(view.key),
        "length": len(text),
    }


def _page(
    request: Request,
    pages: Pages,
    member: Member,
    key: str,
    *,
    fault: str | None = None,
    reason: str = "",
    text: str | None = None,
) -> Response:
    """`text`: what is to be in the field, else the draft or what is in force."""
    office = pages.office
    view, versions = get_sentence(office, key), list_versions(office, Subject.SENTENCE, key)
    drafts = shown_drafts(pages, member, Subject.SENTENCE, key)
    form = drafts.over(_thing(view).now)
    text = str(form["text"]) if text is None else text
    values = {
        "view": view,
        **shown_versions(versions),
        "waits": [one for one in versions[:1] if one.waits],
        "own_text": office.wording.own.sentence(key),
        "drafts": drafts,
        "text": text,
        "pending": not form["confirmed"],
        "always": sorted(office.texts.always()),
        "fault": fault,
        "reason": reason or drafts.reason,
        "text_max": SENTENCE_MAX,
        **rights_of(member),
        "kept": False,
        **_beside(pages, view, text),
    }
    return pages.show(request, "sentence.html", member, 422 if fault else 200, **values)
