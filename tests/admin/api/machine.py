"""An agency's program as tests drive it: with its token, over the doors as the front door mounts them."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
from fastapi import FastAPI
from fastapi.testclient import TestClient

from admin.api.app import build_doors
from intake.accounts.staff import Member, NewAccount, Role, add_account
from intake.office import Office
from intake.systems.tokens import NewSystem, Scope, make_system
from intake.triage.referrals import Choice, decide
from tests.admin.conftest import case_of
from tests.talk import Talk

WATER = "no hay agua en la colonia Reforma desde hace ocho días, mi número es 9511234567"
PATH = "/api/v1/referrals"


def mounted(office: Office, per_minute: int = 100_000) -> TestClient:
    app = FastAPI()
    for path, door in build_doors(office, per_minute=per_minute).items():
        app.mount(path, door)
    return TestClient(app, follow_redirects=False, raise_server_exceptions=False)


@dataclass
class Machine:
    client: TestClient
    token: str
    system_id: int = 0

    def gets(self, path: str, status: int = 200) -> Any:
        answer = self.client.get(path, headers={"Authorization": f"Bearer {self.token}"})
        assert answer.status_code == status, (path, answer.status_code, answer.text)
        return answer.json()

    def posts(self, path: str, body: dict[str, Any] | None = None, *, key: str | None = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": key or uuid.uuid4().hex}
        return self.client.post(path, json=body, headers=headers)


def connects(office: Office, administrator: Member, agency: str | None, *scopes: Scope, days: int = 90) -> Machine:
    new = NewSystem(f"Sistema de {agency or 'nadie'}", agency, frozenset(scopes or Scope), days)
    system_id, token = make_system(office, administrator, new)
    return Machine(mounted(office), token, system_id)


def officials(office: Office) -> dict[str, Member]:
    """An officer and an administrator of a database that has no accounts yet."""
    made = {}
    with office.sessions.begin() as session:
        for role in (Role.OFFICER, Role.ADMINISTRATOR):
            account = NewAccount(role.value, f"Persona {role.value}", role, "una frase muy larga")
            row = add_account(session, office.jurisdiction, account)
            made[role.value] = Member(row.id, role.value, row.name, role, None, "")
    return made


@dataclass
class Scene:
    """A petition about water that is with SOAPA, whose system is connected."""

    office: Office
    officer: Member
    administrator: Member
    machine: Machine
    talk: Talk
    folio: str
    referral_id: int

    def path(self, act: str = "") -> str:
        return f"{PATH}/{self.referral_id}{act and '/'}{act}"

    def refers(self, address: str, text: str, agency: str = "SOAPA", hold: timedelta = timedelta(0)) -> int:
        """A further petition, sent to that agency."""
        return refers(self.office, self.officer, says(self.office, address, text), agency, hold)

    def stranger(self, agency: str | None, *scopes: Scope) -> Machine:
        return connects(self.office, self.administrator, agency, *scopes)


def set_scene(office: Office, people: dict[str, Member]) -> Scene:
    machine = connects(office, people["administrator"], "SOAPA")
    folio = says(office, "c1", WATER)
    referral_id = refers(office, people["officer"], folio, "SOAPA")
    return Scene(office, people["officer"], people["administrator"], machine, Talk(office, "c1"), folio, referral_id)


def says(office: Office, address: str, text: str) -> str:
    talk = Talk(office, address)
    talk.says(text)
    return talk.petitions()[-1].folio


def refers(office: Office, officer: Member, folio: str, agency: str, hold: timedelta = timedelta(0)) -> int:
    case = case_of(office, folio)
    return decide(office, officer, folio, Choice(case.matter_id, agency, case.version), hold=hold)
