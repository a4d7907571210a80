"""Who comes in: every route of the machines' door declares the scope that its token needs; each token has its pace."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.concurrency import run_in_threadpool

from admin.api.fields import read_fields
from admin.api.problems import Problem
from intake.office import Office
from intake.staff_texts import Texts
from intake.systems.tokens import Caller, Scope, find_caller

PER_MINUTE = 300  # calls of one token in each process: five a second walk 3,000 referrals in twelve seconds
BEARER = HTTPBearer(auto_error=False, description="The system's token, as «Sistemas conectados» showed it.")


@dataclass
class Pace:
    """A bucket for each system: full at a minute's calls, filled evenly. In memory: what is counted is a nuisance."""

    per_minute: int
    clock: Callable[[], float] = time.monotonic
    _left: dict[int, tuple[float, float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, system_id: int) -> float:
        """Seconds until it may call again; 0: now."""
        with self._lock:
            now, rate = self.clock(), self.per_minute / 60
            left, since = self._left.get(system_id, (float(self.per_minute), now))
            left = min(float(self.per_minute), left + (now - since) * rate)
            if left < 1:
                self._left[system_id] = left, now
                return (1 - left) / rate
            self._left[system_id] = left - 1, now
            return 0.0


@dataclass(frozen=True)
class Desk:
    """What a route of the door needs besides the request."""

    office: Office
    texts: Texts
    pace: Pace


@dataclass(frozen=True)
class Door:
    """A route's dependency: the system, when its token has the scope. `takes_field`: Open311 clients send `api_key`."""

    scope: Scope
    takes_field: bool = False

    async def __call__(
        self, request: Request, bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)] = None
    ) -> Caller:
        desk, token = get_desk(request), bearer.credentials if bearer else ""
        if self.takes_field and not token:
            token = await _field(request)
        is_token = token and "\x00" not in token  # PostgreSQL has no such letter
        caller = await run_in_threadpool(find_caller, desk.office, token) if is_token else None
        if caller is None:
            raise Problem("not_known", 401, headers={"WWW-Authenticate": "Bearer"})
        if self.scope not in caller.scopes:
            raise Problem("no_scope", 403, scope=self.scope.value)
        if wait_s := desk.pace.take(caller.system_id):
            raise Problem("too_many", 429, headers={"Retry-After": str(int(wait_s) + 1)})
        return caller


def get_desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


async def _field(request: Request) -> str:
    """The `api_key` of the address or of the form."""
    if "api_key" in request.query_params:
        return request.query_params["api_key"]
    if request.method != "POST":
        return ""
    given = (await read_fields(request)).get("api_key", "")
    return given if isinstance(given, str) else ""


AtDesk = Annotated[Desk, Depends(get_desk)]
Reader = Annotated[Caller, Depends(Door(Scope.REFERRALS_READ))]
Writer = Annotated[Caller, Depends(Door(Scope.REFERRALS_WRITE))]
