"""A citizen's conversation as tests speak it: says something, lets the workers work, reads what came back."""

import asyncio
import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from bot.messages import ChannelName, Choice, Outbound, WebhookRequest
from bot.numbering import number_choices
from intake.clock import utc_now
from intake.incoming.receive import store
from intake.incoming.spool import Arrival
from intake.office import Office
from intake.outgoing.sending import Sender
from intake.tables.citizens import Conversation
from intake.tables.outgoing import Reply
from intake.tables.petitions import Petition
from intake.thinking.worker import Worker


@dataclass
class Talk:
    """One address on the console channel."""

    office: Office
    address: str

    def says(self, text: str = "", *, button: str | None = None, id: str | None = None) -> list[str]:  # noqa: A002
        """Send, work until nothing is left, return the new replies' texts in order."""
        before = len(self.replies())
        self.sends(text, button=button, id=id)
        self.works()
        return self.replies()[before:]

    def sends(self, text: str = "", *, button: str | None = None, id: str | None = None) -> list[bool]:  # noqa: A002
        """Keep the event only; True at the place of what was new."""
        return store(self.office.sessions, [self.arrival(text, button=button, id=id)])

    def arrival(self, text: str = "", *, button: str | None = None, id: str | None = None) -> Arrival:  # noqa: A002
        body = {
            "id": id or uuid.uuid4().hex,
            "address": self.address,
            "text": text,
            "button": button,
            "sent_at": utc_now().isoformat(),
        }
        request = WebhookRequest(json.dumps(body).encode(), {})
        key = self.office.channels[ChannelName.CONSOLE].peek(request)
        return Arrival(ChannelName.CONSOLE, "message", key, request, utc_now())

    def works(self) -> None:
        """In a thread of its own: Playwright keeps an event loop in the test's, and the sender starts another."""
        with ThreadPoolExecutor(1) as pool:
            pool.submit(copy_context().run, self._work).result()

    def thinks(self) -> None:
        """Work until nothing is left; what is to be said waits."""
        worker = Worker(self.office, lambda name, callback_id: None)
        while worker.work_once():
            pass

    def _work(self) -> None:
        self.thinks()
        sender = Sender(self.office)
        while asyncio.run(sender.send_due()):
            pass

    def replies(self) -> list[str]:
        with self.office.sessions() as session:
            rows = select(Reply).join(Conversation).where(Conversation.address == self.address).order_by(Reply.id)
            return [_shown(row) for row in session.scalars(rows)]

    def petitions(self) -> list[Petition]:
        with self.office.sessions() as session:
            rows = select(Petition).join(Conversation).where(Conversation.address == self.address)
            return list(session.scalars(rows.order_by(Petition.id).options(selectinload(Petition.matters))))


def _shown(row: Reply) -> str:
    return number_choices(Outbound(row.text, tuple(Choice(label, data) for label, data in row.choices)))
