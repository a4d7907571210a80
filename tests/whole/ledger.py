"""How many trials without a violation a run of the fault suite was, and what that bounds (RELIABILITY, rule of three).

Each case writes what it did into its report, so that the summary holds also when several processes ran the tests.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.whole.invariants import check_invariants
from tests.whole.program import Program
from tests.whole.providers import Providers

ENTRY = "fault-ledger"


@dataclass(frozen=True)
class Ledger:
    """Given to a case by the fixture `ledger`."""

    record: Callable[[str, Any], None]

    def holds(self, program: Program, providers: Providers, *, faults: int, note: str = "") -> None:
        """Raises AssertionError with every violated invariant; otherwise the case counts: its messages, its faults."""
        violations = check_invariants(program, providers)
        assert not violations, "\n".join(violations)
        written = {posted["event"] for posted in providers.log()["webhooks"] if posted["kind"] != "status"}
        self.record(ENTRY, {"messages": len(written), "faults": faults, "note": note})


def summarise(reports: list[Any]) -> list[str]:
    """The lines at the end of a run; none when no case of the suite ran."""
    entries = [value for report in reports for name, value in report.user_properties if name == ENTRY]
    if not entries:
        return []
    messages, faults = (sum(entry[what] for entry in entries) for what in ("messages", "faults"))
    notes = [entry["note"] for entry in entries if entry["note"]]
    bounds = [f"3/{count} = {3 / count:.2g}" for count in (messages, faults) if count]
    claim = f"zero violations bounds the failure rate below {' a message, '.join(bounds)} a fault at 95 %"
    return [*notes, f"N = {messages} messages, {faults} faults, {len(entries)} cases; {claim}"]
