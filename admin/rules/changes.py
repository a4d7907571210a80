"""One rule of the draft changed with a form: added, changed, moved, switched off or removed."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Path, Request
from starlette.responses import Response

from admin.guards import Administrator
from admin.pages import Here, Pages
from admin.rules.draft import DRAFT, show_page
from admin.rules.form import ANY, NOBODY, RuleForm, form_of, rule_of
from admin.rules.rules import Step
from intake.accounts.staff import Member
from intake.errors import FormRefused, NotFound, Stale
from intake.rules.drafts import get_draft
from intake.rules.editing import RuleRefused, get_rule, move_rule, put_rule, remove_rule, switch_rule
from routing.parsing import ID_MAX, REASON_MAX
from routing.rules import Rule

Place = Annotated[int, Path(ge=1, le=10_000)]  # of a rule, counted from 1
router = APIRouter()


@router.get("/reglas/borrador/nueva")
def show_new(request: Request, pages: Here, member: Administrator) -> Response:
    draft = get_draft(pages.office)
    return _page(request, pages, member, RuleForm(borrador=draft.number))


@router.post("/reglas/borrador/nueva")
def do_add(request: Request, pages: Here, member: Administrator, form: Annotated[RuleForm, Form()]) -> Response:
    return _put(request, pages, member, form, None)


@router.get("/reglas/borrador/{number}")
def show_rule(request: Request, pages: Here, member: Administrator, number: Place) -> Response:
    draft = get_draft(pages.office)
    try:
        rule = get_rule(draft, number - 1)
    except FormRefused:
        return show_page(request, pages, member, fault="rules.faulty")
    form = form_of(pages.office, rule).model_copy(update={"borrador": draft.number})
    return _page(request, pages, member, form, number=number)


@router.post("/reglas/borrador/{number}")
def do_change(
    request: Request, pages: Here, member: Administrator, number: Place, form: Annotated[RuleForm, Form()]
) -> Response:
    return _put(request, pages, member, form, number)


@router.post("/reglas/borrador/{number}/mover")
def do_move(
    request: Request,
    pages: Here,
    member: Administrator,
    number: Place,
    hacia: Annotated[Literal["arriba", "abajo"], Form()] = "arriba",
    borrador: Step = 0,
) -> Response:
    by = -1 if hacia == "arriba" else 1
    try:
        rule = move_rule(pages.office, member, borrador, number - 1, by)
    except (FormRefused, Stale) as error:
        return _refused(request, pages, member, error)
    return pages.send_on(f"{DRAFT}#regla-{number + by}", "done.rule_moved", rule=rule, number=str(number + by))


@router.post("/reglas/borrador/{number}/apagar")
def do_switch(request: Request, pages: Here, member: Administrator, number: Place, borrador: Step = 0) -> Response:
    try:
        rule = switch_rule(pages.office, member, borrador, number - 1)
    except (FormRefused, Stale) as error:
        return _refused(request, pages, member, error)
    key = "done.rule_on" if rule.is_active else "done.rule_off"
    return pages.send_on(f"{DRAFT}#regla-{number}", key, rule=rule.id)


@router.post("/reglas/borrador/{number}/quitar")
def do_remove(request: Request, pages: Here, member: Administrator, number: Place, borrador: Step = 0) -> Response:
    try:
        rule = remove_rule(pages.office, member, borrador, number - 1)
    except (FormRefused, Stale) as error:
        return _refused(request, pages, member, error)
    return pages.send_on(DRAFT, "done.rule_removed", rule=rule)


def _put(request: Request, pages: Pages, member: Member, form: RuleForm, number: int | None) -> Response:
    try:
        was = _was(pages, number)
        rule = rule_of(pages.office, form, is_active=was.is_active if was else True)
        saved = put_rule(pages.office, member, form.borrador, rule, None if number is None else number - 1)
    except RuleRefused as error:
        own = [fault for fault in error.faults if fault.rule == rule.id] or error.faults
        return _page(request, pages, member, form, number=number, faults=own)
    except FormRefused as error:
        return _page(request, pages, member, form, number=number, fault=f"rules.{error.fault}")
    except (Stale, NotFound):
        return _again(request, pages, member, form)
    return pages.send_on(DRAFT, "done.rule_saved", rule=saved)


def _was(pages: Pages, number: int | None) -> Rule | None:
    return None if number is None else get_rule(get_draft(pages.office), number - 1)


def _again(request: Request, pages: Pages, member: Member, form: RuleForm) -> Response:
    """Somebody else changed the draft: what was typed stands over the draft of now, where that rule is now."""
    draft = get_draft(pages.office)
    ids = [rule.id for rule in draft.rules.rules] if draft.rules else []
    number = ids.index(form.antes) + 1 if form.antes in ids else None
    again = form.model_copy(update={"borrador": draft.number})
    return _page(request, pages, member, again, number=number, fault="rules.stale_rule", status=409)


def _refused(request: Request, pages: Pages, member: Member, error: FormRefused | Stale) -> Response:
    if isinstance(error, Stale):
        return show_page(request, pages, member, fault="rules.stale", status=409)
    return show_page(request, pages, member, fault=f"rules.{error.fault}")


def _page(
    request: Request,
    pages: Pages,
    member: Member,
    form: RuleForm,
    *,
    number: int | None = None,
    fault: str | None = None,
    faults: object = (),
    status: int = 422,
) -> Response:
    draft, vocabulary = get_draft(pages.office), pages.office.rulebook.vocabulary
    values = {
        "form": form,
        "number": number,
        "is_last": draft.rules is not None and number == len(draft.rules.rules),
        "fault": fault,
        "faults": faults,
        "any": ANY,
        "nobody": NOBODY,
        "kinds": sorted(vocabulary.kinds, key=lambda kind: pages.texts(f"kind.{kind}")),
        "dangers": sorted(vocabulary.emergencies),
        "orders": sorted(set(vocabulary.orders.values())),
        "regions": sorted(set(vocabulary.regions.values())),
        "agencies": pages.agencies,
        "id_max": ID_MAX,
        "reason_max": REASON_MAX,
    }
    return pages.show(request, "rule_form.html", member, status if fault or faults else 200, **values)
