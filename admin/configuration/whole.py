"""«Configuración»: all of it as one ZIP for version control, and back in after it was shown what would change."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, UploadFile
from starlette.responses import Response

from admin.guards import Administrator, Inspector
from admin.pages import Here, Pages
from admin.portal.answers import tidy
from intake.accounts.staff import Member, Role
from intake.audit.trail import Act, note_alone, staff_of
from intake.configuration.bringing_in import Plan, apply, plan
from intake.configuration.drafts import REASON_MAX
from intake.configuration.folder import FIXED, NAMES, Files, files_of
from intake.configuration.versions import REASON_MIN
from intake.configuration.zipped import ZIP_MAX, pack, unpack
from intake.errors import FormRefused, Stale

PAGE = "/configuracion"
SHOWN_S = 3600  # what was shown an hour ago is shown again before it is applied
DIFFERENCES_SHOWN = 200
router = APIRouter()


@router.get(PAGE)
def show_configuration(request: Request, pages: Here, member: Inspector) -> Response:
    return _page(request, pages, member)


@router.get("/configuracion.zip")
def get_zip(pages: Here, member: Administrator) -> Response:
    office = pages.office
    content = pack(files_of(office))
    note_alone(office, staff_of(member.id), Act.CONFIG_EXPORTED)
    name = f"configuracion-{office.jurisdiction.folder.name}.zip"
    return Response(
        content, media_type="application/zip", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@router.post("/configuracion/revisar")
def do_look(
    request: Request, pages: Here, member: Administrator, archivo: Annotated[UploadFile | None, Form()] = None
) -> Response:
    """What it would change. Nothing is changed; what was shown is what is applied afterwards."""
    try:
        files = unpack(archivo.file.read(ZIP_MAX + 1) if archivo else b"")
    except FormRefused as error:
        return _page(request, pages, member, fault=f"config.fault_{error.fault}")
    shown = plan(pages.office, files)
    return _page(request, pages, member, shown=shown, signed=_sign(pages, files, shown))


@router.post("/configuracion/aplicar")
def do_apply(
    request: Request,
    pages: Here,
    member: Administrator,
    plano: Annotated[str, Form(max_length=4 * ZIP_MAX)] = "",
    motivo: Annotated[str, Form(max_length=REASON_MAX)] = "",
) -> Response:
    held = pages.unsign(plano, SHOWN_S)
    if not isinstance(held, dict) or "configuration" not in held:
        return _page(request, pages, member, fault="config.fault_old")
    files = {name: text.encode() for name, text in held["configuration"].items()}
    wanted = plan(pages.office, files)
    if held["at"] != _at(wanted):
        return _page(
            request, pages, member, fault="config.fault_stale", shown=wanted, signed=_sign(pages, files, wanted)
        )
    try:
        count = apply(pages.office, member, wanted, tidy(motivo))
    except (FormRefused, Stale) as error:
        fault = f"config.fault_{error.fault if isinstance(error, FormRefused) else 'stale'}"
        return _page(request, pages, member, fault=fault, shown=wanted, signed=plano)
    return pages.send_on(PAGE, "done.config_one" if count == 1 else "done.config", count=str(count))


def _sign(pages: Pages, files: Files, shown: Plan) -> str:
    """The texts of the files that differ, but for those that are changed in the folder alone and make a form too
    large; and over what they were compared."""
    own = files_of(pages.office)
    differ = {name: text for name, text in files.items() if name not in FIXED and own.get(name) != text}
    texts = {name: text.decode("utf-8", "replace") for name, text in differ.items()}
    return pages.sign({"configuration": texts, "at": _at(shown)})


def _at(wanted: Plan) -> list[int]:
    return [*wanted.stamp, wanted.rules_version]


def _page(
    request: Request,
    pages: Pages,
    member: Member,
    *,
    fault: str | None = None,
    shown: Plan | None = None,
    signed: str = "",
) -> Response:
    values: dict[str, Any] = {
        "names": sorted(NAMES),
        "fault": fault,
        "plan": shown,
        "differences": shown.differences[:DIFFERENCES_SHOWN] if shown else (),
        "signed": signed,
        "reason_min": REASON_MIN,
        "reason_max": REASON_MAX,
        "may_act": member.role == Role.ADMINISTRATOR,
    }
    return pages.show(request, "configuration.html", member, 422 if fault else 200, **values)
