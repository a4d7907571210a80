"""The staff app: server-rendered pages behind a log-in. Talks to `intake` alone; knows neither tables nor channels."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from admin import (
    accounts,
    administration,
    alarms,
    answering,
    approving,
    attaching,
    board,
    capturing,
    closed_days,
    contingency,
    expiring,
    faults,
    files,
    inbox,
    incidents,
    indicators,
    interpreters,
    invitations,
    joining,
    login,
    looking,
    models,
    own_account,
    papers,
    passkeys,
    reply_templates,
    retelling,
    rights,
    rule_changes,
    rule_draft,
    rules,
    searching,
    system_hooks,
    systems,
    takeover,
    tasks,
    trail,
    transcripts,
    triage,
)
from admin.pages import Pages
from admin.shell import Shell
from intake.desk import load_staff_texts
from intake.office import Office

HERE = Path(__file__).parent


def build_app(office: Office) -> FastAPI:
    """Raises ValueError when a sentence of the staff's catalogue is missing."""
    app = FastAPI(title="Canaliza", openapi_url=None, docs_url=None, redoc_url=None)
    pages = Pages(office, load_staff_texts(HERE / "texts" / "es_MX.po", office), HERE / "templates")
    app.state.pages = pages
    for router in (
        login.router,
        own_account.router,
        passkeys.router,
        triage.router,
        capturing.router,
        searching.router,
        takeover.router,
        looking.router,
        retelling.router,
        transcripts.router,
        incidents.router,
        joining.router,
        alarms.router,
        inbox.router,
        answering.router,
        attaching.router,
        approving.router,
        papers.router,
        reply_templates.router,
        tasks.router,
        interpreters.router,
        contingency.router,
        files.router,
        administration.router,
        accounts.router,
        invitations.router,
        models.router,
        closed_days.router,
        systems.router,
        system_hooks.router,
        expiring.router,
        indicators.router,
        board.router,
        rights.router,
        rules.router,
        rule_draft.router,
        rule_changes.router,
        trail.router,
    ):
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    faults.add_handlers(app)
    app.add_middleware(Shell, pages=pages)
    return app
