"""End to end: a webhook in, the model, the first reply handed to the provider (a sink on this machine)."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from canaliza.bench.figures import Figure
from canaliza.bench.load import run_load
from canaliza.bench.office import free_port, fresh_database, office_settings, sample_texts
from canaliza.bench.process import Server, running, whole_office
from canaliza.bench.sink import Sink, open_sink
from canaliza.bench.webhooks import Webhook, write_webhooks
from intake.settings import Settings

PER_SECOND, PACED, FLOOD = 20, 300, 1_000
SUSTAINED, TWO_WORKERS = 250.0, 1.7


def measure_end_to_end(
    settings: Settings, kind: str, folder: Path, server: str, *, paced: int = PACED, flood: int = FLOOD
) -> list[Figure]:
    one = asyncio.run(_measure(settings, kind, folder, server, workers=0, paced=paced, flood=flood))
    figures = [
        Figure("webhook to reply at 20/s, p50", one.p50_ms, "ms", 30, is_ceiling=True),
        Figure("webhook to reply at 20/s, p99", one.p99_ms, "ms", 120, is_ceiling=True),
        Figure("sustained, one process", one.rate, "messages/s", SUSTAINED, beside=one.beside),
        Figure("memory after it", one.memory_mb, "MB", 400, is_ceiling=True),
    ]
    if kind == "postgresql":
        two = asyncio.run(_measure(settings, kind, folder, server, workers=2, paced=0, flood=flood))
        beside = f"{two.rate:,.0f} messages/s; web, workers, generator, database share two cores"
        figures.append(Figure("two worker processes, of one", two.rate / one.rate, "×", TWO_WORKERS, beside=beside))
    return figures


class _Outcome:
    """Of one office."""

    p50_ms = p99_ms = float("nan")
    rate = memory_mb = 0.0
    beside = ""


async def _measure(
    settings: Settings, kind: str, folder: Path, server: str, *, workers: int, paced: int, flood: int
) -> _Outcome:
    outcome, port = _Outcome(), free_port()
    with fresh_database(kind, folder, server) as url, ExitStack() as stack:
        async with open_sink() as sink:
            own = office_settings(settings, url, folder, api_url=sink.url, port=port)
            office = await asyncio.to_thread(_start, stack, own, workers, port, folder)
            texts = sample_texts(settings, paced + flood + 50)
            await _send(sink, own, texts[:50], 1, port)  # warm
            if paced:
                hooks, began = await _send(sink, own, texts[50 : 50 + paced], 10_000, port, PER_SECOND)
                taken = _latencies(sink, hooks, began)
                outcome.p50_ms, outcome.p99_ms = (float(np.percentile(taken, share)) * 1000 for share in (50, 99))
            cpu = office.cpu_s
            _, began = await _send(sink, own, texts[-flood:], 1_000_000, port)
            passed = time.monotonic() - began[0]
            outcome.rate, outcome.memory_mb = flood / passed, office.memory_mb
            outcome.beside = f"{(office.cpu_s - cpu) / flood * 1000:.1f} ms of processor a message in the process"
    return outcome


def _start(stack: ExitStack, own: Settings, workers: int, port: int, folder: Path) -> Server:
    serve = whole_office(port)
    if not workers:
        return stack.enter_context(running(own, serve, port, folder))
    web = stack.enter_context(running(own, [*serve, "--only", "web"], port, folder))
    for _ in range(workers):
        stack.enter_context(running(own, ["canaliza.cli", "serve", "--only", "worker"], None, folder))
    return web


async def _send(
    sink: Sink, own: Settings, texts: Sequence[str], first: int, port: int, per_second: float | None = None
) -> tuple[list[Webhook], list[float]]:
    """Until each citizen has had a reply; the webhooks, and when each was due."""
    hooks = write_webhooks(own, texts, first=first)
    run = await run_load(port, [hook.raw for hook in hooks], per_second=per_second)
    await sink.wait_for([hook.address for hook in hooks], timeout_s=120)
    return hooks, run.sent_at


def _latencies(sink: Sink, hooks: Sequence[Webhook], began: Sequence[float]) -> list[float]:
    first = sink.first_reply_at()
    return [first[hook.address] - at for hook, at in zip(hooks, began, strict=True)]
