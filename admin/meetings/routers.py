"""What this room's pages answer to, in the order in which addresses are tried."""

from admin.meetings import agreements, at_meetings, coordination, meeting_files, planning

ROUTERS = (planning.router, at_meetings.router, agreements.router, meeting_files.router, coordination.router)
