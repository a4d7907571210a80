"""What Twilio sends while the database is away waits on disk and goes in once, in order; Telegram comes again."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from bot.messages import ChannelName
from intake.errors import Busy
from intake.incoming.receive import Receiver, store
from intake.incoming.spool import Arrival, Spool
from intake.office import Office
from intake.tables.incoming import InboundEvent
from tests.talk import Talk


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool")


@pytest.fixture
def away(tmp_path: Path) -> sessionmaker[Session]:
    """Sessions of a database that cannot be opened."""
    return sessionmaker(create_engine(f"sqlite:///{tmp_path}/none/of/this.db"))


def _said(talk: Talk, text: str, number: int, channel: ChannelName = ChannelName.WHATSAPP) -> Arrival:
    return replace(talk.arrival(text, id=str(number)), channel=channel)


def _keep(receiver: Receiver, arrivals: Sequence[Arrival]) -> list[bool | BaseException]:
    async def keep_all() -> list[bool | BaseException]:
        keeping = (receiver.keep(a.channel, a.kind, a.key, a.request) for a in arrivals)
        return await asyncio.gather(*keeping, return_exceptions=True)

    return asyncio.run(keep_all())


def _kept(office: Office) -> list[str]:
    with office.sessions() as session:
        return list(session.scalars(select(InboundEvent.provider_id).order_by(InboundEvent.id)))


def test_twilio_is_answered_and_telegram_told_to_come_again_while_the_database_is_away(
    office: Office, talk: Talk, spool: Spool, away: sessionmaker[Session]
) -> None:
    receiver = Receiver(away, office.wake, spool)
    twilio, telegram = _said(talk, "no hay agua", 1), _said(talk, "no hay luz", 2, ChannelName.TELEGRAM)
    first, second = _keep(receiver, [twilio, telegram])
    assert first is True
    assert isinstance(second, Busy)
    assert spool.count() == 1
    assert spool.replay(lambda arrivals: store(office.sessions, arrivals)) == 1
    assert _kept(office) == [twilio.key.provider_id]
    assert spool.is_empty()


def test_nothing_overtakes_what_waits(office: Office, talk: Talk, spool: Spool, away: sessionmaker[Session]) -> None:
    _keep(Receiver(away, office.wake, spool), [_said(talk, "uno", 1)])
    _keep(Receiver(away, office.wake, spool), [_said(talk, "dos", 2)])
    back = Receiver(office.sessions, office.wake, spool)
    assert _keep(back, [_said(talk, "tres", 3)]) == [True]
    assert _kept(office) == []
    assert _keep(back, [_said(talk, "cuatro", 4, ChannelName.TELEGRAM)]) == [True]
    spool.replay(lambda arrivals: store(office.sessions, arrivals))
    assert [key for key in _kept(office) if key.endswith(("1", "2", "3"))] == sorted(
        key for key in _kept(office) if key.endswith(("1", "2", "3"))
    )
    assert len(_kept(office)) == 4
    assert _keep(back, [_said(talk, "tres", 3)]) == [False]


def test_what_another_process_put_aside_is_seen_at_once(
    office: Office, talk: Talk, spool: Spool, tmp_path: Path, away: sessionmaker[Session]
) -> None:
    here = Receiver(office.sessions, office.wake, spool)
    assert spool.is_empty()
    assert _keep(here, [_said(talk, "uno", 1)]) == [True]
    _keep(Receiver(away, office.wake, Spool(tmp_path / "spool")), [_said(talk, "dos", 2)])
    assert _keep(here, [_said(talk, "tres", 3)]) == [True]
    assert len(_kept(office)) == 1
    assert spool.count() == 2
    (tmp_path / "spool" / "half.part").touch()
    spool.replay(lambda arrivals: store(office.sessions, arrivals))
    assert spool.is_empty()


def test_what_was_stored_before_a_crash_is_not_stored_twice(
    office: Office, talk: Talk, spool: Spool, away: sessionmaker[Session]
) -> None:
    arrival = _said(talk, "no hay agua", 1)
    _keep(Receiver(away, office.wake, spool), [arrival])
    store(office.sessions, [arrival])
    spool.replay(lambda arrivals: store(office.sessions, arrivals))
    assert len(_kept(office)) == 1


def test_a_replay_that_fails_loses_nothing(
    office: Office, talk: Talk, spool: Spool, away: sessionmaker[Session]
) -> None:
    _keep(Receiver(away, office.wake, spool), [_said(talk, "no hay agua", 1)])
    with pytest.raises(OperationalError):
        spool.replay(lambda arrivals: store(away, arrivals))
    assert spool.count() == 1


def test_a_batch_that_cannot_be_read_is_set_aside_for_a_person(
    office: Office, talk: Talk, tmp_path: Path, spool: Spool, away: sessionmaker[Session]
) -> None:
    (tmp_path / "spool").mkdir()
    (tmp_path / "spool" / "00000000000000000001-1-000000.events").write_text("{not json\n")
    _keep(Receiver(away, office.wake, spool), [_said(talk, "no hay agua", 1)])
    assert spool.replay(lambda arrivals: store(office.sessions, arrivals)) == 1
    assert [path.suffix for path in (tmp_path / "spool").iterdir()] == [".unreadable"]


def test_whatever_goes_wrong_while_keeping_is_told_and_the_next_are_kept(
    office: Office, talk: Talk, spool: Spool
) -> None:
    class Forgetful(Spool):
        def is_empty(self) -> bool:
            raise RuntimeError("where was I?")

    receiver = Receiver(office.sessions, office.wake, Forgetful(spool._folder))
    (outcome,) = _keep(receiver, [_said(talk, "no hay agua", 1)])
    assert isinstance(outcome, Busy)
    receiver._spool = spool
    assert _keep(receiver, [_said(talk, "no hay agua", 1)]) == [True]


def test_what_waits_keeps_its_order_when_the_clock_is_set_back(
    office: Office, talk: Talk, spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, moment in enumerate((7_000, 9_000, 8_000, 10_000)):
        monkeypatch.setattr(
            "intake.incoming.spool.time.time_ns", lambda moment=moment: moment
        )  # no clock can be set here
        spool.keep([_said(talk, "no hay agua", number)])
    came: list[str] = []
    spool.replay(lambda arrivals: came.extend(arrival.key.provider_id for arrival in arrivals))
    assert came == sorted(came)
    assert len(came) == 4


def test_without_room_on_the_disk_nobody_is_told_that_it_was_kept(
    office: Office, talk: Talk, tmp_path: Path, away: sessionmaker[Session]
) -> None:
    (tmp_path / "taken").write_text("a file where the folder should be")
    receiver = Receiver(away, office.wake, Spool(tmp_path / "taken"))
    (outcome,) = _keep(receiver, [_said(talk, "no hay agua", 1)])
    assert isinstance(outcome, Busy)
