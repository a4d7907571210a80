"""Makes many petitions of a few, inside the database: each copy has numbers, addresses, folios and moments of its own.

Every growing table is copied, column by column, by what the column is; a new column needs nothing here unless its
values are unique. Not made anew: hashes of histories, words in the bodies of events, numbers inside JSON.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Date,
    Insert,
    Integer,
    MetaData,
    String,
    Text,
    bindparam,
    case,
    cast,
    func,
    insert,
    select,
    text,
    type_coerce,
)
from sqlalchemy import Table as Relation
from sqlalchemy.sql import ColumnElement

from intake.database import UtcDateTime
from intake.tables import Table

TABLES = Table.metadata.tables
KEPT = frozenset(
    "contingencies staff staff_sessions proofs channel_states trials lessons answer_templates answer_template_versions "
    "answer_drafts claims saved_views calendar_changes indicator_snapshots rule_versions rule_drafts agency_wishes "
    "audit_waiting audit_entries audit_checks staff_totp staff_recovery_codes staff_passkeys staff_invitations "
    "open_months staff_challenges systems system_calls system_notices system_requests mail_wishes mails "
    "erasures blocked_values blocked_files committed_words "
    "told_terms calendar_links duty_shifts duty_fallbacks bulk_answers bulk_members "
    "matter_topics topic_counts alerts programmes programme_risks studies study_petitions "
    "meetings meeting_items meeting_attendees meeting_petitions meeting_opinions meeting_files agreements "
    "agreement_parties agreement_reminders mechanisms coordination_works pieces "
    "piece_files mailboxes number_series office_papers archive_files inventories inventory_members "
    "day_counts counted_days count_marks imports imported exports published_values "
    "consultations referral_copies config_versions config_verdicts config_drafts staff_identities presences".split()
)
GROWING = [relation for relation in Table.metadata.sorted_tables if relation.name not in KEPT]
PEOPLE_APART = 100_000  # between the addresses of a copy and the next
LATER_COPY, LATER_DAYS = bindparam("copy", type_=BigInteger), bindparam("days", type_=Integer)
WHATSAPP = "whatsapp:+"
INDEXES = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name",
    "postgresql": """SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND NOT EXISTS (
        SELECT FROM pg_constraint WHERE conindid = indexname::regclass) ORDER BY indexname""",
}
UNWATCHED = (
    "session_replication_role = replica",
    "synchronous_commit = off",
    "enable_seqscan = off",
    "idle_in_transaction_session_timeout = 0",
)
KEY = re.compile(r"(?P<kind>[a-z]+)-(?P<number>\d+)(?P<rest>.*)", re.DOTALL)
KEYED = {
    "event": "inbound_events",
    "capture": "inbound_events",
    "answer": "answers",
    "referral": "referrals",
    "petition": "petitions",
    "datum": "petitions",
    "aside": "petitions",
    "term": "petitions",
    "inquiry": "inquiries",
    "joining": "joinings",
    "takeover": "takeovers",
    "transcription": "transcriptions",
    "invitation": "conversations",
    "link": "links",
}

# What stands beside a row while it is copied: the folios of all copies, and of the original its keys and its folio.
BESIDE = MetaData()
FOLIOS = Relation(
    "copied_folios",
    BESIDE,
    Column("petition_id", BigInteger, primary_key=True, autoincrement=False),
    Column("folio", String(24)),
    Column("part", String(8)),
    prefixes=["TEMPORARY"],
)
KEYS = Relation(
    "copied_keys",
    BESIDE,
    Column("reply_id", BigInteger, primary_key=True, autoincrement=False),
    Column("before", String(20)),
    Column("number", BigInteger),
    Column("span", BigInteger),
    Column("rest", String(100)),
    prefixes=["TEMPORARY"],
)
OWNERS = Relation(
    "copied_owners",
    BESIDE,
    Column("conversation_id", BigInteger, primary_key=True, autoincrement=False),
    Column("petition_id", BigInteger),
    Column("folio", String(24)),
    prefixes=["TEMPORARY"],
)


@dataclass(frozen=True)
class Original:
    """What is copied: of each growing table the rows after one number up to another."""

    after: Mapping[str, int]
    until: Mapping[str, int]

    def span(self, table: str) -> int:
        return self.until[table] - self.after[table]


def greatest_numbers(connection: Connection) -> dict[str, int]:
    """Of each growing table; 0 for one without rows."""
    return {r.name: connection.scalar(select(func.coalesce(func.max(_number(r)), 0))) or 0 for r in GROWING}


def prepare(connection: Connection, original: Original, folios: Iterable[tuple[int, str, str]]) -> list[Insert]:
    """Statements that make one copy each time they are run with `copy` (1, 2, …) and `days` (later than the original).

    `folios`: of every petition that any copy will have.
    """
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        driver.create_function("md5", 1, lambda value: hashlib.md5(value.encode()).hexdigest(), deterministic=True)  # noqa: S324 — no secret
    BESIDE.drop_all(connection)
    BESIDE.create_all(connection)
    rows = [{"petition_id": number, "folio": folio, "part": part} for number, folio, part in folios]
    _put(connection, FOLIOS, rows)
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"ANALYZE {FOLIOS.name}"))
    _put(connection, KEYS, _keys(connection, original))
    _put(connection, OWNERS, _owners(connection, original))
    return [_copy(connection, original, relation) for relation in GROWING if original.span(relation.name)]


def _put(connection: Connection, relation: Relation, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(relation), rows)


def _keys(connection: Connection, original: Original) -> list[dict[str, Any]]:
    """Replies' keys taken apart: `answer-12-1:1` names row 12 of the answers."""
    replies = TABLES["replies"]
    found = connection.execute(select(replies.c.id, replies.c.key).where(*_is_original(original, replies)))
    return [_key(original, number, key) for number, key in found]


