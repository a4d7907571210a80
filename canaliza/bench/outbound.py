"""Sending at a provider's cap: as near to it as the office comes when more waits than may leave, and never over it."""

import asyncio
import bisect
from collections.abc import Sequence
from pathlib import Path

from bot.messages import ChannelName
from canaliza.bench.figures import Figure
from canaliza.bench.load import run_load
from canaliza.bench.office import free_port, fresh_database, office_settings, sample_texts
from canaliza.bench.process import running, whole_office
from canaliza.bench.sink import Sending, Sink, open_sink
from canaliza.bench.webhooks import write_webhooks
from intake.settings import Settings

CITIZENS = 500
TELEGRAMS_CAP = 30  # messages a second in all (CHANNELS B3); the office keeps below it
NEAR = 0.95


def measure_outbound(
    settings: Settings, kind: str, folder: Path, server: str, *, citizens: int = CITIZENS
) -> list[Figure]:
    """`citizens` write on Telegram at once."""
    sent = sorted(asyncio.run(_flood(settings, kind, folder, server, citizens)), key=lambda sending: sending.at)
    cap = settings.telegram_per_second
    rate = (len(sent) - 1) / (sent[-1].at - sent[0].at)
    return [
        Figure("sent, of the cap that is set", rate / cap, "×", NEAR, beside=f"{rate:.1f} of {cap} a second"),
        Figure("most within any second", _most(sent), "messages", TELEGRAMS_CAP, is_ceiling=True),
        Figure("sooner than a second in one chat", _too_soon(sent), "messages", 0, is_ceiling=True),
    ]


async def _flood(settings: Settings, kind: str, folder: Path, server: str, citizens: int) -> Sequence[Sending]:
    """What the sink took until each of them had a reply."""
    port = free_port()
    with fresh_database(kind, folder, server) as url:
        async with open_sink() as sink:
            own = office_settings(settings, url, folder, api_url=sink.url, port=port).model_copy(
                update={"telegram_per_second": settings.telegram_per_second}
            )
            hooks = write_webhooks(own, sample_texts(own, citizens), first=1, channels=(ChannelName.TELEGRAM,))
            with running(own, whole_office(port), port, folder):
                await run_load(port, [hook.raw for hook in hooks])
                await sink.wait_for([hook.address for hook in hooks], timeout_s=60 + citizens / 5)
            return _until_last_first_reply(sink)


def _until_last_first_reply(sink: Sink) -> Sequence[Sending]:
    """Later ones may have had nothing to wait for."""
    last = max(sink.first_reply_at().values())
    return [sending for sending in sink.sendings if sending.at <= last]


def _most(sent: Sequence[Sending]) -> int:
    moments = [sending.at for sending in sent]
    return max(bisect.bisect_left(moments, at + 1) - place for place, at in enumerate(moments))


def _too_soon(sent: Sequence[Sending]) -> int:
    last: dict[str, float] = {}
    soon = 0
    for sending in sent:
        soon += sending.at - last.get(sending.address, float("-inf")) < 1
        last[sending.address] = sending.at
    return soon
