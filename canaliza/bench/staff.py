"""What a page of the staff costs the server: log-in, rights, queries and HTML, through the app itself, in process.

Called by `whole`; not among the parts that are measured when none is named. Nothing else runs meanwhile: one member
asks for one page after the other.
"""

import asyncio
import os
import random
import re
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx
import numpy as np
from rich.console import Console
from sqlalchemy import func, select

from admin.app import build_app
from canaliza.bench.figures import Figure
from canaliza.bench.filling import Extent, fill
from canaliza.bench.lives import Cast
from canaliza.bench.office import fresh_database, office_settings
from intake.accounts.staff import Role
from intake.alerts.watching import watch
from intake.boards.keeping import refresh
from intake.clock import utc_now
from intake.database import reading
from intake.office import Office
from intake.settings import Settings
from intake.tables.petitions import Petition, Referral
from intake.wiring import build_office

SIZES = (1_000, 100_000)
TOLD = 120  # lives that the program carries through; the pages ask for what is there, not for how it came
WARMING, SAMPLES, LEAST, SECONDS = 3, 60, 5, 10.0  # of each page; one that is slow is given up after so many seconds
SHARES = (50, 95)
PROOF = re.compile(r'name="prueba" value="([^"]+)"')
Times = dict[str, list[float]]
Where = Callable[[], str]


@dataclass(frozen=True)
class Accounts:
    """Who asks, by username; one password."""

    officer: str
    liaison: str
    password: str


def measure_staff(
    settings: Settings, kind: str, folder: Path, server: str, *, sizes: Sequence[int], out: Console
) -> Iterator[tuple[str, list[Figure]]]:
    """Milliseconds of each page on databases of so many petitions."""
    for size in sizes:
        with fresh_database(kind, folder, server) as url:
            office = build_office(_settings(settings, url, folder))
            cast = fill(office, Extent(size, min(TOLD, size // 10), 0), out)
            settle_counts(office)
            times = asyncio.run(visit_pages(office, _accounts(office, cast)))
            office.engine.dispose()
        load = f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"
        yield f"the staff's pages on {kind}, {size:,} petitions, {load}", tell(times)


def settle_counts(office: Office) -> None:
    """As the workers of an office leave them: days counted, topics of the last year named and alerts looked for."""
    refresh(office, utc_now(), budget_s=float("inf"))
    watch(office, utc_now())


def tell(times: Times) -> list[Figure]:
    """The middle and the slow end of each page."""
    return [
        Figure(f"{name}, p{share}", float(np.percentile(taken, share)) * 1000, "ms", beside=f"{len(taken)} times")
        for name, taken in times.items()
        for share in SHARES
    ]


async def visit_pages(office: Office, accounts: Accounts, *, samples: int = WARMING + SAMPLES) -> Times:
    """Seconds of each page, as often as the time allows. Raises RuntimeError for a page that does not come."""
    drawn = Drawn(office, random.Random(7))  # noqa: S311 — no secret
    times: Times = {}
    async with _logged_in(office, accounts.officer, accounts.password) as client:
        for name, where in officers_pages(drawn).items():
            times[name] = await _repeat(client, where, samples)
    async with _logged_in(office, accounts.liaison, accounts.password) as client:
        for name, path in LIAISONS_PAGES.items():
            times[name] = await _repeat(client, partial(str, path), samples)
    return times


def officers_pages(drawn: "Drawn") -> Mapping[str, Where]:
    """What is random is drawn anew each time."""
    return {
        "triage queue": lambda: "/triage",
        "queue of all": lambda: "/triage?estado=all",
        "petition's page": lambda: f"/peticiones/{drawn.folio()}",
        "referral's page": lambda: f"/turnos/{drawn.referral()}",
        "search, a common word": lambda: "/buscar?palabras=agua",
        "search, a folio": lambda: f"/buscar?palabras={drawn.folio()}",
        "search, a word of no petition": lambda: "/buscar?palabras=xilófono",
        "what expires": lambda: "/vencimientos",
        "incidents": lambda: "/focos",
        "board": lambda: "/tablero",
        "board of a year": lambda: f"/tablero?periodo={utc_now().year - 1}",
        "map of a year": lambda: f"/mapa?periodo={utc_now().year - 1}",
        "alerts": lambda: "/alertas",
        "coordination": lambda: "/coordinacion",
        "indicators, this month": lambda: f"/indicadores?periodo={utc_now():%Y-%m}",
    }


LIAISONS_PAGES = {"agency's inbox": "/turnos", "agency's answered referrals": "/turnos?estado=answered"}


@dataclass(frozen=True)
class Drawn:
    """Rows of any age, each as likely."""

    office: Office
    rng: random.Random

    def folio(self) -> str:
        with reading(self.office.sessions) as session:
            last = session.scalar(select(func.max(Petition.id))) or 1
            wanted = select(Petition.folio).where(Petition.id >= self.rng.randint(1, last)).order_by(Petition.id)
            return session.scalars(wanted.limit(1)).one()

    def referral(self) -> int:
        with reading(self.office.sessions) as session:
            last = session.scalar(select(func.max(Referral.id))) or 1
            wanted = select(Referral.id).where(Referral.id >= self.rng.randint(1, last)).order_by(Referral.id)
            return session.scalars(wanted.limit(1)).one()


@asynccontextmanager
async def _logged_in(office: Office, username: str, password: str) -> AsyncIterator[httpx.AsyncClient]:
    """Through the form, as anybody."""
    transport = httpx.ASGITransport(build_app(office))
    async with httpx.AsyncClient(transport=transport, base_url=office.settings.public_url) as client:
        proof = PROOF.search((await client.get("/login")).text)
        fields = {"usuario": username, "clave": password, "prueba": proof[1] if proof else "", "siguiente": "/"}
        answer = await client.post("/login", data=fields)
        if answer.status_code != httpx.codes.SEE_OTHER:
            raise RuntimeError(f"{username} was not let in: {answer.status_code}")
        yield client


async def _repeat(client: httpx.AsyncClient, where: Where, samples: int) -> list[float]:
    """The first ones warm what is kept in memory, and count when there are no others."""
    taken: list[float] = []
    end = time.perf_counter() + SECONDS
    while len(taken) < samples and (len(taken) < LEAST or time.perf_counter() < end):
        path = where()
        started = time.perf_counter()
        answer = await client.get(path)
        taken.append(time.perf_counter() - started)
        if answer.status_code != httpx.codes.OK:
            raise RuntimeError(f"{path}: {answer.status_code}")
    return taken[WARMING:] or taken


def _settings(settings: Settings, url: str, folder: Path) -> Settings:
    """No second factor: what is measured begins behind the log-in."""
    own = office_settings(settings, url, folder, api_url="http://127.0.0.1:9", port=1)
    return own.model_copy(update={"second_factor_for": ""})


def _accounts(office: Office, cast: Cast) -> Accounts:
    """The liaison of the agency that has the most referrals."""
    counted = select(Referral.agency).group_by(Referral.agency).order_by(func.count().desc())
    with reading(office.sessions) as session:
        agencies = session.scalars(counted).all()
    liaisons = {one.agency: name for name, one in cast.members.items() if one.role == Role.LIAISON}
    busiest = next(agency for agency in agencies if agency in liaisons)
    return Accounts(cast.officer.username, liaisons[busiest], cast.values["password"])
