"""What this room's pages answer to, in the order in which addresses are tried."""

from admin.office import (
    administration,
    carrying,
    closed_days,
    contingency,
    duty,
    mails,
    models,
    rights,
    system_hooks,
    systems,
    trail,
)

ROUTERS = (
    administration.router,
    models.router,
    closed_days.router,
    duty.router,
    contingency.router,
    rights.router,
    mails.router,
    systems.router,
    system_hooks.router,
    trail.router,
    carrying.router,
)
