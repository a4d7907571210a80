"""What this room's pages answer to, in the order in which addresses are tried."""

from admin.figures import (
    alerts,
    board,
    indicators,
    mapping,
    reporting,
    studies,
    towns,
)

ROUTERS = (
    indicators.router,
    reporting.router,
    towns.router,
    mapping.router,
    board.router,
    alerts.router,
    studies.router,
)
