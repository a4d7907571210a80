"""The matrix once more by SQL of its own, over any span of days: what the program counts in Python is counted here.

Days are those of Oaxaca, six hours behind UTC since the end of summer time (DOF 28-10-2022).
"""

from collections.abc import Container
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import text

from intake.office import Office


@dataclass(frozen=True)
class Span:
    """Petitions received from `first` to `last`, as seen on the day `cut`."""

    first: date
    last: date
    cut: date
    closed: Container[date]


RECEIVED = """counted AS (SELECT * FROM petitions WHERE {opened} BETWEEN '{first}' AND '{last}'
    AND status NOT IN ('NO_PETICION', 'ACUMULADA') AND emergency IS NULL AND data_right IS NULL)"""
DECISIONS = """decisions_of AS (SELECT m.petition_id AS id, min({decided}) AS day, max(d.id) AS newest
    FROM decisions d JOIN matters m ON m.id = d.matter_id WHERE d.undone_at IS NULL GROUP BY m.petition_id)"""
DECIDED = """decided AS (SELECT o.id, o.day, d.agency FROM decisions_of o JOIN decisions d ON d.id = o.newest)"""
CLASSIFIED = """classified AS (SELECT id, day FROM decided UNION SELECT petition_id, min({happened}) FROM history h
    WHERE name = 'ORIENTADA' AND petition_id NOT IN (SELECT id FROM decided) GROUP BY petition_id)"""
NEWEST = """newest AS (SELECT m.petition_id AS id, max(r.id) AS turn FROM referrals r
    JOIN matters m ON m.id = r.matter_id
    WHERE r.state <> 'undone' GROUP BY m.petition_id)"""
TURNS = "turns AS (SELECT n.id, r.kind, r.state FROM newest n JOIN referrals r ON r.id = n.turn)"
KNOWN = """known AS (SELECT petition_id AS id, min({happened}) AS day FROM history h WHERE name = 'NOTIFICADA'
    GROUP BY petition_id UNION ALL SELECT r.petition_id, min({came}) FROM replies r
    WHERE r.purpose = 'notice.guided' AND (r.delivery IN ('delivered', 'read') OR (r.state = 'accepted'
    AND r.channel IN ('telegram', 'console'))) GROUP BY r.petition_id)"""
TOLD = """told AS (SELECT k.id, min(k.day) AS day FROM known k GROUP BY k.id)"""
ENDED = """ended AS (SELECT p.id FROM petitions p JOIN (SELECT petition_id, max({happened}) AS day FROM history h
    WHERE name IN ('CONCLUIDA', 'ORIENTADA', 'DESISTIDA') GROUP BY petition_id) e ON e.petition_id = p.id
    WHERE p.status IN ('CONCLUIDA', 'ORIENTADA', 'DESISTIDA') AND e.day BETWEEN '{first}' AND '{last}')"""
