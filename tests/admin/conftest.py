"""The staff app over a real database and a few petitions: two agencies, one emergency, one account of each role."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from admin.app import lay_out, move_in
from bot.channels import Channel
from bot.console import Console
from bot.messages import ChannelName
from intake.accounts.staff import Member, NewAccount, Role, add_account, open_session
from intake.clock import utc_now
from intake.jurisdiction import Jurisdiction
from intake.office import Office
from intake.petitions.case import get_petition, list_matters
from intake.settings import Settings
from intake.tables.accounts import Staff
from intake.tables.base import Table
from intake.tables.petitions import Matter, Referral
from intake.triage.referrals import Choice, decide
from intake.wiring import build_office
from nlp.reader import Reader
from tests.admin.keyword_reader import keyword_reader
from tests.staff import PASSWORD, Browser
from tests.talk import Talk

STAFF = {
    "oficial": (Role.OFFICER, None),
    "administra": (Role.ADMINISTRATOR, None),
    "audita": (Role.AUDITOR, None),
    "estadistica": (Role.STATISTICS, None),
    "titular-soapa": (Role.HEAD, "SOAPA"),
    "enlace-soapa": (Role.LIAISON, "SOAPA"),
    "enlace-cabien": (Role.LIAISON, "CABIEN"),
    "enlace-sego": (Role.LIAISON, "SEGO"),
}


@pytest.fixture(scope="session")
def reader() -> Reader:
    return keyword_reader(Settings().jurisdiction_dir / "places")


@pytest.fixture(scope="session")
def staffed(
    reader: Reader, jurisdiction: Jurisdiction, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, Member]]:
    """A database with the accounts, made once: argon2 is slow on purpose, and each test takes a copy."""
    folder = tmp_path_factory.mktemp("staffed")
    office = _office(folder, reader, jurisdiction)
    Table.metadata.create_all(office.engine)
    with office.sessions.begin() as session:
        rows = {
            name: add_account(session, office.jurisdiction, NewAccount(name, f"Persona {name}", role, PASSWORD, agency))
            for name, (role, agency) in STAFF.items()
        }
        members = {name: Member(row.id, name, row.name, *STAFF[name], "") for name, row in rows.items()}
    office.engine.dispose()
    return folder / "staff.db", members


@pytest.fixture
def members(staffed: tuple[Path, dict[str, Member]]) -> dict[str, Member]:
    return staffed[1]


@pytest.fixture
def office(
    staffed: tuple[Path, dict[str, Member]], reader: Reader, jurisdiction: Jurisdiction, tmp_path: Path
) -> Iterator[Office]:
    shutil.copy(staffed[0], tmp_path / "staff.db")
    built = _office(tmp_path, reader, jurisdiction)
    yield built
    built.engine.dispose()


def _office(folder: Path, reader: Reader, jurisdiction: Jurisdiction) -> Office:
    settings = Settings(
        database_url=f"sqlite:///{folder}/staff.db",
        secret_key="k" * 32,
        files_url=f"file://{folder}/files",
        model_dir=str(folder / "model" / "oaxaca"),
        quiet_s=0,
    )
    further: dict[ChannelName, Channel] = {ChannelName.CONSOLE: Console()}
    return build_office(settings, further=further, reader=reader, jurisdiction=jurisdiction)


@pytest.fixture(scope="session")
def laid_out() -> FastAPI:
    """FastAPI takes longer over the routes than most tests over the rest."""
    return lay_out()


@pytest.fixture
def app(laid_out: FastAPI, office: Office) -> FastAPI:
    move_in(laid_out, office)
    return laid_out


@pytest.fixture
def visitor(app: FastAPI) -> TestClient:
    return TestClient(app, follow_redirects=False)


@pytest.fixture
def browser(app: FastAPI, office: Office, members: dict[str, Member]) -> Callable[[str], Browser]:
    """A browser in which that member is logged in; without the form, whose argon2 takes longer than most tests."""

    def of(name: str) -> Browser:
        client = TestClient(app, follow_redirects=False)
        with office.sessions.begin() as session:
            staff = session.scalars(select(Staff).where(Staff.username == name)).one()
            client.cookies.set(app.state.pages.session_cookie, open_session(session, staff, utc_now()))
        return Browser(client)

    return of


@dataclass
class Case:
    """A petition that waits in triage."""

    folio: str
    matter_id: int
    version: int


@pytest.fixture
def case(office: Office) -> Case:
    """No water, told by the citizen «c1»."""
    return says(office, "c1", "no hay agua en la colonia Reforma desde hace ocho días")


@pytest.fixture
def referral_id(office: Office, members: dict[str, Member], case: Case) -> int:
    """The case is with the water board."""
    return refers(office, members["oficial"], case, "SOAPA")


def says(office: Office, address: str, text: str) -> Case:
    """A citizen at the console opens a petition with that text."""
    talk = Talk(office, address)
    talk.says(text)
    return case_of(office, talk.petitions()[-1].folio)


def case_of(office: Office, folio: str) -> Case:
    with office.sessions() as session:
        petition = get_petition(session, folio)
        return Case(folio, list_matters(petition)[0].id, petition.version)


def refers(office: Office, member: Member, case: Case, agency: str) -> int:
    return decide(office, member, case.folio, Choice(case.matter_id, agency, case_of(office, case.folio).version))


def also_with(office: Office, members: dict[str, Member], case: Case, agency: str) -> int:
    """A further matter of the petition is with another agency; its referral."""
    with office.sessions.begin() as session:
        petition = get_petition(session, case.folio)
        further = Matter(petition_id=petition.id, text="y el camino", status="TURNADA", agency=agency)
        session.add(further)
        session.flush()
        referral = Referral(matter_id=further.id, agency=agency, kind="canalizacion", state="issued")
        referral.issued_at, referral.issued_by = utc_now(), members["oficial"].id
        session.add(referral)
        session.flush()
        return referral.id


def data_of(office: Office) -> dict[int, str | None]:
    """By referral: whether a datum is asked for, or came."""
    with office.sessions() as session:
        return {row.id: row.datum for row in session.execute(select(Referral.id, Referral.datum))}
