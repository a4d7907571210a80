"""What this room's pages answer to, in the order in which addresses are tried."""

from admin.entrance import (
    accounts,
    invitations,
    login,
    own_account,
    own_notices,
    passkeys,
    provider,
)

ROUTERS = (
    login.router,
    own_account.router,
    passkeys.router,
    provider.router,
    own_notices.router,
    accounts.router,
    invitations.router,
)
