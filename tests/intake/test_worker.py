"""Leases: a worker that slept past its lease changes nothing; a failing event is set aside, others go on."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.errors import Unreadable
from intake.clock import utc_now
from intake.errors import LeaseLost
from intake.office import Office
from intake.process import process
from intake.receive import store
from intake.tables import Conversation, InboundEvent
from intake.worker import claim_conversation, next_event, revive, set_aside
from tests.talk import Talk


def test_a_worker_past_its_lease_may_not_write(office: Office, talk: Talk) -> None:
    talk.sends("no hay luz en mi casa desde ayer")
    slow = claim_conversation(office, utc_now())
    assert slow is not None
    event = next_event(office, slow, utc_now())
    assert event is not None
    quick = claim_conversation(office, utc_now() + timedelta(minutes=5))
    assert quick is not None
    with pytest.raises(LeaseLost):
        process(office, slow, event)
    process(office, quick, event)
    assert len(talk.petitions()) == 1


def test_a_leased_conversation_is_not_claimed_again(office: Office, talk: Talk) -> None:
    talk.sends("hola")
    assert claim_conversation(office, utc_now()) is not None
    assert claim_conversation(office, utc_now()) is None


def test_an_unreadable_event_is_a_dead_letter_at_once_and_can_be_revived(office: Office, talk: Talk) -> None:
    talk.sends("hola")
    with office.sessions() as session:
        event_id = session.scalars(select(InboundEvent.id)).one()
    set_aside(office, event_id, Unreadable("no update"), utc_now())
    with office.sessions.begin() as session:
        event = session.get_one(InboundEvent, event_id)
        assert event.state == "dead"
        assert event.note == "Unreadable: no update"
        revive(session, event, utc_now())
    talk.works()
    assert len(talk.replies()) == 2


def test_an_event_that_fails_is_tried_again_later_then_dead(office: Office, talk: Talk) -> None:
    talk.sends("hola")
    with office.sessions() as session:
        event_id = session.scalars(select(InboundEvent.id)).one()
    states = []
    for _ in range(4):
        set_aside(office, event_id, RuntimeError("disk"), utc_now())
        with office.sessions() as session:
            states.append(session.get_one(InboundEvent, event_id).state)
    assert states == ["pending", "pending", "pending", "dead"]


def test_a_message_that_cannot_be_parsed_does_not_stop_other_chats(office: Office, talk: Talk) -> None:
    bad = Talk(office, "console-bad")
    arrival = bad.arrival("x")
    broken = type(arrival)(
        arrival.channel, "message", arrival.key, type(arrival.request)(b"{", {}), arrival.received_at
    )
    store(office.sessions, [broken])
    assert talk.says("hola")
    with office.sessions() as session:
        assert session.scalars(select(InboundEvent.state).order_by(InboundEvent.id)).all() == ["dead", "processed"]
        assert session.scalars(select(Conversation.work_at)).all() == [None, None]