def _key(original: Original, reply_id: int, key: str) -> dict[str, Any]:
    match = KEY.fullmatch(key)
    if match is None:
        raise ValueError(f"a reply's key of a form that cannot be copied: {key}")
    span = original.span(KEYED[match["kind"]])
    return {
        "reply_id": reply_id,
        "before": f"{match['kind']}-",
        "number": int(match["number"]),
        "span": span,
        "rest": match["rest"],
    }


def _owners(connection: Connection, original: Original) -> list[dict[str, Any]]:
    """Conversations with one petition: its folio stands in their state."""
    petitions = TABLES["petitions"]
    one = (
        select(petitions.c.conversation_id, func.min(petitions.c.id).label("petition_id"))
        .where(*_is_original(original, petitions))
        .group_by(petitions.c.conversation_id)
        .having(func.count() == 1)
        .subquery()
    )
    wanted = select(one.c.conversation_id, one.c.petition_id, petitions.c.folio)
    found = connection.execute(wanted.join(petitions, petitions.c.id == one.c.petition_id))
    return [dict(row) for row in found.mappings()]


def _copy(connection: Connection, original: Original, relation: Relation) -> Insert:
    """In the order of the numbers, so that rows lie as they would have come."""
    shift = Shift(original, is_sqlite=connection.dialect.name == "sqlite")
    values = [shift.value(column) for column in relation.columns]
    rows = shift.joined(relation, select(*values)).where(*_is_original(original, relation)).order_by(_number(relation))
    return insert(relation).from_select([column.name for column in relation.columns], rows)


def _is_original(original: Original, relation: Relation) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    number = _number(relation)
    return number > original.after[relation.name], number <= original.until[relation.name]


def _number(relation: Relation) -> Column[int]:
    (column,) = relation.primary_key.columns
    return column


