"""`canaliza doctor`: what waits too long, failed or is old is found, with what mends it; --watch tells only news."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from canaliza.backlog import list_backlog
from canaliza.finding import Finding
from intake.accounts.staff import NewAccount, Role, add_account
from intake.clock import at, utc_now
from intake.office import Office
from intake.tables.correspondence import Mailbox
from intake.tables.incoming import Proof
from intake.tables.notices import Mail
from intake.tables.outgoing import Reply
from intake.upkeep.backup import back_up
from tests.talk import Talk


def _broken(office: Office) -> set[str]:
    return {finding.part for finding in list_backlog(office) if finding.is_broken}


def _warned(office: Office) -> set[str]:
    return {finding.part for finding in list_backlog(office) if finding.remedy and finding.is_warning}


def test_an_office_at_rest_has_nothing_but_no_backup(office: Office, talk: Talk) -> None:
    talk.says("no hay agua en mi colonia")
    assert _broken(office) == set()
    assert _warned(office) == {"backup"}


def test_a_message_that_nobody_works_on_is_found_after_a_minute(office: Office, talk: Talk) -> None:
    talk.sends("no hay agua en mi colonia")
    assert _broken(office) == set()
    with at(utc_now() + timedelta(minutes=2)):
        assert _broken(office) == {"queue"}


def test_what_failed_and_a_proof_that_is_old_are_found(office: Office, talk: Talk) -> None:
    talk.says("no hay agua en mi colonia")
    with office.sessions.begin() as session:
        for reply in session.scalars(select(Reply)):
            reply.state = "failed"
        old = utc_now() - timedelta(hours=1)
        session.add(Proof(channel="whatsapp", proved_at=old, listed=1, imported=0, imported_total=0))
    assert _broken(office) == {"whatsapp reconciliation"}
    assert _warned(office) == {"dead letters", "undelivered in 24 h", "backup"}


def test_a_letter_that_was_given_up_is_found(office: Office) -> None:
    now = utc_now()
    with office.sessions.begin() as session:
        staff = add_account(session, office.jurisdiction, NewAccount("o", "O", Role.OFFICER, "una frase muy larga"))
        common = {"staff_id": staff.id, "key": "k", "public_id": "p", "kind": "digest", "data": {}}
        session.add(Mail(state="dead", created_at=now, next_attempt_at=now, give_up_at=now, **common))
    assert _warned(office) == {"letters to staff", "backup"}


def test_the_backups_age_is_watched(office: Office, tmp_path: Path) -> None:
    settings = office.settings.model_copy(update={"backup_dir": str(tmp_path / "backups")})
    watched = Office(**{**vars(office), "settings": settings})
    assert _broken(watched) == {"backup"}
    back_up(office, tmp_path / "backups")
    assert _broken(watched) == set()
    with at(utc_now() + timedelta(hours=27)):
        assert "backup" in _broken(watched)


def test_only_what_changed_is_news() -> None:
    well, more = Finding("disk", "50.0 GiB free"), Finding("disk", "49.9 GiB free")
    full, fuller = Finding("disk", "0.9 GiB free", "make room"), Finding("disk", "0.8 GiB free", "make room")
    assert well.says_other_than(None)
    assert not more.says_other_than(well)
    assert full.says_other_than(well)
    assert fuller.says_other_than(full)
    assert not fuller.says_other_than(fuller)


def test_a_mailbox_at_fault_or_long_not_looked_at_is_found(office: Office) -> None:
    now = utc_now()
    with office.sessions.begin() as session:
        session.add(Mailbox(name="one", validity=1, last_uid=3, looked_at=now, fault="login"))
        session.add(Mailbox(name="two", validity=1, last_uid=3, looked_at=now))
    assert _warned(office) == {"mailbox one", "backup"}
    with at(now + timedelta(hours=2)):
        assert _warned(office) == {"mailbox one", "mailbox two", "backup"}
