"""`canaliza audit`: proves the trail in the terminal, and writes it out for whoever proves it elsewhere."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC
from typing import TextIO

from rich.console import Console

from intake.audit.checks import Fault, FaultKind, check
from intake.audit.reading import TrailLine, Wish, all_lines
from intake.audit.trail import CONSOLE, Act, Head, note_alone, seal
from intake.database import reading
from intake.errors import SettingsError
from intake.office import Office

SAID = {
    FaultKind.CHANGED: "entry {0} was changed",
    FaultKind.MISSING: "entry {0} is missing",
    FaultKind.UNLINKED: "entry {0} does not follow from the one before it",
    FaultKind.CUT_OFF: "the end of the trail is missing, entry {0} and what came after",
    FaultKind.OTHER_HEAD: "entry {0} is not the one whose hash was kept",
    FaultKind.HISTORY_REMOVED: "entry {0} seals a stretch of the history that is not whole any more",
    FaultKind.HISTORY_CHANGED: "entry {0} of the history of {1} was changed",
}


def verify(office: Office, heads: Sequence[str], out: Console) -> bool:
    """Whether it holds. Raises SettingsError for a head of another form."""
    verdict = check(office, [_head(written) for written in heads])
    if verdict.fault:
        out.print(f"[bold red]The trail does not hold:[/] {_say(verdict.fault)}.", highlight=False)
        out.print(f"It holds up to {verdict.head.number}:{verdict.head.hash}", highlight=False, soft_wrap=True)
        return False
    out.print(f"{verdict.head.number} entries and the history of {verdict.histories} petitions hold.", highlight=False)
    out.print(f"Head, to be written down elsewhere: {verdict.head.number}:{verdict.head.hash}", soft_wrap=True)
    return True


def export(office: Office, file: TextIO) -> None:
    """That it was taken is an entry too, the last one of it."""
    note_alone(office, CONSOLE, Act.TRAIL_EXPORTED)
    seal(office)
    with reading(office.sessions) as session:
        for line in all_lines(session, office.jurisdiction.zone, Wish()):
            file.write(json.dumps(_plain(line), ensure_ascii=False, sort_keys=True) + "\n")


def _plain(line: TrailLine) -> dict[str, object]:
    """The moment as it is in the hash."""
    return {**asdict(line), "at": line.at.astimezone(UTC).isoformat()}


def _head(written: str) -> Head:
    number, _, digest = written.partition(":")
    if not number.isdecimal() or len(digest) != 64:
        raise SettingsError("--head must look like NUMBER:HASH, as `canaliza audit verify` wrote it")
    return Head(int(number), digest.lower())


def _say(fault: Fault) -> str:
    return SAID[fault.kind].format(fault.number, fault.folio)
