"""The machines' door: two apps that the front door mounts beside the webhooks, each with its guards on every route."""

from collections.abc import Mapping
from pathlib import Path

from fastapi import FastAPI

from admin.api import open311, open311_errors, problems, referrals
from admin.api.doors import PER_MINUTE, Desk, Pace
from admin.api.shell import MachineShell
from intake.office import Office
from intake.staff_texts import load_staff_texts

CATALOGUE = Path(__file__).parent / "texts" / "es_MX.po"
AGENCIES, OPEN311 = "/api/v1", "/open311/v2"
DESCRIPTION = """Referrals of your agency for its own system. The office gives it a token («Sistemas conectados»),
which is sent as `Authorization: Bearer …`. Every write needs an `Idempotency-Key` of yours. What goes wrong is
`application/problem+json` (RFC 9457) with a stable `type`. Events come by signed webhooks (Standard Webhooks)."""


def build_doors(office: Office, *, per_minute: int = PER_MINUTE) -> Mapping[str, FastAPI]:
    """By the path that each is mounted at."""
    desk = Desk(office, load_staff_texts(CATALOGUE, office), Pace(per_minute))
    doors = {AGENCIES: _build_agencies(desk)}
    return doors if office.jurisdiction.open311 is None else doors | {OPEN311: _build_open311(desk)}


def _build_agencies(desk: Desk) -> FastAPI:
    app = FastAPI(
        title="Canaliza: API of the agencies",
        version="1.0.0",
        description=DESCRIPTION,
        openapi_url="/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.desk = desk
    app.include_router(referrals.router)
    problems.add_handlers(app, desk.texts)
    app.add_middleware(MachineShell)
    return app


def _build_open311(desk: Desk) -> FastAPI:
    app = FastAPI(title="Canaliza: Open311 GeoReport v2", openapi_url=None, docs_url=None, redoc_url=None)
    app.state.desk = desk
    app.include_router(open311.router)
    open311_errors.add_handlers(app, desk.texts)
    app.add_middleware(MachineShell)
    return app
