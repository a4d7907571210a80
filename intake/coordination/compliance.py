"""The board of compliance: of each agency, what it got in a period and what became of it. Pure but for names."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from intake.indicators.board import list_agency_groups
from intake.indicators.measures import Ledger, Turn, coordinated
from intake.office import Office


@dataclass(frozen=True)
class AgencyLine:
    """`bounced`: petitions that it returned and that another agency got then. `is_coordinated`: as the matrix' P.2."""

    key: str
    name: str
    issued: int
    accepted_in_time: int
    answered_in_time: int
    returned: int
    bounced: int
    late: int
    is_coordinated: bool


def list_compliance(office: Office, ledger: Ledger) -> tuple[AgencyLine, ...]:
    """Those with most referrals first, as «Tablero» has them."""
    bounced, enough = _bounced(ledger), coordinated(ledger, office.matrix.values).numerator
    return tuple(
        AgencyLine(
            group.key,
            group.name or group.key,
            len(group.cells["issued"]),
            len(group.cells["accepted_in_time"]),
            len(group.cells["replied_in_time"]),
            len(group.cells["returned"]),
            len(bounced.get(group.key, ())),
            len(group.cells["late"]),
            group.key in enough,
        )
        for group in list_agency_groups(office, ledger)
    )


def _bounced(ledger: Ledger) -> Mapping[str, set[int]]:
    """By agency: petitions. What was sent on after the period is not known to the period's ledger."""
    by_matter: dict[int, list[Turn]] = defaultdict(list)
    for turn in ledger.turns:
        by_matter[turn.matter_id].append(turn)
    found: dict[str, set[int]] = defaultdict(set)
    for turn in ledger.turns:
        if turn.state == "returned" and any(
            one.id > turn.id and one.agency != turn.agency for one in by_matter[turn.matter_id]
        ):
            found[turn.agency].add(turn.petition_id)
    return found
