"""Who has a petition open, on both databases: said, renewed, left, forgotten."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from intake.accounts.staff import Member, NewAccount, Role, add_account
from intake.clock import utc_now
from intake.errors import NotFound
from intake.office import Office
from intake.tables.entrances import Presence
from intake.tables.petitions import Petition
from intake.triage.newcomers import Mark, look_at_inboxes, look_at_tasks
from intake.triage.presence import LASTS, find_looked_at, list_present, say_present
from tests.talk import Talk


def test_presence_is_said_renewed_and_left(office: Office, talk: Talk) -> None:
    talk.says("no hay agua en la colonia Reforma desde hace ocho días")
    with office.sessions.begin() as session:
        petition_id = session.scalars(select(Petition.id)).one()
        account = NewAccount("ana", "Ana", Role.OFFICER, "una frase muy larga")
        staff = add_account(session, office.jurisdiction, account).id
    seat, now = (petition_id, staff), utc_now()
    say_present(office, {seat}, set(), now)
    later = now + LASTS - timedelta(seconds=1)
    say_present(office, {seat}, {seat}, later)  # left in one window, open in another
    with office.sessions() as session:
        row = session.scalars(select(Presence)).one()
        assert (row.since, row.seen_at) == (now, later)
        assert list_present(session, [petition_id], later) == {petition_id: [(staff, "Ana", None)]}
        assert list_present(session, [petition_id], later + LASTS) == {petition_id: []}
        assert look_at_inboxes(session, ["SOAPA"]) == {"SOAPA": Mark(0, 0)}
        assert look_at_tasks(session) == Mark(0, 0)
        with pytest.raises(NotFound):
            find_looked_at(session, Member(staff, "ana", "Ana", Role.OFFICER, None, ""), "", 9)
    say_present(office, set(), {seat}, later)
    with office.sessions() as session:
        assert session.scalars(select(Presence)).all() == []