STILL = "status IN ('TURNADA', 'REMITIDA', 'ACEPTADA', 'EN_ATENCION', 'RECIBIDA', 'CLASIFICADA', 'DEVUELTA')"
MATURE = "counted c WHERE c.due_on < '{cut}'"
KNOWS = "AND c.id IN (SELECT id FROM told) AND NOT c.{still}"
OUTSIDE = "('{outside}')"
# ruff: noqa: S608 — the test's own words alone
SQL = {
    "classified": ("counted WHERE id IN (SELECT id FROM classified)", "counted"),
    "classified_in_time": (
        "counted c JOIN classified d ON d.id = c.id JOIN terms t ON t.day = {opened_c} WHERE d.day <= t.one",
        "counted",
    ),
    "referred": (
        "counted WHERE id IN (SELECT id FROM decided) AND id IN (SELECT id FROM turns)",
        "counted WHERE id IN (SELECT id FROM decided)",
    ),
    "remitted": (
        f"counted WHERE id IN (SELECT id FROM decided WHERE agency IN {OUTSIDE}) AND id IN (SELECT id FROM turns WHERE "
        "kind = 'remision')",
        f"counted WHERE id IN (SELECT id FROM decided WHERE agency IN {OUTSIDE})",
    ),
    "accepted_by_state": (
        f"counted WHERE id IN (SELECT id FROM decided WHERE agency NOT IN {OUTSIDE}) AND id IN (SELECT id FROM turns "
        "WHERE kind = 'canalizacion' AND state IN ('accepted', 'answered'))",
        f"counted WHERE id IN (SELECT id FROM decided WHERE agency NOT IN {OUTSIDE})",
    ),
    "accepted_by_any": (
        "counted WHERE id IN (SELECT id FROM turns WHERE state IN ('accepted', 'answered'))",
        "counted WHERE id IN (SELECT id FROM turns)",
    ),
    "files_complete": (
        "ended WHERE id IN (SELECT petition_id FROM archive_files WHERE closed_at IS NOT NULL)",
        "ended",
    ),
    "originals_kept": ("ended",) * 2,
    "answered_cohort": (f"{MATURE} {KNOWS}", MATURE),
    "answered_in_time": (
        f"counted c JOIN told ON told.id = c.id WHERE c.due_on < '{{cut}}' AND NOT c.{STILL} AND told.day <= {{due}}",
        MATURE,
    ),
    "answered_flow": (
        "petitions p JOIN told ON told.id = p.id WHERE told.day BETWEEN '{first}' AND '{last}' AND p.emergency IS NULL "
        "AND p.data_right IS NULL AND p.status NOT IN ('NO_PETICION', 'ACUMULADA')",
        "counted",
    ),
    "coordinated": (
        "(SELECT r.agency FROM referrals r JOIN terms t ON t.day = {issued} WHERE r.state <> 'undone' AND {issued} "
        "BETWEEN '{first}' AND '{last}' GROUP BY r.agency HAVING 100 * "
        "sum(CASE WHEN {accepted} <= t.two THEN 1 ELSE 0 END) >= {share} * count(*)) x",
        "(SELECT DISTINCT r.agency FROM referrals r WHERE r.state <> 'undone' AND {issued} BETWEEN '{first}' AND "
        "'{last}') x",
    ),
    "studies_delivered": (
        "studies WHERE kind = 'study' AND state = 'delivered' AND delivered_on BETWEEN '{first}' AND '{last}'",
        "studies WHERE kind = 'study' AND state <> 'cancelled' AND planned_on BETWEEN '{first}' AND '{last}'",
    ),
    "political_held": (
        "meetings m WHERE m.kind = 'political' AND m.state = 'held' AND {starts} BETWEEN '{first}' AND '{last}'",
        "meetings m WHERE m.kind = 'political' AND m.state <> 'cancelled' AND {starts} BETWEEN '{first}' AND '{last}'",
    ),
    "tables_held": (
        "meetings m WHERE m.kind = 'table' AND m.state = 'held' AND {starts} BETWEEN '{first}' AND '{last}'",
        "meetings m WHERE m.kind = 'table' AND m.state <> 'cancelled' AND {starts} BETWEEN '{first}' AND '{last}'",
    ),
    "analyses_made": (
        "coordination_works WHERE kind = 'analysis' AND planned_on BETWEEN '{first}' AND '{last}' "
        "AND made_on IS NOT NULL",
        "coordination_works WHERE kind = 'analysis' AND planned_on BETWEEN '{first}' AND '{last}'",
    ),
}


def by_sql(office: Office, measure: str, span: Span, *, share: int = 80) -> tuple[int, int]:
    lite = office.engine.dialect.name == "sqlite"
    day = "date({}, '-6 hours')" if lite else "to_char({} AT TIME ZONE 'UTC' - interval '6 hours', 'YYYY-MM-DD')"
    columns = {
        "opened": "opened_at",
        "opened_c": "c.opened_at",
        "decided": "d.decided_at",
        "happened": "h.happened_at",
        "came": "r.accepted_at",
        "issued": "r.issued_at",
        "accepted": "coalesce(r.accepted_at, r.answered_at)",
        "starts": "m.starts_at",
    }
    words = {name: day.format(column) for name, column in columns.items()}
    words |= {"due": "c.due_on" if lite else "to_char(c.due_on, 'YYYY-MM-DD')", "still": STILL, "share": str(share)}
    words |= {name: getattr(span, name).isoformat() for name in ("first", "last", "cut")}
    outside = [key for key, one in office.jurisdiction.agencies.items() if one.order != "estatal"]
    words["outside"] = "', '".join(outside)
    parts = ", ".join((RECEIVED, DECISIONS, DECIDED, CLASSIFIED, NEWEST, TURNS, KNOWN, TOLD, ENDED)).format(**words)
    counts = [f"WITH {_terms(span)}, {parts} SELECT count(*) FROM {rows.format(**words)}" for rows in SQL[measure]]
    with office.sessions() as session:
        above, below = (session.scalar(text(count)) or 0 for count in counts)
    return above, below


def _terms(span: Span) -> str:
    """The first and second working day after each day of the span."""
    days = [span.first + timedelta(n) for n in range((span.last - span.first).days + 1)]
    rows = ", ".join(f"('{day}', '{_after(day, 1, span)}', '{_after(day, 2, span)}')" for day in days)
    return f"terms(day, one, two) AS (VALUES {rows})"


def _after(day: date, count: int, span: Span) -> date:
    while count:
        day += timedelta(1)
        count -= day.weekday() < 5 and day not in span.closed
    return day
