"""A message that comes after its own correction, or once more under another number, changes nothing that was heard; a
photo that was put in another's place is kept (case 18)."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.messages import ChannelName, WebhookRequest
from bot.telegram import Telegram
from intake.clock import at
from intake.incoming.receive import store
from intake.incoming.spool import Arrival
from intake.office import Office
from intake.tables.incoming import Attachment, InboundEvent, Message
from intake.tables.outgoing import Reply
from intake.tables.petitions import Petition
from intake.thinking.worker import Worker

NOW = datetime.fromisoformat("2026-11-25T18:00:00+00:00")
FIRST = "no hay agua en la colonia Reforma desde hace ocho dias"
CORRECTED = "no hay agua en la colonia Volcanes desde hace ocho dias"


def _photo(name: str) -> list[dict[str, Any]]:
    return [{"file_id": f"f{name}", "file_unique_id": name, "width": 90, "height": 90}]


class Chat:
    """One person of Telegram; each update is worked through before the next one comes."""

    def __init__(self, office: Office) -> None:
        self._telegram = Telegram("1:invented", webhook_secret="s", api_url="http://127.0.0.1:9")
        self.office = replace(office, channels={ChannelName.TELEGRAM: self._telegram})

    def says(self, update: int, text: str, *, edited: int = 0, photo: str = "", message: int = 7) -> int:
        """How many replies there are now. `edited`: seconds after it was written."""
        person = {"id": 5000000001, "is_bot": False, "first_name": "Ana"}
        said: dict[str, Any] = {"message_id": message, "caption" if photo else "text": text, "from": person}
        said |= {"chat": {"id": person["id"], "type": "private"}, "date": int(NOW.timestamp())}
        said |= {"edit_date": int(NOW.timestamp()) + edited} if edited else {}
        said |= {"photo": _photo(photo)} if photo else {}
        kind = "edited_message" if edited else "message"
        request = WebhookRequest(json.dumps({"update_id": update, kind: said}).encode(), {})
        with at(NOW):
            arrival = Arrival(ChannelName.TELEGRAM, "message", self._telegram.peek(request), request, NOW)
            store(self.office.sessions, [arrival])
            worker = Worker(self.office, lambda name, callback_id: None)
            while worker.work_once():
                pass
        with self.office.sessions() as session:
            return session.scalar(select(func.count()).select_from(Reply)) or 0

    def petition(self) -> Petition:
        with self.office.sessions() as session:
            [found] = session.scalars(select(Petition))
            assert set(session.scalars(select(InboundEvent.state))) == {"processed"}
            return found

    def texts(self) -> list[tuple[int, str, int | None]]:
        with self.office.sessions() as session:
            rows = session.scalars(select(Message).order_by(Message.version))
            return [(row.version, row.text, row.petition_id) for row in rows]

    def files(self) -> list[tuple[str, int | None]]:
        with self.office.sessions() as session:
            rows = session.scalars(select(Attachment).order_by(Attachment.id))
            return [(row.unique_id, row.petition_id) for row in rows]

    def matter(self) -> str:
        with self.office.sessions() as session:
            [matter] = session.get_one(Petition, self.petition().id).matters
            return str(matter.text)


@pytest.fixture
def chat(office: Office) -> Chat:
    return Chat(office)


def test_a_correction_that_came_first_holds(chat: Chat) -> None:
    replies = chat.says(2, CORRECTED, edited=30)
    assert replies
    assert chat.says(1, FIRST) == replies
    own = chat.petition().id
    assert chat.texts() == [(0, FIRST, own), (1, CORRECTED, own)]
    assert chat.says(3, "somos de Tlaxiaco", message=8) > replies
    assert "Volcanes" in chat.matter()
    assert "Reforma" not in chat.matter()


def test_a_further_correction_is_heard_after_all(chat: Chat) -> None:
    chat.says(2, CORRECTED, edited=30)
    chat.says(1, FIRST)
    chat.says(3, f"{CORRECTED}, urge", edited=60)
    assert chat.matter() == f"{CORRECTED}, urge"
    assert chat.says(4, f"{CORRECTED}, urge", edited=90) == chat.says(5, FIRST)
    assert [version for version, _, _ in chat.texts()] == [0, 1, 3]


def test_the_same_message_under_another_number_is_heard_once(chat: Chat) -> None:
    replies = chat.says(10, FIRST)
    assert chat.says(3, FIRST) == replies
    assert chat.says(99, FIRST) == replies
    assert len(chat.texts()) == 1
    assert chat.petition()


def test_photos_of_a_correction_are_kept_once_each(chat: Chat) -> None:
    chat.says(2, CORRECTED, edited=30, photo="one")
    chat.says(1, FIRST, photo="one")
    own = chat.petition().id
    assert chat.files() == [("one", own)]
    assert chat.says(3, CORRECTED, edited=40, photo="two") == chat.says(4, CORRECTED, edited=50, photo="two")
    assert chat.files() == [("one", own), ("two", own)]


def test_a_photo_that_its_correction_did_not_bear_comes_late(chat: Chat) -> None:
    chat.says(2, CORRECTED, edited=30, photo="two")
    chat.says(1, CORRECTED, photo="one")
    own = chat.petition().id
    assert chat.files() == [("two", own), ("one", own)]
