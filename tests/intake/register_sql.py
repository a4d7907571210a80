"""The figures of the registers, counted once more by SQL of their own: of March 2027, by the days as they are kept."""

AGREED = "agreements a JOIN meetings m ON m.id = a.meeting_id WHERE a.state <> 'dropped'"
HELD = "m.state = 'held' AND {month_of_start} = '2027-03'"
PLANNED = "m.state <> 'cancelled' AND {month_of_start} = '2027-03'"
SIX = "m.kind IN ('social', 'table', 'informative')"


def _due(kinds: str) -> tuple[str, str]:
    below = f"{AGREED} AND {kinds} AND {{due}} = '2027-03'"
    return f"{below} AND a.state = 'fulfilled'", below


def _reached(kinds: str) -> tuple[str, str]:
    points = f"meeting_items i JOIN meetings m ON m.id = i.meeting_id WHERE {kinds} AND {HELD}"
    return f"{AGREED} AND {kinds} AND {{reached}} = '2027-03'", points


def _held(kinds: str) -> tuple[str, str]:
    return f"meetings m WHERE {kinds} AND {HELD}", f"meetings m WHERE {kinds} AND {PLANNED}"


def _works(kind: str) -> tuple[str, str]:
    below = f"coordination_works WHERE kind = '{kind}' AND {{planned}} = '2027-03'"
    return f"{below} AND made_on IS NOT NULL", below


def _mechanisms(kind: str, day: str) -> tuple[str, str]:
    own = f"mechanisms WHERE kind = '{kind}'"
    return f"{own} AND {{{day}}} = '2027-03'", f"{own} AND {{proposed}} = '2027-03'"


POLITICAL = "m.kind = 'political'"
PROPOSED = _mechanisms("mechanism", "approved")[1]
REGISTER_SQL = {
    "mechanisms_flow": _mechanisms("mechanism", "approved"),
    "mechanisms_cohort": (f"{PROPOSED} AND approved_on IS NOT NULL", PROPOSED),
    "agreements_signed": _mechanisms("agreement", "signed"),
    "analyses_made": _works("analysis"),
    "proposals_made": _works("proposal"),
    "political_fulfilled": _due(POLITICAL),
    "political_reached": _reached(POLITICAL),
    "political_held": _held(POLITICAL),
    "liaison_held": _held("m.kind IN ('political', 'social')"),
    "social_fulfilled": _due(SIX),
    "social_reached": _reached(SIX),
    "tables_held": _held("m.kind = 'table'"),
    "informative_held": _held("m.kind = 'informative'"),
}


def months(dialect: str) -> dict[str, str]:
    """Each day as its month, in either database's words."""
    form = "substr({}, 1, 7)" if dialect == "sqlite" else "to_char({}, 'YYYY-MM')"
    moment = "substr({}, 1, 7)" if dialect == "sqlite" else "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM')"
    columns = {"due": "a.due_on", "reached": "a.reached_on", "planned": "planned_on"}
    columns |= {"proposed": "proposed_on", "approved": "approved_on", "signed": "signed_on"}
    return {name: form.format(column) for name, column in columns.items()} | {
        "month_of_start": moment.format("m.starts_at")
    }
