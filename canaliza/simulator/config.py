"""What a simulator needs to know of the program that it stands opposite to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.messages import ChannelName
from canaliza.simulator.scene import NOBODY, Scene
from intake.clock import utc_now


@dataclass(frozen=True)
class Pace:
    """Seconds that things take at a provider; tests hurry them. `retry_s`: Telegram's first pause, then doubled."""

    sent_s: float = 0.15
    delivered_s: float = 0.25
    read_s: float = 1.5
    retry_s: float = 1.0


@dataclass(frozen=True)
class Acquaintance:
    """Somebody who has written to the office before this simulator started, so that it may write to them."""

    channel: ChannelName
    address: str
    name: str
    last_inbound_at: datetime | None = None


@dataclass(frozen=True)
class SimulatorConfig:
    """`whatsapp_webhook_url`: whole address of POST /webhooks/whatsapp. `public_url`: the simulator's own, for media.

    `staff_url` empty: the front page shows the phones alone. `staff_hint`: how to log in there.
    `clock` rules windows and expiries, not the pace.
    """

    telegram_token: str
    twilio_account_sid: str
    twilio_auth_token: str
    whatsapp_sender: str
    whatsapp_webhook_url: str
    public_url: str
    staff_url: str = ""
    staff_hint: str = ""
    bot_username: str = "CanalizaBot"
    scene: Scene = NOBODY
    acquaintances: Sequence[Acquaintance] = ()
    pace: Pace = Pace()
    clock: Callable[[], datetime] = utc_now
