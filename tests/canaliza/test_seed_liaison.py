"""The demo's meetings and agreements: each state is there to be seen."""

from ruamel.yaml import YAML
from sqlalchemy import select

from canaliza.seed_liaison import fill_liaison
from intake.accounts.staff import Member, NewAccount, Role, add_account
from intake.office import Office
from intake.tables.coordination import CoordinationWork, Mechanism
from intake.tables.meetings import Agreement, Meeting
from tests.models import JURISDICTION


def test_the_demo_has_meetings_of_each_kind_and_agreements_in_each_state(office: Office) -> None:
    with office.sessions.begin() as session:
        account = NewAccount("oficial", "Oficial", Role.OFFICER, "una frase muy larga", None)
        row = add_account(session, office.jurisdiction, account)
        officer = Member(row.id, "oficial", "Oficial", Role.OFFICER, None, "")
    fill_liaison(office, officer, YAML(typ="safe").load(JURISDICTION / "demo.yaml"))
    with office.sessions() as session:
        kinds = set(session.scalars(select(Meeting.kind)))
        states = set(session.scalars(select(Agreement.state)))
        made = [len(session.scalars(select(table)).all()) for table in (Mechanism, CoordinationWork)]
    assert made == [2, 2]
    assert kinds == {"political", "social", "table", "informative"}
    assert states == {"open", "fulfilled"}
