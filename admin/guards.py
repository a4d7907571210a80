"""Who may do what: every route declares its guard; a test walks the route table and finds none without."""

import hmac
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from admin.pages import Pages, get_pages
from intake.accounts.own_sessions import recognise
from intake.accounts.second_factor import is_required, lacks_factor
from intake.accounts.staff import ANSWERERS, OF_AGENCIES, OVERSEERS, Member, Role
from intake.database import reading
from intake.errors import NotAllowed

# What is served to somebody who has not logged in. A calendar program cannot: its address is the secret.
PUBLIC = frozenset(
    {
        "/login",
        "/login/codigo",
        "/login/llave",
        "/login/llave/opciones",
        "/login/proveedor",
        "/login/proveedor/regreso",
        "/login/salida",
        "/invitacion/{token}",
        "/calendario/{token}.ics",
        "/static",
    }
)
SAFE_METHODS = frozenset({"GET", "HEAD"})
CSRF_FIELD, CSRF_HEADER = "csrf", "X-CSRF-Token"


class NotLoggedIn(Exception):
    """Nobody is logged in, or not any more: to the log-in page and back."""


class LacksFactor(Exception):
    """The member's role needs a second factor and they have none: to the page where it is set up, and nowhere else."""


class ForgedForm(NotAllowed):
    """The form did not come from a page of this log-in."""


@dataclass(frozen=True)
class Guard:
    """A route's dependency: the member, when their role is one of `roles` and a POST bears the session's token."""

    roles: frozenset[Role]
    may_lack_factor: bool = False

    async def __call__(self, request: Request) -> Member:
        pages = get_pages(request)
        member = await run_in_threadpool(find_logged_in, pages, request.cookies.get(pages.session_cookie))
        if member is None:
            raise NotLoggedIn
        request.state.member = member
        if not self.may_lack_factor and await run_in_threadpool(_lacks_factor, pages, member):
            raise LacksFactor
        if member.role not in self.roles:
            raise NotAllowed(f"{member.role} may not see this page")
        if request.method not in SAFE_METHODS and not await _bears_token(request, member.csrf_token):
            raise ForgedForm
        return member


def for_roles(*roles: Role) -> Guard:
    return Guard(frozenset(roles))


def find_logged_in(pages: Pages, token: str | None) -> Member | None:
    return recognise(pages.office, token)


def _lacks_factor(pages: Pages, member: Member) -> bool:
    settings = pages.office.settings
    if not is_required(settings, member.role):
        return False
    with reading(pages.office.sessions) as session:
        return lacks_factor(session, settings, member)


async def _bears_token(request: Request, token: str) -> bool:
    given = request.headers.get(CSRF_HEADER)
    if given is None:
        given = str((await request.form()).get(CSRF_FIELD, ""))
    return hmac.compare_digest(given.encode(), token.encode())


Anyone = Annotated[Member, Depends(for_roles(*Role))]
AccountOwner = Annotated[Member, Depends(Guard(frozenset(Role), may_lack_factor=True))]  # of the own account's pages
Overseer = Annotated[Member, Depends(for_roles(*OVERSEERS))]
CaseReader = Annotated[Member, Depends(for_roles(*OVERSEERS, *OF_AGENCIES))]  # of petitions, each of those they may see
FigureReader = Annotated[Member, Depends(for_roles(*OVERSEERS, Role.STATISTICS))]
Decider = Annotated[Member, Depends(for_roles(Role.OFFICER, Role.ADMINISTRATOR))]
Liaison = Annotated[Member, Depends(for_roles(Role.LIAISON))]
Head = Annotated[Member, Depends(for_roles(Role.HEAD))]
AgencyMember = Annotated[Member, Depends(for_roles(*OF_AGENCIES))]
Answerer = Annotated[Member, Depends(for_roles(*ANSWERERS))]
Inspector = Annotated[Member, Depends(for_roles(Role.ADMINISTRATOR, Role.AUDITOR))]
Administrator = Annotated[Member, Depends(for_roles(Role.ADMINISTRATOR))]
