"""What this room's pages answer to, in the order in which addresses are tried."""

from admin.configuration import sentences, things, topics, whole

ROUTERS = (sentences.router, things.router, topics.router, whole.router)
