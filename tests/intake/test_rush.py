"""While the oldest work is old: the acknowledgement says so once a petition; the database is asked once a second."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import event as database_event
from sqlalchemy import select

from intake.clock import at
from intake.office import Office
from intake.tables.citizens import Conversation
from intake.tables.mind import Comparison
from intake.tables.petitions import Petition
from intake.thinking.leases import LEASE, claim_conversations
from intake.thinking.process import process
from intake.thinking.worker import due_events
from tests.talk import Talk

NOW = datetime.fromisoformat("2026-11-25T18:00:00+00:00")
LATER = NOW + timedelta(seconds=61)
WATER = "no hay agua en la colonia Reforma desde hace ocho días"
SENTENCE = "no hace falta que escriba de nuevo"


@contextmanager
def _looks(office: Office) -> Iterator[list[str]]:
    """Statements that ask since when work waits."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "min(conversations.work_at)" in statement:
            found.append(statement)

    database_event.listen(office.engine, "before_cursor_execute", note)
    yield found
    database_event.remove(office.engine, "before_cursor_execute", note)


def test_who_waited_long_is_told_once_in_the_acknowledgement(office: Office, talk: Talk) -> None:
    other = Talk(office, "console-other")
    with at(NOW):
        talk.sends(WATER)
        talk.sends("y tampoco hay luz")
        other.sends("no hay maestro en la primaria")
    with at(LATER):
        talk.works()
    assert [SENTENCE in text for text in talk.replies() if "Folio" in text] == [True]
    assert sum(SENTENCE in text for text in talk.replies()) == 1
    assert sum(SENTENCE in text for text in other.replies()) == 1
    assert len(talk.petitions()) == len(other.petitions()) == 1


def test_who_is_answered_soon_is_told_nothing_of_it(talk: Talk) -> None:
    with at(NOW):
        talk.sends(WATER)
    with at(NOW + timedelta(seconds=59)):
        talk.works()
    assert talk.petitions()
    assert not any(SENTENCE in text for text in talk.replies())


def test_what_no_channel_here_can_work_on_is_no_rush(office: Office, talk: Talk) -> None:
    with at(NOW):
        talk.sends("hola")
        with office.sessions.begin() as session:
            session.scalars(select(Conversation)).one().channel = "telegram"
    with at(LATER):
        assert not any(SENTENCE in text for text in Talk(office, "console-other").says(WATER))


def test_comparing_waits_while_others_work_a_rush_off(office: Office, talk: Talk) -> None:
    other = Talk(office, "console-other")
    with at(NOW):
        talk.sends(WATER)
        (lease,) = claim_conversations(office, NOW)
        ((_, (event,)),) = due_events(office, [lease], NOW)
        process(office, lease, event, is_last=True)
        other.sends(WATER)
    with at(LATER):
        claim_conversations(office, LATER)  # as another worker, which has not done it yet
        talk.works()
        assert _compared(office) == 0
    with at(LATER + LEASE + timedelta(seconds=1)):
        other.works()
    with at(LATER + LEASE + timedelta(seconds=2)):
        other.works()
        assert _compared(office) == 2


def _compared(office: Office) -> int:
    with office.sessions() as session:
        return len(session.scalars(select(Petition)).all()) - len(session.scalars(select(Comparison)).all())


def test_the_database_is_asked_once_a_second_however_many_write(office: Office) -> None:
    with at(NOW):
        for number in range(20):
            Talk(office, f"console-{number}").sends(WATER)
        with _looks(office) as looks:
            Talk(office, "console-0").works()
            assert len(looks) == 1
    with at(NOW + timedelta(seconds=1)), _looks(office) as looks:
        Talk(office, "console-0").says("gracias")
        assert len(looks) == 1
