"""What this room's pages answer to, in the order in which addresses are tried."""

from admin.triage import (
    alarms,
    bulk_referrals,
    capturing,
    hearing,
    incidents,
    interpreters,
    joining,
    looking,
    refetching,
    retelling,
    searching,
    takeover,
    tasks,
    transcripts,
    triage,
)

ROUTERS = (
    triage.router,
    capturing.router,
    searching.router,
    takeover.router,
    looking.router,
    retelling.router,
    transcripts.router,
    refetching.router,
    incidents.router,
    bulk_referrals.router,
    joining.router,
    alarms.router,
    tasks.router,
    hearing.router,
    interpreters.router,
)
