"""What this room's pages answer to, in the order in which addresses are tried."""

from admin.portal import (
    answering,
    approving,
    attaching,
    bulk_answers,
    consulting,
    expiring,
    inbox,
    informing,
    papers,
    reply_templates,
)

ROUTERS = (
    inbox.router,
    answering.router,
    attaching.router,
    approving.router,
    bulk_answers.router,
    consulting.router,
    informing.router,
    papers.router,
    reply_templates.router,
    expiring.router,
)
