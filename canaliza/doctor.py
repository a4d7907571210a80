"""`canaliza doctor`: asks each part whether it can work, and says how to mend what cannot; once, or again and again."""

import asyncio
import json
import signal
from dataclasses import asdict

from rich.console import Console

from canaliza.finding import Finding
from canaliza.findings import list_findings
from intake.clock import utc_now
from intake.office import Office
from intake.settings import read_settings
from intake.wiring import build_office


async def examine(out: Console, *, as_json: bool = False) -> int:
    """Print every finding; exit code 1 when something is broken. Raises SettingsError."""
    office = build_office(read_settings())
    findings = [finding async for finding in list_findings(office)]
    await _leave(office)
    if as_json:
        print(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=1))
    else:
        for finding in findings:
            out.print(_line(finding), highlight=False)
    return 1 if any(finding.is_broken for finding in findings) else 0


async def watch(out: Console, every_s: float) -> int:
    """Print what has changed since the look before, until a signal comes. Only reads: the office may serve."""
    office, stop = build_office(read_settings()), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    known: dict[str, Finding] = {}
    while not stop.is_set():
        async for finding in list_findings(office):
            if finding.says_other_than(known.get(finding.part)):
                out.print(f"{_now(office)} {_line(finding)}", highlight=False)
            known[finding.part] = finding
        try:
            await asyncio.wait_for(stop.wait(), every_s)
        except TimeoutError:
            continue
    await _leave(office)
    return 0


def _now(office: Office) -> str:
    return utc_now().astimezone(office.jurisdiction.zone).strftime("%Y-%m-%d %H:%M:%S")


async def _leave(office: Office) -> None:
    for channel in office.channels.values():
        await channel.close()


def _line(finding: Finding) -> str:
    mark = "[green]✓[/]" if not finding.remedy else "[yellow]![/]" if finding.is_warning else "[bold red]✗[/]"
    return f"{mark} {finding.part}: {finding.found}" + (f"\n    → {finding.remedy}" if finding.remedy else "")
