"""Runs the program: as the office does, as a demo, in a terminal; and looks whether all is well."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer
import uvloop
from rich.console import Console

from bot.messages import ChannelName
from canaliza import demo as demonstration
from canaliza import doctor as doctoring
from canaliza import terminal
from canaliza.commands.shared import build_armed, out
from canaliza.replay.script import Way
from canaliza.replay.transcript import replay
from canaliza.serving import Part, Plan, check
from canaliza.serving import serve as run_program
from intake.schema import upgrade
from intake.settings import Settings, read_settings
from intake.wiring import build_office

app = typer.Typer()
Host = Annotated[str, typer.Option(help="Address to listen on")]
Port = Annotated[int, typer.Option(help="Port of the internet-facing app")]
StaffPort = Annotated[int, typer.Option(help="Port of the staff app")]


@app.command()
def serve(
    host: Host = "127.0.0.1",
    port: Port = 8080,
    staff_port: StaffPort = 8081,
    only: Annotated[list[Part] | None, typer.Option(help="One part of the program; for many hosts")] = None,
) -> None:
    """Both web apps and the workers in one process; --only for one part on each of many hosts."""
    _run(Plan(host, port, staff_port, frozenset(only or Part)))


@app.command()
def poll(host: Host = "127.0.0.1", port: Port = 8080, staff_port: StaffPort = 8081) -> None:
    """As serve, but Telegram is asked for messages: needs no public address."""
    _run(Plan(host, port, staff_port, polls=True))


@app.command()
def demo(
    host: Host = "127.0.0.1",
    port: Port = 8080,
    staff_port: StaffPort = 8081,
    phones_port: Annotated[int, typer.Option(help="Port of the front page with the two phones")] = 8082,
    folder: Annotated[Path, typer.Option(help="Where the demo keeps its data")] = Path("var/demo"),
) -> None:
    """The whole product on this machine with invented data; set up at the first start."""
    demonstration.run(demonstration.Ports(host, port, staff_port, phones_port), folder, out)


@app.command()
def doctor(
    watch: Annotated[bool, typer.Option("--watch", help="Go on looking, and say what changes")] = False,
    every: Annotated[float, typer.Option(min=1, help="Seconds between two looks of --watch")] = 60,
    as_json: Annotated[bool, typer.Option("--json", help="One look, for programs")] = False,
) -> None:
    """Check tokens, webhooks, clock, database, model, queues, backup and disk; say how to mend each fault."""
    sys.exit(asyncio.run(doctoring.watch(out, every) if watch else doctoring.examine(out, as_json=as_json)))


@app.command()
def console(
    file: Annotated[Path | None, typer.Option("--replay", help="Show a written conversation, and how it ends")] = None,
    channel: Annotated[ChannelName | None, typer.Option(help="Of --replay; default: the conversation's first")] = None,
    way: Annotated[Way, typer.Option(help="Of --replay: how the provider brings the messages")] = Way.IN_ORDER,
) -> None:
    """A conversation in the terminal: the whole way without any provider."""
    settings = read_settings()
    if file:
        sys.exit(0 if replay(settings, file, channel, way, Console()) else 1)
    upgrade(build_office(settings).engine)
    terminal.talk(settings)


def _run(plan: Plan) -> None:
    settings = read_settings()
    office = build_armed(settings)
    check(office, plan)
    _announce(settings, plan)
    uvloop.run(run_program(office, plan))


def _announce(settings: Settings, plan: Plan) -> None:
    channels = [n for n, has in (("Telegram", settings.has_telegram), ("WhatsApp", settings.has_whatsapp)) if has]
    out.print(f"Canaliza · {settings.jurisdiction} · channels: {', '.join(channels) or 'none (set their tokens)'}")
    if Part.WEB in plan.parts:
        out.print(f"  internet-facing  http://{plan.host}:{plan.port}  (as {settings.public_url})")
    if Part.STAFF in plan.parts:
        out.print(f"  staff            http://{plan.host}:{plan.staff_port}")
