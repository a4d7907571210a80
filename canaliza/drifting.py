"""`canaliza drift`: the last month against the months before it, as a table."""

from rich.console import Console
from rich.table import Table as Lines

from intake.clock import utc_now
from intake.database import reading
from intake.mind.shifts import CASES_MIN, Shift, find_drift
from intake.office import Office
from nlp.drift import MOVED, MOVED_FAR


def show(office: Office, out: Console) -> None:
    with reading(office.sessions) as session:
        found = find_drift(session, office, utc_now())
    lines = Lines("what", "cases before", "cases now", "stability index", "")
    for shift in found.shifts:
        index = f"{shift.index:.3f}" if shift.index is not None else "–"
        lines.add_row(shift.name.replace("_", " "), str(shift.before), str(shift.now), index, _verdict(shift))
    out.print(lines)
    before, now = (
        f"{share:.2f}" if share is not None else "–" for share in (found.agreement_before, found.agreement_now)
    )
    out.print(f"decided as first suggested: {before} before, {now} now")


def _verdict(shift: Shift) -> str:
    if shift.index is None:
        return f"fewer than {CASES_MIN} cases on a side"
    if shift.index >= MOVED_FAR:
        return "moved far: look at the newest petitions, consider `canaliza train --with-decisions`"
    return "moved" if shift.index >= MOVED else "steady"
