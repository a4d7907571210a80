"""What this room's pages answer to, in the order in which addresses are tried."""

from admin.rules import (
    changes,
    draft,
    rules,
)

ROUTERS = (
    rules.router,
    draft.router,
    changes.router,
)
