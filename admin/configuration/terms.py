"""«Plazos»: what the office has for each step, the citizen's term and the colours; tried on what is open, published
with the citation and the day from which it holds, gone back from."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Request
from starlette.responses import Response

from admin.configuration.acts import Asked, Number, Text, find_thing_fault, rights_of, shown_versions
from admin.configuration.forms import one_line
from admin.configuration.things import Ticked, figure_of
from admin.guards import Administrator, Overseer
from admin.local_times import LocalDay
from admin.pages import Here, Pages
from admin.portal.answers import tidy
from intake.accounts.staff import Member
from intake.clock import utc_now
from intake.configuration.changing import change_thing, find_wrong, value_of
from intake.configuration.in_force import Subject
from intake.configuration.versions import Change, list_versions
from intake.errors import NotFound
from intake.terms.catching_up import WHILE_WAITED_FOR, count_anew
from intake.terms.timing import CHOOSES_DAYS, FIGURES, SOURCE_MAX, SOURCE_MIN, Held, Kind, find_held
from intake.terms.trying import AT_MOST, Trial, try_term
from intake.triage.marks import today_at

PAGE = "/plazos"
Key = Annotated[str, Path(max_length=20)]
Figures = Annotated[list[str], Form(max_length=12)]
router = APIRouter()


@router.get(PAGE)
def show_terms(request: Request, pages: Here, member: Overseer) -> Response:
    table, today = pages.office.jurisdiction.timing.table, today_at(pages.office)
    terms = [(kind, tuple(reversed(table[kind])), find_held(table[kind], today)) for kind in Kind]
    return pages.show(request, "terms.html", member, terms=terms, today=today, **rights_of(member))


@router.get("/plazos/{term_key}")
def show_term(request: Request, pages: Here, member: Overseer, term_key: Key) -> Response:
    return _page(request, pages, member, _kind(term_key))


@router.post("/plazos/{term_key}")
def do_change_term(
    request: Request,
    pages: Here,
    member: Administrator,
    term_key: Key,
    cifras: Figures = [],  # noqa: B006 — FastAPI's default, never changed
    desde: LocalDay = "",
    habiles: Ticked = False,
    fundamento: Text = "",
    confirmado: Ticked = False,
    probar: Ticked = False,
    motivo: Text = "",
    vigente: Number = 0,
) -> Response:
    """A further entry, which takes the place of one of the same day. `probar`: what it would do is shown and nothing
    changed."""
    office, kind = pages.office, _kind(term_key)
    entry = {
        "from": desde,
        **{name: figure_of(said) for name, said in zip(FIGURES[kind], cifras, strict=False)},
        "business": habiles,
        "source": one_line(fundamento),
        "confirmed": confirmado,
    }
    own = value_of(office.jurisdiction, Subject.TERM, kind) or {"entries": []}
    others = [one for one in own["entries"] if one["from"] != desde]
    value = {"entries": sorted([*others, entry], key=lambda one: str(one["from"]))}
    change = Change(Subject.TERM, kind.value, value)
    wrong = find_wrong(office, change)
    if probar:
        trial = None if wrong else try_term(office, member, kind, value)
        return _page(request, pages, member, kind, typed=entry, reason=motivo, wrong=wrong, trial=trial)
    if fault := find_thing_fault(lambda: change_thing(office, member, change, tidy(motivo), vigente)):
        return _page(request, pages, member, kind, fault=fault, wrong=wrong, typed=entry, reason=motivo)
    return _follow(pages, kind)


@router.post("/plazos/{term_key}/volver/{version}")
def do_term_back(request: Request, pages: Here, member: Administrator, term_key: Key, asked: Asked) -> Response:
    kind = _kind(term_key)
    if fault := asked.find_fault(pages, member, Subject.TERM, kind):
        return _page(request, pages, member, kind, fault=fault)
    return _follow(pages, kind)


def _follow(pages: Pages, kind: Kind) -> Response:
    """The first open petitions follow before the page is back; the loop goes on with the rest."""
    count = count_anew(pages.office, utc_now(), at_once=WHILE_WAITED_FOR) if kind == Kind.ANSWER else 0
    key = "done.term_one" if count == 1 else "done.term_more" if count == WHILE_WAITED_FOR else "done.term"
    return pages.send_on(f"{PAGE}/{kind}", key if count else "done.thing_published", count=str(count))


def _kind(key: str) -> Kind:
    if key not in list(Kind):
        raise NotFound(f"no term {key}")
    return Kind(key)


def _page(
    request: Request,
    pages: Pages,
    member: Member,
    kind: Kind,
    *,
    fault: str | None = None,
    wrong: str | None = None,
    typed: Mapping[str, Any] | None = None,
    trial: Trial | None = None,
    reason: str = "",
) -> Response:
    office = pages.office
    entries, today = office.jurisdiction.timing.table[kind], today_at(office)
    values = {
        "kind": kind,
        "entries": tuple(reversed(entries)),
        "held": find_held(entries, today),
        "today": today,
        "form": typed or _form(find_held(entries, today), kind, today.isoformat()),
        "figures": FIGURES[kind],
        "chooses_days": kind in CHOOSES_DAYS,
        "limits": {"least": SOURCE_MIN, "source": SOURCE_MAX, "trial": AT_MOST},
        "fault": fault,
        "wrong": wrong,
        "trial": trial,
        "reason": reason,
        "shown": shown_versions(list_versions(office, Subject.TERM, kind)),
        **rights_of(member),
    }
    return pages.show(request, "term.html", member, 422 if fault or wrong else 200, **values)


def _form(held: Held | None, kind: Kind, today: str) -> dict[str, Any]:
    """What holds now, from today on: a change of what was is written by its day."""
    if held is None:
        return {"from": today, **dict.fromkeys(FIGURES[kind], ""), "business": True, "source": "", "confirmed": False}
    own = {"business": held.is_business, "source": held.source, "confirmed": held.is_confirmed}
    return {"from": today, **held.figures, **own}