class Shift:
    """A column's value in a copy. What no rule names is the same as in the original."""

    def __init__(self, original: Original, *, is_sqlite: bool) -> None:
        self._original, self._is_sqlite = original, is_sqlite
        self._rules: dict[tuple[str, str], Callable[[Column[Any]], ColumnElement[Any]]] = {
            ("conversations", "address"): self._address,
            ("conversations", "state"): self._state,
            ("aliases", "address"): self._address,
            ("inbound_events", "provider_id"): self._provider_id,
            ("messages", "external_id"): self._message_id,
            ("petitions", "folio"): lambda column: FOLIOS.c.folio,
            ("petitions", "folio_part"): lambda column: FOLIOS.c.part,
            ("matters", "text"): self._with_a_word_of_its_own,
            ("bands", "value"): self._band,
            ("replies", "key"): self._key,
            ("timers", "key"): self._timer_key,
            ("reserved_words", "key"): lambda column: (
                column + "-" + cast(self._later(column.table.c.id, "reserved_words"), String)
            ),
            ("replies", "text"): self._reply_text,
            ("replies", "external_id"): self._reply_id,
        }

    def value(self, column: Column[Any]) -> ColumnElement[Any]:
        rule = self._rules.get((column.table.name, column.name))
        if rule:
            return rule(column)
        owner = self._owner(column)
        if owner is not None:
            return self._later(column, owner)
        if isinstance(column.type, UtcDateTime):
            return self._moment(column)
        return self._day(column) if isinstance(column.type, Date) else column

    def joined(self, relation: Relation, rows: Any) -> Any:
        """With what stands beside the rows."""
        petitions = TABLES["petitions"]
        match relation.name:
            case "petitions":
                return rows.join_from(relation, FOLIOS, FOLIOS.c.petition_id == self._later(relation.c.id, "petitions"))
            case "conversations":
                new = FOLIOS.c.petition_id == self._later(OWNERS.c.petition_id, "petitions")
                return rows.join_from(relation, OWNERS, OWNERS.c.conversation_id == relation.c.id, isouter=True).join(
                    FOLIOS, new, isouter=True
                )
            case "replies":
                new = FOLIOS.c.petition_id == self._later(relation.c.petition_id, "petitions")
                with_keys = rows.join_from(relation, KEYS, KEYS.c.reply_id == relation.c.id)
                with_petitions = with_keys.join(petitions, petitions.c.id == relation.c.petition_id, isouter=True)
                return with_petitions.join(FOLIOS, new, isouter=True)
        return rows

    def _owner(self, column: Column[Any]) -> str | None:
        """The growing table of whose rows the column holds numbers."""
        names = [reference.column.table.name for reference in column.foreign_keys]
        owner = names[0] if names else column.table.name if column.primary_key else None
        return owner if owner in self._original.after else None

    def _later(self, column: Column[Any], owner: str) -> ColumnElement[Any]:
        return column + LATER_COPY * self._original.span(owner)

    def _moment(self, column: Column[Any]) -> ColumnElement[Any]:
        if self._is_sqlite:
            days = cast(LATER_DAYS, Text) + " days"
            return type_coerce(func.strftime("%Y-%m-%d %H:%M:%f000", type_coerce(column, Text), days), column.type)
        return type_coerce(column + func.make_interval(0, 0, 0, LATER_DAYS), column.type)

    def _day(self, column: Column[Any]) -> ColumnElement[Any]:
        if self._is_sqlite:
            return type_coerce(func.date(type_coerce(column, Text), cast(LATER_DAYS, Text) + " days"), column.type)
        return type_coerce(column + LATER_DAYS, column.type)

    def _address(self, column: Column[Any]) -> ColumnElement[Any]:
        digits = case((column.like(f"{WHATSAPP}%"), func.substr(column, len(WHATSAPP) + 1)), else_=column)
        moved = cast(cast(digits, BigInteger) + LATER_COPY * PEOPLE_APART, String)
        return case((column.like(f"{WHATSAPP}%"), WHATSAPP + moved), else_=moved)

    def _state(self, column: Column[Any]) -> ColumnElement[Any]:
        """Of a conversation that names one petition; any other begins anew."""
        known = func.replace(cast(column, Text), OWNERS.c.folio, FOLIOS.c.folio)
        changed = func.coalesce(known, "{}")
        return type_coerce(changed if self._is_sqlite else cast(changed, column.type), column.type)

    def _provider_id(self, column: Column[Any]) -> ColumnElement[Any]:
        """Telegram counts, Twilio draws."""
        channel = column.table.c.channel
        counted = cast(cast(column, BigInteger) + LATER_COPY * PEOPLE_APART, String)
        return case((channel == "telegram", counted), else_=self._drawn(column))

    def _message_id(self, column: Column[Any]) -> ColumnElement[Any]:
        return case((column.like("SM%"), self._drawn(column)), else_=column)

    def _reply_id(self, column: Column[Any]) -> ColumnElement[Any]:
        counted = cast(self._later(column.table.c.id, "replies"), String)
        moved = case((column.table.c.channel == "telegram", counted), else_=self._drawn(column))
        return case((column.is_(None), None), else_=moved)

    def _drawn(self, column: Column[Any]) -> ColumnElement[Any]:
        return "SM" + func.md5(column + ":" + cast(LATER_COPY, String), type_=String)

    def _with_a_word_of_its_own(self, column: Column[Any]) -> ColumnElement[Any]:
        """A number as of a receipt: texts of the same words still differ, and a rare word can be looked for."""
        return column + " recibo " + cast(self._later(column.table.c.id, "matters"), String)

    def _band(self, column: Column[Any]) -> ColumnElement[Any]:
        """One in ten as before: some texts are like others however many there are, most are not."""
        return case((column.table.c.id % 10 == 0, column), else_=column - LATER_COPY)

    def _key(self, column: Column[Any]) -> ColumnElement[Any]:
        return KEYS.c.before + cast(KEYS.c.number + LATER_COPY * KEYS.c.span, String) + KEYS.c.rest

    def _timer_key(self, column: Column[Any]) -> ColumnElement[Any]:
        timers = column.table.c
        return timers.kind + "-" + cast(self._later(timers.petition_id, "petitions"), String)

    def _reply_text(self, column: Column[Any]) -> ColumnElement[Any]:
        old = TABLES["petitions"].c.folio
        return func.coalesce(func.replace(column, old, FOLIOS.c.folio, type_=Text), column)


def drop_indexes(connection: Connection) -> list[str]:
    """Those that no constraint needs: many rows at once are faster without. The statements that make them again."""
    found = connection.exec_driver_sql(INDEXES[connection.dialect.name]).all()
    for name, _ in found:
        connection.exec_driver_sql(f"DROP INDEX {name}")
    return [statement for _, statement in found]


def make_indexes(connection: Connection, statements: Iterable[str]) -> None:
    for statement in statements:
        connection.exec_driver_sql(statement)


def unwatch(connection: Connection) -> None:
    """Within this transaction PostgreSQL checks no reference of a row, waits for no disk, and looks at no table whole:
    what it last counted is soon past. SQLite checks every reference."""
    if connection.dialect.name == "postgresql":
        for setting in UNWATCHED:
            connection.execute(text(f"SET LOCAL {setting}"))
