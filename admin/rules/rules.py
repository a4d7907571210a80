"""«Reglas»: those in force in words, what is wrong with them, and every version there was."""

from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from starlette.responses import Response

from admin.guards import Administrator, Inspector
from admin.pages import Here, Pages
from admin.portal.answers import tidy
from admin.rules.words import name_outcome, speak, speak_case
from intake.accounts.staff import Member, Role
from intake.errors import FormRefused, NotFound, Stale
from intake.rules.drafts import find_draft
from intake.rules.rehearsing import rehearse
from intake.rules.versions import OWN, REASON_MAX, REASON_MIN, VersionRules, get_version, go_back, list_versions
from routing.differences import differences
from routing.findings import Conflict, find
from routing.rules import Rules

PAGE = "/reglas"
SHOWN = 200  # changes of a rehearsal
Number = Annotated[int, Path(ge=0, le=2**31 - 1)]
Reason = Annotated[str, Form(max_length=REASON_MAX)]
Step = Annotated[int, Form(ge=0, le=2**31 - 1)]
router = APIRouter()


@router.get(PAGE)
def show_rules(request: Request, pages: Here, member: Inspector) -> Response:
    return _rules(request, pages, member)


@router.get("/reglas/versiones/{number}")
def show_version(request: Request, pages: Here, member: Inspector, number: Number) -> Response:
    return _version(request, pages, member, number)


@router.get("/reglas/versiones/{number}/archivo")
def get_file(pages: Here, member: Inspector, number: Number) -> Response:
    return as_file(pages, get_version(pages.office, number).text, f"v{number}")


@router.get("/reglas/versiones/{number}/ensayo")
def show_rehearsal(request: Request, pages: Here, member: Inspector, number: Number) -> Response:
    version = get_version(pages.office, number)
    if version.rules is None:
        raise NotFound(f"version {number} of the rules cannot be read any more")
    return _version(request, pages, member, number, rehearsed=version.rules)


@router.post("/reglas/versiones/{number}/volver")
def do_go_back(
    request: Request, pages: Here, member: Administrator, number: Number, vigente: Step = 0, motivo: Reason = ""
) -> Response:
    try:
        version = go_back(pages.office, member, number, tidy(motivo), vigente)
    except FormRefused as error:
        return _version(request, pages, member, number, fault=f"rules.{error.fault}", reason=motivo)
    except Stale:
        return _version(request, pages, member, number, fault="rules.stale_version", reason=motivo, status=409)
    return pages.send_on(PAGE, "done.rules_back", number=str(number), version=str(version))


def as_file(pages: Pages, text: str, name: str) -> Response:
    """To be kept under version control; what is uploaded again is the same."""
    filename = f"reglas-{pages.office.jurisdiction.folder.name}-{name}.yaml"
    headers = {"Content-Disposition": f'attachment; filename="{filename}"'}
    return Response(text, media_type="application/yaml; charset=utf-8", headers=headers)


def findings_of(pages: Pages, rules: Rules) -> dict[str, object]:
    """For `rule_parts.html`: what never decides; and of each rule those before it that say otherwise, with an example
    of the first: a wide rule meets many."""
    found, by_id = find(rules, pages.office.rulebook.vocabulary), {rule.id: rule for rule in rules.rules}
    groups: dict[tuple[str, str], list[Conflict]] = {}
    for one in found.conflicts:
        groups.setdefault((one.other, one.about), []).append(one)
    told = [
        (group[0], [one.rule for one in group], speak_case(pages, group[0], (by_id[group[0].rule], by_id[other])))
        for (other, _), group in groups.items()
    ]
    return {"unreachable": found.unreachable, "conflicts": told}


def rehearsal_of(pages: Pages, after: Rules) -> dict[str, object]:
    """For `rehearsal.html`: of the rules in force and those `after`."""
    before = pages.office.rules
    found = rehearse(pages.office, before, after)
    rows = [(one, name_outcome(pages, one.before), name_outcome(pages, one.after)) for one in found.changes[:SHOWN]]
    return {
        "rehearsal": found,
        "changes": rows,
        "differences": differences(before, after),
        "over": before.version,
        "shown": SHOWN,
    }


def _rules(request: Request, pages: Pages, member: Member) -> Response:
    office = pages.office
    rules, versions = office.rules, list_versions(office)
    values = {
        "spoken": speak(pages, rules),
        "current": next(one for one in versions if one.number == rules.version),
        "versions": versions,
        "unusable": office.rulebook.unusable,
        "draft": find_draft(office),
        "may_act": member.role == Role.ADMINISTRATOR,
    }
    return pages.show(request, "rules.html", member, 200, **values, **findings_of(pages, rules))


def _version(
    request: Request,
    pages: Pages,
    member: Member,
    number: int,
    *,
    rehearsed: Rules | None = None,
    fault: str | None = None,
    reason: str = "",
    status: int = 422,
) -> Response:
    office = pages.office
    version: VersionRules = get_version(office, number)
    values = {
        "version": version,
        "spoken": speak(pages, version.rules) if version.rules else (),
        "in_force": office.rules.version,
        "is_own": number == OWN,
        "may_act": member.role == Role.ADMINISTRATOR,
        "fault": fault,
        "reason": reason,
        "reason_min": REASON_MIN,
        "reason_max": REASON_MAX,
        **(rehearsal_of(pages, rehearsed) if rehearsed else {"rehearsal": None}),
    }
    return pages.show(request, "rule_version.html", member, status if fault else 200, **values)
