"""What the provider lists and nobody stored is imported once; what was stored is left alone; the proof is dated."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from bot.console import Console
from bot.errors import SendError
from bot.messages import ChannelName, Received, WebhookRequest
from intake.clock import at, utc_now
from intake.incoming.receive import store
from intake.incoming.reconcile import IN_FLIGHT, list_accounts, reconcile
from intake.incoming.spool import Arrival
from intake.office import Office
from intake.tables.incoming import InboundEvent, Proof
from tests.talk import Talk

LONG_AGO = timedelta(minutes=30)


class Listed(Console):
    """A provider that lists what it was given; `asked`: since when, each time."""

    def __init__(self, talk: Talk) -> None:
        super().__init__()
        self._talk, self.arrivals, self.asked = talk, dict[str, tuple[Arrival, datetime]](), list[datetime]()
        self.is_away, self.broken, self.deleted = False, set[str](), set[str]()

    def takes(self, text: str, number: int, age: timedelta = LONG_AGO) -> Arrival:
        arrival = self._talk.arrival(text, id=f"m{number}")
        self.arrivals[arrival.key.provider_id] = arrival, utc_now() - age
        return arrival

    async def list_received(self, since: datetime) -> Sequence[Received]:
        if self.is_away:
            raise SendError("500", "away", retryable=True)
        self.asked.append(since)
        return [Received(key, sent_at) for key, (_, sent_at) in self.arrivals.items()]

    async def fetch_received(self, external_id: str) -> WebhookRequest | None:
        if external_id in self.broken:
            raise SendError("500", "broken", ambiguous=True)
        return None if external_id in self.deleted else self.arrivals[external_id][0].request


@pytest.fixture
def provider(talk: Talk) -> Listed:
    return Listed(talk)


def _run(office: Office, provider: Listed) -> int:
    return asyncio.run(reconcile(office, provider, utc_now()))


def _proof(office: Office) -> Proof:
    with office.sessions() as session:
        return session.get_one(Proof, ChannelName.CONSOLE.value)


def test_what_is_missing_is_imported_once_and_becomes_a_petition(office: Office, talk: Talk, provider: Listed) -> None:
    store(office.sessions, [provider.takes("no hay luz en mi casa desde ayer", 1)])
    provider.takes("tampoco hay agua en San Pablo Etla", 2)
    assert _run(office, provider) == 1
    assert _run(office, provider) == 0
    talk.works()
    with office.sessions() as session:
        assert session.scalar(select(func.count()).select_from(InboundEvent)) == 2
    proof = _proof(office)
    assert (proof.listed, proof.imported, proof.imported_total) == (2, 0, 1)


def test_the_webhook_that_comes_after_all_is_a_copy(office: Office, provider: Listed) -> None:
    late = provider.takes("no hay agua", 1)
    _run(office, provider)
    assert store(office.sessions, [late]) == [False]


def test_a_message_whose_webhook_may_be_under_way_is_left_for_the_next_look(office: Office, provider: Listed) -> None:
    provider.takes("no hay agua", 1, age=IN_FLIGHT / 2)
    assert _run(office, provider) == 0


def test_a_list_that_cannot_be_had_proves_nothing(office: Office, provider: Listed) -> None:
    _run(office, provider)
    proved_at = _proof(office).proved_at
    provider.is_away = True
    with pytest.raises(SendError):
        _run(office, provider)
    assert _proof(office).proved_at == proved_at
    provider.is_away = False
    _run(office, provider)
    assert provider.asked[-1] < proved_at < _proof(office).proved_at


def test_one_message_that_cannot_be_had_keeps_none_behind_it_from_coming(office: Office, provider: Listed) -> None:
    """And nothing is proved while it is missing."""
    _run(office, provider)
    proved_at = _proof(office).proved_at
    provider.broken.add(provider.takes("no hay agua", 1, age=LONG_AGO * 2).key.provider_id)
    late = provider.takes("no hay luz", 2)
    with pytest.raises(SendError):
        _run(office, provider)
    assert store(office.sessions, [late]) == [False]
    assert _proof(office).proved_at == proved_at
    provider.broken.clear()
    assert _run(office, provider) == 1
    assert _proof(office).proved_at > proved_at


def test_a_message_that_was_deleted_since_it_was_listed_is_not_missed(office: Office, provider: Listed) -> None:
    provider.deleted.add(provider.takes("no hay agua", 1, age=LONG_AGO * 2).key.provider_id)
    provider.takes("no hay luz", 2)
    assert _run(office, provider) == 1
    assert (_proof(office).listed, _proof(office).imported) == (2, 1)


def test_the_account_says_what_came_of_what_arrived(office: Office, talk: Talk, provider: Listed) -> None:
    talk.says("hola")
    talk.sends("no hay agua")
    _run(office, provider)
    with office.sessions() as session:
        (account,) = list_accounts(session, office)
    assert (account.received, account.processed, account.waiting, account.dead) == (2, 1, 1, 0)
    assert account.proof


def test_what_came_is_counted_for_a_day_and_what_waits_until_it_is_done(office: Office, talk: Talk) -> None:
    talk.says("hola")
    talk.sends("no hay agua")
    with at(utc_now() + timedelta(hours=25)), office.sessions() as session:
        account = list_accounts(session, office)[-1]
    assert (account.received, account.processed, account.waiting, account.dead) == (0, 0, 1, 0)
