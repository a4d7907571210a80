"""Replies leave as fast as their provider takes them and no faster; one that hangs holds up nobody else's."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.channels import Pace
from bot.console import Console
from bot.errors import SendError
from bot.messages import ChannelName, Outbound, OutboundFile, Sent
from intake.clock import at, utc_now
from intake.office import Office
from intake.outgoing import sending
from intake.outgoing.sending import ATTEMPTS_MAX, LEASE, Claim, Sender, claim_due, settle_all
from intake.tables.citizens import Conversation
from intake.tables.outgoing import Reply
from intake.thinking.worker import Worker
from tests.talk import Talk

SECOND = timedelta(seconds=1.1)


class Provider(Console):
    """Takes messages at a pace; for an address in `hanging` it does not answer before it is let go."""

    def __init__(self, pace: Pace, hanging: str = "") -> None:
        super().__init__()
        self.pace, self.hanging, self.sent = pace, hanging, list[str]()
        self.go = asyncio.Event()

    async def send(self, address: str, message: Outbound, *, reply_id: str) -> Sent:
        if address == self.hanging:
            await self.go.wait()
        self.sent.append(address)
        return Sent(reply_id)


def _with(office: Office, provider: Provider) -> Office:
    return replace(office, channels={ChannelName.CONSOLE: provider})


def queue_two_each(office: Office, *addresses: str) -> None:
    """Two replies wait for each: a welcome and a question."""
    for address in addresses:
        talk = Talk(office, address)
        talk.sends("hola")
        while Worker(office, lambda name, callback_id: None).work_once():
            pass


def test_two_messages_to_one_citizen_are_a_second_apart(office: Office) -> None:
    paced = _with(office, Provider(Pace(per_second=30, apart_s=1.0)))
    queue_two_each(office, "ana", "beto")
    now = utc_now()
    first = claim_due(paced, now)
    assert {claim.address for claim in first} == {"ana", "beto"}
    for claim in first:
        settle_all(paced, [(claim, f"x{claim.reply_id}")])
    assert claim_due(paced, now + timedelta(seconds=0.5)) == []
    assert {claim.address for claim in claim_due(paced, now + SECOND)} == {"ana", "beto"}


def test_the_second_between_two_messages_begins_when_the_first_was_taken(office: Office) -> None:
    paced = _with(office, Provider(Pace(per_second=30, apart_s=1.0)))
    queue_two_each(office, "ana")
    (claim,) = claim_due(paced, utc_now())
    with office.sessions.begin() as session:
        session.get_one(Reply, claim.reply_id).sending_at = utc_now() - SECOND  # it was on its way since
    settle_all(paced, [(claim, f"x{claim.reply_id}")])
    assert claim_due(paced, utc_now()) == []
    assert [claim.address for claim in claim_due(paced, utc_now() + SECOND)] == ["ana"]


def test_no_more_leave_in_a_second_than_the_provider_takes(office: Office) -> None:
    paced = _with(office, Provider(Pace(per_second=2)))
    queue_two_each(office, "ana", "beto", "chela")
    now = utc_now()
    assert [claim.address for claim in claim_due(paced, now)] == ["ana", "beto"]
    assert claim_due(paced, now + timedelta(seconds=0.5)) == []
    assert [claim.address for claim in claim_due(paced, now + SECOND)] == ["chela"]


def test_a_provider_that_hangs_on_one_message_holds_up_no_other(office: Office) -> None:
    async def run() -> None:
        provider = Provider(Pace(per_second=1000), hanging="ana")
        sender = Sender(_with(office, provider))
        running = asyncio.create_task(sender.run())
        for _ in range(200):
            if provider.sent.count("beto") == 2:
                break
            await asyncio.sleep(0.05)
        assert "ana" not in provider.sent
        assert provider.sent.count("beto") == 2
        provider.go.set()
        sender.stop()
        await running
        assert "ana" in provider.sent

    queue_two_each(office, "ana", "beto")
    asyncio.run(run())
    with office.sessions() as session:
        assert "sending" not in set(session.scalars(select(Reply.state)))


class Faulty(Provider):
    """Its adapter breaks, `times` over, at one address, or the provider answers with an error."""

    def __init__(self, error: Exception, address: str = "ana", times: int = 99) -> None:
        super().__init__(Pace(per_second=1000))
        self.error, self.address, self.times = error, address, times

    async def send(self, address: str, message: Outbound, *, reply_id: str) -> Sent:
        if address == self.address and self.times:
            self.times -= 1
            raise self.error
        return await super().send(address, message, reply_id=reply_id)


def _sends_until_the_end(office: Office, provider: Provider) -> None:
    """As many hours as it takes until nothing is due any more."""
    broken, now = _with(office, provider), utc_now()
    for hours in range(40):
        with at(now + timedelta(hours=hours)):
            asyncio.run(Sender(broken).send_due())


def _states(office: Office, address: str) -> list[tuple[str, str | None]]:
    own = select(Conversation.id).where(Conversation.address == address).scalar_subquery()
    with office.sessions() as session:
        rows = session.scalars(select(Reply).where(Reply.conversation_id == own).order_by(Reply.id))
        return [(row.state, row.error_code) for row in rows]


def test_a_reply_on_which_our_own_side_breaks_ends_too(office: Office) -> None:
    """It would be claimed for ever, and what stands behind it would never leave."""
    queue_two_each(office, "ana", "beto")
    provider = Faulty(ValueError("no such button"))
    _sends_until_the_end(office, provider)
    assert _states(office, "ana") == [("ambiguous", "fault")] * 2
    assert [state for state, _ in _states(office, "beto")] == ["accepted"] * 2
    assert provider.times == 99 - 2 * ATTEMPTS_MAX


@pytest.mark.parametrize(("wait_s", "is_due"), [(7.0, 7.0), (0.0, 0.0)])
def test_the_wait_that_a_provider_asks_for_is_kept(office: Office, wait_s: float, is_due: float) -> None:
    queue_two_each(office, "ana", "beto")
    now = utc_now()
    with at(now):
        refusal = SendError("429", "slow down", retryable=True, retry_after_s=wait_s)
        asyncio.run(Sender(_with(office, Faulty(refusal, times=1))).send_due())
    with office.sessions() as session:
        [reply] = session.scalars(select(Reply).where(Reply.error_code == "429"))
    assert reply.next_attempt_at - now == timedelta(seconds=is_due)
    assert [claim.address for claim in claim_due(_with(office, Provider(Pace(1000))), now)] == (
        ["beto"] if wait_s else ["ana", "beto"]
    )


@pytest.mark.parametrize(("minutes", "state"), [(14, "accepted"), (16, "failed")])
def test_who_is_told_to_wait_again_and_again_is_not_refused(office: Office, minutes: int, state: str) -> None:
    """A provider under load says «ten seconds» for a quarter of an hour."""
    queue_two_each(office, "ana")
    refusal = SendError("429", "slow down", retryable=True, retry_after_s=10.0)
    waiting, now = _with(office, Faulty(refusal, times=minutes * 6)), utc_now()
    for second in range(0, minutes * 60 + 60, 10):
        with at(now + timedelta(seconds=second)):
            asyncio.run(Sender(waiting).send_due())
    assert _states(office, "ana")[0][0] == state


def test_who_slept_past_its_lease_sends_nothing(office: Office) -> None:
    """Another process has the reply by now, or is about to ask for it."""
    queue_two_each(office, "ana", "beto")
    provider = Provider(Pace(per_second=1000))
    now = utc_now()

    class Sleeper(Sender):
        async def _send(self, claim: Claim) -> None:
            with at(now + (LEASE if claim.address == "ana" else timedelta(seconds=1))):
                await super()._send(claim)

    asyncio.run(Sleeper(_with(office, provider)).send_due())
    assert provider.sent == ["beto"]
    assert _states(office, "ana")[0] == ("sending", None)
    with at(now + LEASE + SECOND):
        asyncio.run(Sender(_with(office, provider)).send_due())
    assert provider.sent.count("ana") == 1
    assert _states(office, "ana")[0] == ("accepted", None)


@pytest.mark.parametrize(("has_file", "state"), [(False, "accepted"), (True, "sending")])
def test_a_file_is_sent_only_while_there_is_time_for_an_upload(office: Office, has_file: bool, state: str) -> None:
    """Else its lease could run out meanwhile, and another process would send it too."""
    queue_two_each(office, "ana")
    provider, now = Provider(Pace(per_second=1000)), utc_now()
    file = OutboundFile("foto.jpg", "image/jpeg", "", lambda: b"")

    class Slow(Sender):
        async def _send(self, claim: Claim) -> None:
            message = replace(claim.message, file=file if has_file else None)
            with at(now + LEASE / 2):
                await super()._send(replace(claim, message=message))

    asyncio.run(Slow(_with(office, provider)).send_due())
    assert _states(office, "ana")[0] == (state, None)


def test_a_list_that_does_not_end_leaves_the_doubt(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    class Endless(Provider):
        async def find_sent(self, *args: object, **kwargs: object) -> Sent | None:
            await asyncio.sleep(600)
            return None

    monkeypatch.setattr(sending, "ASKED_S", 0.01)  # nobody waits twenty seconds
    queue_two_each(office, "ana")
    provider = Endless(Pace(per_second=1000))
    assert len(claim_due(_with(office, provider), utc_now())) == 1
    with at(utc_now() + LEASE * 2):
        asyncio.run(Sender(_with(office, provider)).send_due())
    assert _states(office, "ana")[0] == ("sending", "not_listed")
    assert provider.sent == []


def test_a_chat_that_moved_is_written_to_where_it_is(office: Office) -> None:
    queue_two_each(office, "ana")
    provider = Faulty(SendError("400", "upgraded", migrated_to="-1007"))
    _sends_until_the_end(office, provider)
    assert provider.sent == ["-1007", "-1007"]
    assert _states(office, "-1007") == [("accepted", None)] * 2


def test_a_chat_that_moved_to_one_that_is_known_is_written_to_there(office: Office) -> None:
    queue_two_each(office, "ana", "beto")
    provider = Faulty(SendError("400", "upgraded", migrated_to="beto"))
    _sends_until_the_end(office, provider)
    assert provider.times == 98
    assert provider.sent == ["beto"] * 4
    assert _states(office, "ana") == []


def test_a_chat_that_moves_on_and_on_is_given_up(office: Office) -> None:
    queue_two_each(office, "ana")
    _sends_until_the_end(office, Faulty(SendError("400", "upgraded", migrated_to="ana")))
    assert _states(office, "ana") == [("failed", "400")] * 2


def test_a_sender_at_rest_is_called_when_a_reply_is_queued(office: Office) -> None:
    async def run() -> None:
        provider = Provider(Pace(per_second=1000))
        sender = Sender(_with(office, provider))
        running = asyncio.create_task(sender.run(idle_s=60))
        await asyncio.sleep(0.3)
        await asyncio.to_thread(queue_two_each, office, "ana")
        for _ in range(100):
            if provider.sent.count("ana") == 2:
                break
            await asyncio.sleep(0.05)
        assert provider.sent.count("ana") == 2
        sender.stop()
        await running

    asyncio.run(run())
