"""The staff app: server-rendered pages behind a log-in. Talks to `intake` alone; knows neither tables nor channels."""

from pathlib import Path

from fastapi import FastAPI

from admin import faults, files, newcomers, overview
from admin.api.doors import Pace
from admin.configuration import routers as configuration
from admin.correspondence import routers as correspondence
from admin.entrance import own_notices
from admin.entrance import routers as entrance
from admin.figures import routers as figures
from admin.live import routes as live
from admin.meetings import routers as meetings
from admin.office import routers as office_rooms
from admin.pages import Pages
from admin.portal import routers as portal
from admin.rules import routers as rules
from admin.shell import Shell
from admin.static_files import PackedFiles
from admin.triage import routers as triage
from intake.office import Office
from intake.staff_texts import Texts, load_staff_texts

ROUTERS = (
    *entrance.ROUTERS,
    *triage.ROUTERS,
    *correspondence.ROUTERS,
    *portal.ROUTERS,
    *office_rooms.ROUTERS,
    *figures.ROUTERS,
    *meetings.ROUTERS,
    *rules.ROUTERS,
    *configuration.ROUTERS,
    overview.router,
    newcomers.router,
    live.router,
    files.router,
)
HERE = Path(__file__).parent
STAFF_TEXTS = HERE / "texts" / "es_MX.po"


def build_app(office: Office) -> FastAPI:
    """Raises ValueError when a sentence of the staff's catalogue is missing."""
    app = lay_out()
    move_in(app, office)
    return app


def lay_out() -> FastAPI:
    """The routes, which are the same for every office."""
    app = FastAPI(title="Canaliza", openapi_url=None, docs_url=None, redoc_url=None)
    for router in ROUTERS:
        app.include_router(router)
    app.mount("/static", PackedFiles(directory=HERE / "static"), name="static")
    faults.add_handlers(app)
    app.add_middleware(Shell)
    return app


def move_in(app: FastAPI, office: Office) -> None:
    """From now on the pages are this office's. Raises ValueError when a sentence of the catalogue is missing."""
    app.state.pages = pages = Pages(office, staff_texts(office), HERE / "templates")
    app.state.live = live.Live(pages)
    app.state.calendar_pace = Pace(own_notices.PER_MINUTE)


def staff_texts(office: Office) -> Texts:
    """What staff read, on pages and in papers that a command makes. Raises ValueError when a sentence is empty."""
    return load_staff_texts(STAFF_TEXTS, office)
