"""`canaliza console`: a conversation in the terminal, through the very steps that providers' messages take."""

import asyncio
import json
import secrets

from rich.console import Console as Screen
from rich.panel import Panel
from rich.text import Text

from bot.console import Console
from bot.messages import ChannelName, Outbound, WebhookRequest
from intake.clock import utc_now
from intake.incoming.receive import store
from intake.incoming.spool import Arrival
from intake.outgoing.sending import Sender
from intake.settings import Settings
from intake.thinking.worker import Worker
from intake.wiring import build_office

HELLO = "Escriba como si estuviera en el chat. Para salir: Ctrl+D."


def talk(settings: Settings) -> None:
    """Until the end of the input."""
    screen = Screen()
    channel = Console(lambda address, message: _show(screen, message))
    office = build_office(settings, further={ChannelName.CONSOLE: channel})
    worker, sender = Worker(office, lambda name, callback_id: None), Sender(office)
    address = f"console-{secrets.token_hex(4)}"
    screen.print(HELLO, style="dim")
    while True:
        try:
            text = screen.input("[bold]› [/]")
        except (EOFError, KeyboardInterrupt):
            return
        store(office.sessions, [_arrival(channel, address, text)])
        while worker.work_once():
            pass
        while asyncio.run(sender.send_due()):
            pass


def _arrival(channel: Console, address: str, text: str) -> Arrival:
    body = {"id": secrets.token_hex(8), "address": address, "text": text, "sent_at": utc_now().isoformat()}
    request = WebhookRequest(json.dumps(body).encode(), {})
    return Arrival(ChannelName.CONSOLE, "message", channel.peek(request), request, utc_now())


def _show(screen: Screen, message: Outbound) -> None:
    screen.print(Panel.fit(Text(message.text), border_style="green"))
