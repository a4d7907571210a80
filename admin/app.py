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
    bulk_answers,
    bulk_referrals,
    capturing,
    closed_days,
    contingency,
    duty,
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
    mails,
    mapping,
    models,
    newcomers,
    own_account,
    own_notices,
    papers,
    passkeys,
    reply_templates,
    reporting,
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
    towns,
    trail,
    transcripts,
    triage,
)
from admin.api.doors import Pace
from admin.pages import Pages
from admin.shell import Shell
from intake.office import Office
from intake.triage.desk import Texts, load_staff_texts

HERE = Path(__file__).parent
STAFF_TEXTS = HERE / "texts" / "es_MX.po"


def build_app(office: Office) -> FastAPI:
    """Raises ValueError when a sentence of the staff's catalogue is missing."""
    app = FastAPI(title="Canaliza", openapi_url=None, docs_url=None, redoc_url=None)
    pages = Pages(office, staff_texts(office), HERE / "templates")
    app.state.pages = pages
    app.state.calendar_pace = Pace(own_notices.PER_MINUTE)
    for router in (
        login.router,
        own_account.router,
        passkeys.router,
        own_notices.router,
        triage.router,
        capturing.router,
        searching.router,
        takeover.router,
        looking.router,
        retelling.router,
        transcripts.router,
        incidents.router,
        bulk_answers.router,
        bulk_referrals.router,
        joining.router,
        alarms.router,
        inbox.router,
        newcomers.router,
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
        duty.router,
        mails.router,
        systems.router,
        system_hooks.router,
        expiring.router,
        indicators.router,
        reporting.router,
        towns.router,
        mapping.router,
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


def staff_texts(office: Office) -> Texts:
    """What staff read, on pages and in papers that a command makes. Raises ValueError when a sentence is empty."""
    return load_staff_texts(HERE / "texts" / "es_MX.po", office)
