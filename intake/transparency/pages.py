"""«Transparencia», on the app that faces the internet: a page and two files, out of memory.

At most once a minute it is asked whether a month, or another wording, was published since; a request counts no
petition. Each address has so many requests a minute; who has the newest already gets an empty 304.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from fastapi import Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response
from sqlalchemy import func, select

from bot.texts import Catalogue
from intake.database import reading
from intake.office import Office
from intake.tables.open_data import OpenMonth
from intake.transparency.files import CSV, JSON, PATH, File, make_files
from intake.transparency.page import STYLE_HASH
from intake.transparency.terms import Terms, load_terms

LOOK_EVERY_S = 60.0
WINDOW_S = 60.0
ADDRESSES_MAX = 20_000  # counted in one window: 2 MB; who comes after them waits for the next
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; frame-ancestors 'none'",
    "Access-Control-Allow-Origin": "*",  # open data: any page may read it, and nothing here depends on who asks
}
Handler = Callable[[Request], Awaitable[Response]]


@dataclass
class Door:
    """How often each address may come."""

    per_window: int
    clock: Callable[[], float] = time.monotonic
    began: float = float("-inf")
    seen: Counter[str] = field(default_factory=Counter)

    def lets_in(self, address: str) -> bool:
        if self.clock() - self.began >= WINDOW_S:
            self.began = self.clock()
            self.seen.clear()
        if address not in self.seen and len(self.seen) >= ADDRESSES_MAX:
            return False
        self.seen[address] += 1
        return self.seen[address] <= self.per_window


class Shelf:
    """The files as they were last made."""

    def __init__(self, office: Office, terms: Terms, clock: Callable[[], float] = time.monotonic) -> None:
        self._office, self._terms, self._clock = office, terms, clock
        self._looked_at, self._mark = float("-inf"), ""
        self._texts: Catalogue | None = None
        self._files: Mapping[str, File] = {}
        self._one_at_a_time = asyncio.Lock()

    async def get(self, path: str) -> File:
        async with self._one_at_a_time:
            if self._clock() - self._looked_at >= LOOK_EVERY_S:
                await asyncio.to_thread(self._look)
                self._looked_at = self._clock()
        return self._files[path]

    def _look(self) -> None:
        with reading(self._office.sessions) as session:
            count, last = session.execute(select(func.count(), func.max(OpenMonth.made_at))).one()
            mark, texts = f"{count} {last}", self._office.texts
            if mark == self._mark and texts is self._texts:
                return
            months = session.scalars(select(OpenMonth).order_by(OpenMonth.month)).all()
            self._files, self._mark, self._texts = make_files(self._office, self._terms, months), mark, texts


def routes(office: Office) -> list[tuple[str, str, Handler]]:
    terms = load_terms(office.jurisdiction.folder)
    door, shelf = Door(terms.per_minute), Shelf(office, terms)
    handler = _handler(door, shelf, terms)
    return [("GET", "/", _onward), *(("GET", path, handler) for path in (PATH, CSV, JSON))]


async def _onward(_request: Request) -> Response:
    """Whoever opens the address alone is shown what the office does with petitions."""
    return RedirectResponse(PATH, status_code=303)


def _handler(door: Door, shelf: Shelf, terms: Terms) -> Handler:
    async def show(request: Request) -> Response:
        address = request.client.host if request.client else ""
        if not door.lets_in(address):
            return PlainTextResponse("too many requests", status_code=429, headers={"Retry-After": str(int(WINDOW_S))})
        file = await shelf.get(request.url.path)
        headers = HEADERS | {"ETag": file.tag, "Cache-Control": f"public, max-age={terms.fresh_s}"}
        if file.tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(file.content, media_type=file.media_type, headers=headers)

    return show
