"""What this room's pages answer to, in the order in which addresses are tried."""

from admin.figures import (
    board,
    indicators,
    mapping,
    reporting,
    towns,
)

ROUTERS = (
    indicators.router,
    reporting.router,
    towns.router,
    mapping.router,
    board.router,
)
