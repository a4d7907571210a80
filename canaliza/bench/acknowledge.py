"""Acknowledging: durable, deduplicated, verified webhooks a second, beside the same app that keeps nothing."""

import asyncio
from pathlib import Path

from bot.messages import ChannelName
from canaliza.bench.figures import Figure
from canaliza.bench.load import Run, run_load
from canaliza.bench.office import free_port, fresh_database, office_settings, sample_texts
from canaliza.bench.process import running
from canaliza.bench.webhooks import write_webhooks
from intake.settings import Settings

REQUESTS, PACED_S, BURST = 6_000, 4.0, 500
TELEGRAM = (ChannelName.TELEGRAM,)


def measure_acknowledging(
    settings: Settings, kind: str, folder: Path, server: str, *, fsyncs: float, requests: int = REQUESTS
) -> list[Figure]:
    bare = _measure(settings, kind, folder, server, "nothing", requests)[0]
    kept, paced, burst = _measure(settings, kind, folder, server, "real", requests)
    library = _measure_library(settings, folder, requests)
    ratio = kept.rate / bare.rate
    beside = f"{kept.rate:,.0f} a second; keeping nothing {bare.rate:,.0f}; {fsyncs:,.0f} fsyncs"
    return [
        Figure("acknowledged, of the same server keeping nothing", ratio, "×", 0.75, beside=beside),
        Figure(
            "acknowledged, of python-telegram-bot's own webhook application",
            kept.rate / library.rate,
            "×",
            2,
            beside=f"which keeps nothing: {library.rate:,.0f} a second",
        ),
        Figure("acknowledged, of the disk's fsyncs", kept.rate / fsyncs, "×", 10 if fsyncs < 500 else None),
        Figure("p99 at half of the maximum", paced.percentile_ms(99), "ms", 50, is_ceiling=True),
        Figure(f"{BURST} at once, all acknowledged after", burst.ended - burst.began, "s", 2, is_ceiling=True),
        Figure("refused", kept.refused + paced.refused + burst.refused, "requests", 0, is_ceiling=True),
    ]


def _measure_library(settings: Settings, folder: Path, requests: int) -> Run:
    """As fast as answers come, the better of two."""
    port = free_port()
    own = office_settings(settings, "sqlite://", folder, api_url="http://127.0.0.1:9", port=port)
    texts = sample_texts(settings, requests)
    with running(own, ["canaliza.bench.library", str(port)], port, folder):
        runs = [
            asyncio.run(
                run_load(port, [hook.raw for hook in write_webhooks(own, texts, first=base, channels=TELEGRAM)])
            )
            for base in (1, 1_000_000)
        ]
        return max(runs, key=lambda run: run.rate)


def _measure(
    settings: Settings, kind: str, folder: Path, server: str, receiver: str, requests: int
) -> tuple[Run, Run, Run]:
    """As fast as answers come, the better of two; at half of that rate; a burst."""
    port = free_port()
    with fresh_database(kind, folder, server) as url:
        own = office_settings(settings, url, folder, api_url="http://127.0.0.1:9", port=port)
        count = max(int(PACED_S * 4_000), BURST, requests)
        texts = sample_texts(settings, min(count, 20_000))
        with running(own, ["canaliza.bench.server", receiver, str(port)], port, folder):

            def load(first: int, number: int, per_second: float | None = None) -> Run:
                hooks = write_webhooks(own, texts[:number], first=first, channels=TELEGRAM)
                return asyncio.run(run_load(port, [hook.raw for hook in hooks], per_second=per_second))

            load(1, min(500, requests))
            fast = max((load(base, requests) for base in (1_000_000, 2_000_000)), key=lambda run: run.rate)
            half = fast.rate / 2
            paced = load(3_000_000, max(1, min(len(texts), int(half * PACED_S))), half)
            return fast, paced, load(4_000_000, min(BURST, len(texts)))
