"""What can go wrong inside the office, as one tree; `status_code` is what a web page answers.

IntakeError
├── SettingsError      the environment cannot be served with (the program refuses to start)
├── NotFound           no such thing, or not for this person (404, never 403 across agencies)
├── NotAllowed         the role may not do this (403)
├── MoveRefused        the lifecycle has no such move from here (409)
├── FormRefused        what an officer wrote lacks something (422)
├── Stale              somebody else changed it first (409)
├── LeaseLost          another worker owns this conversation now; drop the work, it is theirs
└── Busy               the database cannot take the event now (503)
"""


class IntakeError(Exception):
    status_code = 500


class SettingsError(IntakeError):
    pass


class NotFound(IntakeError):
    status_code = 404


class NotAllowed(IntakeError):
    status_code = 403


class MoveRefused(IntakeError):
    status_code = 409


class FormRefused(IntakeError):
    """`fault`: the name of what is missing, for a page."""

    status_code = 422

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


class Stale(IntakeError):
    status_code = 409


class LeaseLost(IntakeError):
    pass


class Busy(IntakeError):
    status_code = 503
