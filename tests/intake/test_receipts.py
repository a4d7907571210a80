"""What Twilio reports of a reply, in any order: it moves up, what came is not sent anew, one report stops no other."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from intake.office import Office
from intake.outgoing.notified import note_told
from intake.outgoing.sending import claim_due, settle_all
from intake.petitions.states import Status
from intake.tables.citizens import Conversation
from intake.tables.incoming import InboundEvent
from intake.tables.outgoing import Reply
from intake.tables.petitions import Matter, Petition
from intake.triage.tasks import list_open, review
from tests.whatsapp_case import ANSWER, DAY, START, WhatsAppCase

MINUTE = timedelta(minutes=1)
LONG_ANSWER = f"{ANSWER}\n\n" * 30  # more than one message


@pytest.fixture
def case(office: Office) -> WhatsAppCase:
    """A petition that was received, acknowledged and sent on."""
    case = WhatsAppCase(office)
    case.writes("no hay agua en la colonia Reforma desde hace ocho días", START)
    case.drains(START)
    return case


def _answered(case: WhatsAppCase, text: str = ANSWER) -> list[Reply]:
    """The messages of an answer that Twilio accepted."""
    case.answers(case.refers(START), START, text)
    case.drains(START + MINUTE)
    return case.replies("notice.answered")


def _statuses(case: WhatsAppCase) -> list[str]:
    with case.office.sessions() as session:
        return list(session.scalars(select(Matter.status).order_by(Matter.id)))


@pytest.mark.parametrize("word", ["delivered", "read"])
def test_what_came_after_all_is_not_sent_anew(case: WhatsAppCase, word: str) -> None:
    [reply] = _answered(case)
    case.reports(reply, "undelivered", START + MINUTE, code="63018")
    assert case.replies("notice.answered")[0].state == "queued"
    case.reports(reply, word, START + MINUTE)
    [reply] = case.replies("notice.answered")
    assert (reply.state, reply.delivery, reply.error_code) == ("accepted", word, None)
    assert reply.id not in {claim.reply_id for claim in case.drains(START + DAY / 2)}
    assert _statuses(case) == [Status.NOTIFICADA]


def test_a_further_word_on_a_failed_try_says_nothing_of_the_next_one(case: WhatsAppCase) -> None:
    [reply] = _answered(case)
    case.reports(reply, "undelivered", START + MINUTE, code="63018")
    due = case.replies("notice.answered")[0].next_attempt_at
    case.reports(reply, "failed", START + MINUTE * 2, code="63018")
    case.reports(reply, "sent", START + MINUTE * 2)
    [reply] = case.replies("notice.answered")
    assert (reply.state, reply.delivery, reply.next_attempt_at) == ("queued", None, due)


def test_a_refused_answer_that_came_after_all_is_no_task_any_more(case: WhatsAppCase) -> None:
    [reply] = _answered(case)
    case.reports(reply, "failed", START + MINUTE, code="63005")
    assert review(case.office, START + MINUTE) == 1
    case.reports(reply, "delivered", START + MINUTE * 2)
    review(case.office, START + MINUTE * 3)
    assert list_open(case.office) == []
    assert case.replies("notice.answered")[0].state == "accepted"


def test_a_report_before_twilios_answer_ends_the_doubt(case: WhatsAppCase) -> None:
    case.answers(case.refers(START), START)
    [claim] = claim_due(case.office, START + MINUTE)  # sent, and Twilio's answer never came
    settle_all(case.office, [(claim, "SM1")])
    [claim] = claim_due(case.office, START + MINUTE)
    case.reports(str(claim.reply_id), "delivered", START + MINUTE, sid="SM" + "5" * 32)
    [reply] = case.replies("notice.answered")
    assert (reply.state, reply.external_id) == ("accepted", "SM" + "5" * 32)
    settle_all(case.office, [(claim, "SM" + "5" * 32)])
    assert claim.reply_id not in {again.reply_id for again in claim_due(case.office, START + DAY / 2)}


@pytest.mark.parametrize("ours", ["²", "9" * 40, "-1", "1;2"])
def test_an_id_of_ours_that_is_none_stops_no_report_behind_it(case: WhatsAppCase, ours: str) -> None:
    [reply] = _answered(case)
    case.reports(ours, "delivered", START + MINUTE, sid="SM" + "7" * 32)
    case.reports(reply, "read", START + MINUTE)
    assert case.replies("notice.answered")[0].delivery == "read"
    with case.office.sessions() as session:
        assert session.scalars(select(InboundEvent).where(InboundEvent.state == "dead")).all() == []


def test_a_report_that_cannot_be_applied_is_a_dead_letter_and_stops_none(
    case: WhatsAppCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    [first, second] = _answered(case, LONG_ANSWER)

    def breaks(session: object, reply: Reply, now: object) -> None:
        if reply.id == first.id:
            raise ValueError(reply.text)

    monkeypatch.setattr("intake.outgoing.receipts.note_came", breaks)
    case.reports(first, "delivered", START + MINUTE)
    case.reports(second, "delivered", START + MINUTE)
    with case.office.sessions() as session:
        dead = session.scalars(select(InboundEvent).where(InboundEvent.state == "dead")).one()
    assert dead.note == "ValueError"
    assert [reply.delivery for reply in case.replies("notice.answered")] == ["accepted", "delivered"]


def test_a_late_word_on_the_window_does_not_close_a_newer_one(case: WhatsAppCase) -> None:
    reply = case.replies()[0]
    case.writes("¿ya hay algo?", START + MINUTE)
    case.reports(reply, "undelivered", START + MINUTE * 2, code="63016")
    with case.office.sessions() as session:
        assert session.scalars(select(Conversation.last_inbound_at)).one() == START + MINUTE
    assert reply.id in {claim.reply_id for claim in case.drains(START + MINUTE * 3)}


def test_an_answer_in_several_messages_has_come_when_all_have(case: WhatsAppCase) -> None:
    first, second = _answered(case, LONG_ANSWER)
    case.reports(first, "delivered", START + MINUTE)
    assert _statuses(case) == [Status.RESPONDIDA]
    case.reports(second, "delivered", START + MINUTE)
    assert _statuses(case) == [Status.NOTIFICADA]


def test_an_answer_in_several_messages_is_one_task(case: WhatsAppCase) -> None:
    first, second = _answered(case, LONG_ANSWER)
    case.reports(first, "failed", START + MINUTE, code="63005")
    case.reports(second, "failed", START + MINUTE, code="63005")
    assert review(case.office, START + MINUTE) == 1
    assert review(case.office, START + MINUTE * 2) == 0
    case.reports(first, "delivered", START + MINUTE * 2)
    review(case.office, START + MINUTE * 3)
    assert len(list_open(case.office)) == 1
    case.reports(second, "delivered", START + MINUTE * 4)
    review(case.office, START + MINUTE * 5)
    assert list_open(case.office) == []


def test_another_matter_of_the_petition_is_no_further_for_it(case: WhatsAppCase) -> None:
    with case.office.sessions.begin() as session:
        petition = session.scalars(select(Petition)).one()
        session.add(Matter(petition_id=petition.id, text="y el maestro no viene", status=Status.RECIBIDA.value))
    case.refers(START, number=1, agency="MUNICIPIO")
    [reply] = _answered(case)
    case.reports(reply, "delivered", START + MINUTE)
    assert _statuses(case) == [Status.NOTIFICADA, Status.REMITIDA]


def test_what_is_told_twice_is_noted_once(case: WhatsAppCase) -> None:
    [reply] = _answered(case)
    case.reports(reply, "delivered", START + MINUTE)
    with case.office.sessions.begin() as session:
        note_told(session, session.get_one(Reply, reply.id), START + MINUTE, "machine")
    assert _statuses(case) == [Status.NOTIFICADA]
