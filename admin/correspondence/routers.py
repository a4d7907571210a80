"""What this room's pages answer to, in the order in which addresses are tried."""

from admin.correspondence import archive, files, front_desk, register

ROUTERS = (register.router, front_desk.router, files.router, archive.router)
