"""Leases: a worker that slept past its lease changes nothing; a failing event is set aside, others go on."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.errors import Unreadable
from intake.clock import utc_now
from intake.errors import LeaseLost
from intake.incoming.receive import store
from intake.incoming.spool import Arrival
from intake.office import Office
from intake.tables.citizens import Conversation
from intake.tables.incoming import InboundEvent
from intake.thinking.leases import AT_ONCE, LEASE, Keeper, claim_conversations
from intake.thinking.process import process
from intake.thinking.worker import EVENTS_A_CLAIM, REPORTS_EVERY, Worker, due_events, release, revive, set_aside
from tests.talk import Talk


def test_a_worker_past_its_lease_may_not_write(office: Office, talk: Talk) -> None:
    talk.sends("no hay luz en mi casa desde ayer")
    [slow] = claim_conversations(office, utc_now())
    [(_, [event])] = due_events(office, [slow], utc_now())
    [quick] = claim_conversations(office, utc_now() + timedelta(minutes=5))
    with pytest.raises(LeaseLost):
        process(office, slow, event)
    process(office, quick, event)
    assert len(talk.petitions()) == 1


def test_a_leased_conversation_is_not_claimed_again(office: Office, talk: Talk) -> None:
    talk.sends("hola")
    assert claim_conversations(office, utc_now())
    assert not claim_conversations(office, utc_now())


def test_a_lease_that_is_renewed_is_not_taken_over_and_one_that_is_not_is(office: Office, talk: Talk) -> None:
    talk.sends("hola")
    start, keeper = utc_now(), Keeper(office)
    [lease] = claim_conversations(office, start)
    keeper.hold([lease])
    keeper.renew(start + LEASE)
    assert not claim_conversations(office, start + LEASE * 1.5)
    keeper.drop([lease])
    keeper.renew(start + LEASE * 2)
    [taken] = claim_conversations(office, start + LEASE * 2.5)
    assert taken.number == lease.number + 1
    keeper.hold([lease])
    keeper.renew(start + LEASE * 3)  # an old number renews nothing
    assert claim_conversations(office, start + LEASE * 4)


def test_several_conversations_are_claimed_at_once_longest_waiting_first(office: Office) -> None:
    talks = [Talk(office, f"console-{number}") for number in range(5)]
    for talk in talks:
        talk.sends("hola")
    first = claim_conversations(office, utc_now(), at_most=3)
    rest = claim_conversations(office, utc_now(), at_most=3)
    with office.sessions() as session:
        addresses = [session.get_one(Conversation, lease.conversation_id).address for lease in (*first, *rest)]
    assert sorted(addresses[:3]) == ["console-0", "console-1", "console-2"]
    assert sorted(addresses[3:]) == ["console-3", "console-4"]


def test_who_writes_without_end_does_not_keep_another_waiting(office: Office, talk: Talk) -> None:
    for number in range(EVENTS_A_CLAIM + 5):
        talk.sends(f"no hay agua desde hace {number} días")
    other = Talk(office, "console-other")
    other.sends("se cayó el puente del arroyo")
    worker = Worker(office, lambda name, callback_id: None)
    worker.work_once()
    with office.sessions() as session:
        left = session.scalars(select(InboundEvent).where(InboundEvent.state == "pending")).all()
    assert len(left) == 5
    assert len(other.petitions()) == 1
    while worker.work_once():
        pass
    with office.sessions() as session:
        assert session.scalars(select(Conversation.work_at)).all() == [None, None]
        assert set(session.scalars(select(InboundEvent.state))) == {"processed"}


def test_who_waits_and_writes_again_keeps_the_place(office: Office, talk: Talk) -> None:
    others = [Talk(office, f"other-{number}") for number in range(AT_ONCE)]
    for one in (talk, *others, talk):
        one.sends("hola")
    Worker(office, lambda name, callback_id: None).work_once()
    talk_is_done, last_is_done = (len(one.replies()) > 0 for one in (talk, others[-1]))
    assert (talk_is_done, last_is_done) == (True, False)


def test_delivery_reports_are_applied_while_messages_keep_coming(office: Office, talk: Talk) -> None:
    store(office.sessions, [talk.arrival("hola") for _ in range(EVENTS_A_CLAIM * REPORTS_EVERY + 1)])
    report = talk.arrival("x")
    store(office.sessions, [Arrival(report.channel, "status", report.key, report.request, report.received_at)])
    worker = Worker(office, lambda name, callback_id: None)
    for _ in range(REPORTS_EVERY):
        worker.work_once()
    with office.sessions() as session:
        assert session.scalars(select(InboundEvent.state).where(InboundEvent.kind == "status")).one() == "ignored"
        assert session.scalars(select(InboundEvent.kind).where(InboundEvent.state == "pending")).all() == ["message"]


def test_what_failed_is_not_overtaken_by_what_came_after_it(office: Office, talk: Talk) -> None:
    talk.sends("no hay luz en mi casa desde ayer")
    talk.sends("y tampoco agua")
    with office.sessions() as session:
        first = session.scalars(select(InboundEvent.id).order_by(InboundEvent.id)).first()
    assert first
    set_aside(office, first, RuntimeError("disk"), utc_now())
    [lease] = claim_conversations(office, utc_now())
    assert due_events(office, [lease], utc_now()) == [(lease, [])]
    release(office, lease, utc_now())
    with office.sessions() as session:
        due_at = session.scalars(select(Conversation.work_at)).one()
    assert due_at
    assert due_at > utc_now()
    [lease] = claim_conversations(office, due_at)
    [(_, events)] = due_events(office, [lease], due_at)
    assert [event.id for event in events] == [first, first + 1]


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
