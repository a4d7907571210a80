"""Replies leave as fast as their provider takes them and no faster; one that hangs holds up nobody else's."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from bot.channels import Pace
from bot.console import Console
from bot.messages import ChannelName, Outbound, Sent
from intake.clock import utc_now
from intake.office import Office
from intake.outgoing.sending import Sender, claim_due, settle_all
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


def _queue(office: Office, *addresses: str) -> None:
    """Two replies wait for each: a welcome and a question."""
    for address in addresses:
        talk = Talk(office, address)
        talk.sends("hola")
        while Worker(office, lambda name, callback_id: None).work_once():
            pass


def test_two_messages_to_one_citizen_are_a_second_apart(office: Office) -> None:
    paced = _with(office, Provider(Pace(per_second=30, apart_s=1.0)))
    _queue(office, "ana", "beto")
    now = utc_now()
    first = claim_due(paced, now)
    assert {claim.address for claim in first} == {"ana", "beto"}
    for claim in first:
        settle_all(paced, [(claim, f"x{claim.reply_id}")])
    assert claim_due(paced, now + timedelta(seconds=0.5)) == []
    assert {claim.address for claim in claim_due(paced, now + SECOND)} == {"ana", "beto"}


def test_no_more_leave_in_a_second_than_the_provider_takes(office: Office) -> None:
    paced = _with(office, Provider(Pace(per_second=2)))
    _queue(office, "ana", "beto", "chela")
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

    _queue(office, "ana", "beto")
    asyncio.run(run())
    with office.sessions() as session:
        assert "sending" not in set(session.scalars(select(Reply.state)))


def test_a_sender_at_rest_is_called_when_a_reply_is_queued(office: Office) -> None:
    async def run() -> None:
        provider = Provider(Pace(per_second=1000))
        sender = Sender(_with(office, provider))
        running = asyncio.create_task(sender.run(idle_s=60))
        await asyncio.sleep(0.3)
        await asyncio.to_thread(_queue, office, "ana")
        for _ in range(100):
            if provider.sent.count("ana") == 2:
                break
            await asyncio.sleep(0.05)
        assert provider.sent.count("ana") == 2
        sender.stop()
        await running

    asyncio.run(run())
