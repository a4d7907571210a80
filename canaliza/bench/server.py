"""The web app alone, in a process of its own: with the real receiver, or with one that keeps nothing (`nothing`).

`python -m canaliza.bench.server KIND PORT`; settings from the environment, as the program's.
"""

import sys
from pathlib import Path

import uvicorn

from bot.messages import ChannelName, EventKey, WebhookRequest
from canaliza import logs
from canaliza.serving import SWITCH_S, server_config
from intake.incoming.receive import Receiver
from intake.incoming.spool import Spool
from intake.incoming.webhooks import build_app
from intake.office import Office
from intake.settings import read_settings
from intake.wiring import build_office


class Keepless(Receiver):
    """Answers that all was kept, and keeps nothing."""

    async def keep(self, channel: ChannelName, kind: str, key: EventKey, request: WebhookRequest) -> bool:
        return True


def receiver_of(kind: str, office: Office) -> Receiver:
    receiver = Keepless if kind == "nothing" else Receiver
    return receiver(office.sessions, office.wake, Spool(Path(office.settings.spool_dir)))


def main() -> None:
    kind, port = sys.argv[1:3]
    logs.set_up(level=logs.WARNING)
    office = build_office(read_settings())
    app = build_app(office, receiver_of(kind, office))
    sys.setswitchinterval(SWITCH_S)
    uvicorn.Server(server_config(app, "127.0.0.1", int(port))).run()


if __name__ == "__main__":
    main()
