"""A file that is kept is deleted at its provider a day later, tried again until it is gone, and asked for once."""

import asyncio
from datetime import timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile

import pytest
from sqlalchemy import select

from bot.console import Console
from bot.errors import FetchError
from bot.messages import Attachment as Source
from bot.messages import AttachmentKind, ChannelName
from intake.clock import utc_now
from intake.incoming.forgetting import AGAIN, forget_due
from intake.incoming.media import HELD_FOR, Kept, Waiting, settle_kept
from intake.office import Office
from intake.tables.incoming import Attachment, Message
from tests.talk import Talk

MOMENT = timedelta(seconds=1)


class Holder(Console):
    """A provider that holds files; `fault`: what it answers instead of deleting."""

    name = ChannelName.WHATSAPP

    def __init__(self) -> None:
        super().__init__()
        self.forgot = list[str]()
        self.fault: FetchError | None = None

    async def forget(self, attachment: Source) -> None:
        if self.fault:
            raise self.fault
        self.forgot.append(attachment.external_id)


@pytest.fixture
def holder() -> Holder:
    return Holder()


@pytest.fixture
def kept(office: Office, talk: Talk) -> int:
    """A file of WhatsApp's that has just been kept."""
    return _keep(office, talk, ChannelName.WHATSAPP)


def _keep(office: Office, talk: Talk, channel: ChannelName) -> int:
    talk.says("no hay luz en mi casa desde ayer")
    url = f"https://media/{channel.value}"
    with office.sessions.begin() as session:
        message = session.scalars(select(Message)).first()
        assert message
        row = Attachment(
            message_id=message.id,
            channel=channel.value,
            kind=AttachmentKind.PHOTO.value,
            external_id=url,
            unique_id="ME1",
            next_attempt_at=utc_now(),
        )
        session.add(row)
        session.flush()
        number = row.id
    with NamedTemporaryFile() as fetched:
        office.files.put(Path(fetched.name), "ab/ab")
    source = Source(AttachmentKind.PHOTO, url, "ME1")
    settle_kept(office, Waiting(number, channel.value, source, 1), Kept("ab/ab", 3, "ab", "image/png"))
    return number


def _forget(office: Office, holder: Holder, after: timedelta) -> int:
    return asyncio.run(forget_due(office, holder, utc_now() + after))


def _row(office: Office, number: int) -> Attachment:
    with office.sessions() as session:
        return session.get_one(Attachment, number)


def test_a_kept_file_is_deleted_once_a_day_later(office: Office, holder: Holder, kept: int) -> None:
    assert _forget(office, holder, HELD_FOR / 2) == 0
    assert _forget(office, holder, HELD_FOR + MOMENT) == 1
    assert _forget(office, holder, HELD_FOR * 2) == 0
    assert holder.forgot == ["https://media/whatsapp"]
    assert (_row(office, kept).forget_at, _row(office, kept).state) == (None, "stored")


def test_a_file_that_cannot_be_deleted_now_is_tried_again_an_hour_later(
    office: Office, holder: Holder, kept: int
) -> None:
    holder.fault = FetchError("500", "away", retryable=True)
    assert _forget(office, holder, HELD_FOR + MOMENT) == 1
    assert _forget(office, holder, HELD_FOR + MOMENT * 2) == 0
    holder.fault = None
    assert _forget(office, holder, HELD_FOR + AGAIN + MOMENT * 3) == 1
    assert holder.forgot == ["https://media/whatsapp"]
    assert _row(office, kept).forget_at is None


def test_a_file_that_is_not_the_providers_is_not_asked_for_again(office: Office, holder: Holder, kept: int) -> None:
    holder.fault = FetchError("address", "not an address of the API")
    assert _forget(office, holder, HELD_FOR + MOMENT) == 1
    assert _row(office, kept).forget_at is None


def test_what_a_provider_does_not_hold_is_left_alone(office: Office, talk: Talk, holder: Holder) -> None:
    number = _keep(office, talk, ChannelName.TELEGRAM)
    assert _row(office, number).forget_at is None
    assert _forget(office, holder, HELD_FOR + MOMENT) == 0
