"""What this room's pages answer to, in the order in which addresses are tried."""

from admin.configuration import drafting, retention, sentences, terms, things, topics, unconfirmed, whole

ROUTERS = (
    sentences.router,
    things.router,
    topics.router,
    terms.router,
    retention.router,
    unconfirmed.router,
    whole.router,
    drafting.router,
)
