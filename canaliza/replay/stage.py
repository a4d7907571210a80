"""Throw-away offices to play conversations in: credentials that nobody has, one officer, an empty database each."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Engine

from canaliza.bench.office import fresh_database, office_settings
from intake.accounts.staff import Member, NewAccount, Role, add_account
from intake.database import Wake, open_sessions
from intake.office import Office
from intake.petitions.free_folios import FreeFolios
from intake.settings import Settings
from intake.thinking.declared import Contingencies
from intake.wiring import build_office
from nlp.reader import Reader

NOWHERE = "http://127.0.0.1:9"  # nothing is sent: the player takes replies from their rows
OFFICER = "oficial"


class Stage:
    """An office whose database is put back for each play: migrating a new one takes longer than playing in it, and an
    engine of its own would have to compile every statement anew."""

    def __init__(self, settings: Settings, folder: Path, reader: Reader | None = None) -> None:
        with fresh_database("sqlite", folder, "") as url:
            own = office_settings(settings, url, folder, api_url=NOWHERE, port=9, quiet_s=settings.quiet_s)
            self._office = build_office(own, reader=reader)
        self.officer = add_officer(self._office)
        self._office.engine.dispose()
        self._database = Path(url.removeprefix("sqlite:///"))
        self._empty = self._database.read_bytes()

    @contextmanager
    def office(self) -> Iterator[Office]:
        """The office, empty; what happens in it is gone afterwards."""
        try:
            yield self._office
        finally:
            self._office.engine.dispose()
            for left in self._database.parent.glob(f"{self._database.name}-*"):
                left.unlink()
            self._database.write_bytes(self._empty)
            self._office.contingencies.forget()


def on_engine(office: Office, engine: Engine) -> Office:
    """The same office with another database."""
    return replace(
        office,
        engine=engine,
        sessions=open_sessions(engine),
        wake=Wake(engine),
        contingencies=Contingencies(),
        folios=FreeFolios(),
    )


def add_officer(office: Office) -> Member:
    """Who decides, accepts and answers in a written conversation."""
    account = NewAccount(OFFICER, "Oficial", Role.OFFICER, secrets.token_urlsafe(16))
    with office.sessions.begin() as session:
        row = add_account(session, office.jurisdiction, account)
        return Member(row.id, OFFICER, row.name, Role.OFFICER, None, "")
