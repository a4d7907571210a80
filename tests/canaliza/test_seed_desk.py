"""The demo's window: a question that waits, one that was answered by telephone."""

from ruamel.yaml import YAML
from sqlalchemy import select

from canaliza.seed_desk import fill_desk
from intake.accounts.staff import Member, NewAccount, Role, add_account
from intake.answers.approvals import list_wishes
from intake.office import Office
from intake.tables.petitions import Referral
from tests.models import JURISDICTION

STAFF = {
    "oficial": (Role.OFFICER, None),
    "administra": (Role.ADMINISTRATOR, None),
    "titular-soapa": (Role.HEAD, "SOAPA"),
    "enlace-cabien": (Role.LIAISON, "CABIEN"),
    "enlace-soapa": (Role.LIAISON, "SOAPA"),
}


def test_one_datum_waits_and_one_came(office: Office) -> None:
    members = {}
    with office.sessions.begin() as session:
        for name, (role, agency) in STAFF.items():
            row = add_account(session, office.jurisdiction, NewAccount(name, name, role, "una frase muy larga", agency))
            members[name] = Member(row.id, name, name, role, agency, "")
    fill_desk(office, members, YAML(typ="safe").load(JURISDICTION / "demo.yaml"))
    with office.sessions() as session:
        assert session.scalars(select(Referral.datum).order_by(Referral.id)).all() == ["asked", "came"]
        assert list_wishes(session) == {"SOAPA"}
