"""Every table, in the order of a message's way. Rows are the queue: what waits is a row with a state and a time.

Whoever imports one module has them all, so that the database's shape is whole.
"""

from intake.tables import (
    accounts,
    alerts,
    answers,
    archive,
    audit,
    base,
    bulk,
    calendar,
    citizens,
    coordination,
    correspondence,
    erasing,
    incoming,
    meetings,
    mind,
    notices,
    open_data,
    outbox,
    outgoing,
    petitions,
    rules,
    studies,
    systems,
)
from intake.tables.base import Table

__all__ = [
    "Table",
    "accounts",
    "alerts",
    "answers",
    "archive",
    "audit",
    "base",
    "bulk",
    "calendar",
    "citizens",
    "coordination",
    "correspondence",
    "erasing",
    "incoming",
    "meetings",
    "mind",
    "notices",
    "open_data",
    "outbox",
    "outgoing",
    "petitions",
    "rules",
    "studies",
    "systems",
]
