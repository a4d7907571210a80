"""The trail of what staff did and read: noted with the act itself, sealed into one chain a moment later.

Noting is one insert in the act's own transaction and waits for nobody; whatever a citizen sends passes by without it.
Sealing happens under one lock, on whichever process comes first (`sealing`). What was sealed cannot be changed, removed
or moved without `trail_checks` naming it.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from intake.clock import utc_now
from intake.database import one_at_a_time
from intake.office import Office
from intake.tables.audit import AuditEntry, AuditWaiting

FIRST = "0" * 64
AT_ONCE = 500  # entries that one transaction seals
STAFF, CONSOLE, MACHINE = "staff:", "console", "machine"


class Act(StrEnum):
    """What is no petition's; of petitions the acts are the names of their history."""

    LOGGED_IN = "logged_in"
    LOG_IN_REFUSED = "log_in_refused"
    LOGGED_OUT = "logged_out"
    ACCOUNT_ADDED = "account_added"
    ACCOUNT_CLOSED = "account_closed"
    ACCOUNT_OPENED = "account_opened"
    INVITED = "invited"
    INVITATION_WITHDRAWN = "invitation_withdrawn"
    ROLE_CHANGED = "role_changed"
    PASSWORD_SET = "password_set"  # noqa: S105 — an act's name
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 — an act's name
    OTHERS_LOGGED_OUT = "others_logged_out"
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    CODES_ON = "codes_on"
    CODES_OFF = "codes_off"
    RECOVERY_USED = "recovery_used"
    RECOVERY_RENEWED = "recovery_renewed"
    FACTORS_REMOVED = "factors_removed"
    IDENTITY_LINKED = "identity_linked"
    IDENTITY_UNLINKED = "identity_unlinked"
    CALENDAR_CHANGED = "calendar_changed"
    CONFIG_PUBLISHED = "config_published"
    CONFIG_CONFIRMED = "config_confirmed"
    CONFIG_REFUSED = "config_refused"
    CONFIG_EXPORTED = "config_exported"
    CONTINGENCY_DECLARED = "contingency_declared"
    CONTINGENCY_ENDED = "contingency_ended"
    MODEL_TAUGHT = "model_taught"
    MODEL_PUBLISHED = "model_published"
    MODEL_DISCARDED = "model_discarded"
    MODEL_ROLLED_BACK = "model_rolled_back"
    TEMPLATE_SAVED = "template_saved"
    TEMPLATE_RETIRED = "template_retired"
    RETRIED = "retried"
    FIGURES_EXPORTED = "figures_exported"
    TRAIL_EXPORTED = "trail_exported"
    DUTY_CHANGED = "duty_changed"
    MAIL_WISH_CHANGED = "mail_wish_changed"
    MAIL_CONFIRMED = "mail_confirmed"
    MAIL_SENT_AGAIN = "mail_sent_again"
    CALENDAR_LINK_MADE = "calendar_link_made"
    CALENDAR_LINK_ENDED = "calendar_link_ended"
    SYSTEM_CONNECTED = "system_connected"
    SYSTEM_RENEWED = "system_renewed"
    SYSTEM_REVOKED = "system_revoked"
    HOOK_SET = "hook_set"
    HOOK_ROTATED = "hook_rotated"
    HOOK_DROPPED = "hook_dropped"
    BLOCKED_OPENED = "blocked_opened"
    DATA_SUPPRESSED = "data_suppressed"
    MEETING_CHANGED = "meeting_changed"
    AGREEMENT_CHANGED = "agreement_changed"
    COORDINATION_CHANGED = "coordination_changed"
    PIECE_KEPT = "piece_kept"
    PIECE_CORRECTED = "piece_corrected"
    PIECE_DISCARDED = "piece_discarded"
    PIECE_BROUGHT_BACK = "piece_brought_back"
    INVENTORY_MADE = "inventory_made"
    INVENTORY_SIGNED = "inventory_signed"
    HISTORY_SEALED = "history_sealed"
    ALERT_DECIDED = "alert_decided"
    TOPIC_CORRECTED = "topic_corrected"
    STUDY_CHANGED = "study_changed"
    PROGRAMME_CHANGED = "programme_changed"
    IMPORT_CHANGED = "import_changed"
    EXPORT_ASKED = "export_asked"
    EXPORT_TAKEN = "export_taken"
    PUBLISHED_NOTED = "published_noted"


@dataclass(frozen=True)
class Head:
    """The end of the chain: with it written down elsewhere, nobody can make the whole chain anew unseen."""

    number: int
    hash: str


def note_act(
    session: Session,
    actor: str,
    act: str,
    data: Mapping[str, Any] = MappingProxyType({}),
    *,
    at: datetime | None = None,
    petition_id: int | None = None,
) -> None:
    """`data`: ids and words of the program, never what a citizen wrote. Does not commit."""
    row = AuditWaiting(happened_at=at or utc_now(), actor=actor, act=act, petition_id=petition_id, data=dict(data))
    session.add(row)


def note_alone(office: Office, actor: str, act: Act, data: Mapping[str, Any] = MappingProxyType({})) -> None:
    """An act that changes no row. Commits."""
    with office.sessions.begin() as session:
        note_act(session, actor, act, data)


def staff_of(staff_id: int) -> str:
    return f"{STAFF}{staff_id}"


def seal(office: Office) -> int:
    """Put what waits at the end of the chain, in the order of its noting; how many. Commits."""
    count = 0
    while sealed := _seal_some(office):
        count += sealed
    return count


def add_links(session: Session, acts: Iterable[AuditWaiting]) -> int:
    """The caller holds the chain's lock (`hold_chain`). Does not commit."""
    head, count = find_head(session), 0
    for act in acts:
        number = head.number + 1
        values = {
            "happened_at": act.happened_at,
            "actor": act.actor,
            "act": act.act,
            "petition_id": act.petition_id,
            "data": act.data,
        }
        link = AuditEntry(number=number, previous_hash=head.hash, hash="", **values)
        link.hash = link_hash(link)
        session.add(link)
        head, count = Head(number, link.hash), count + 1
    session.flush()
    return count


def hold_chain(session: Session) -> None:
    """Until the transaction ends nobody else adds to the chain, on any host."""
    one_at_a_time(session, "audit-chain")


def find_head(session: Session) -> Head:
    last = session.execute(
        select(AuditEntry.number, AuditEntry.hash).order_by(AuditEntry.number.desc()).limit(1)
    ).first()
    return Head(last.number, last.hash) if last else Head(0, FIRST)


def link_hash(link: AuditEntry) -> str:
    """SHA-256 over a canonical JSON of the entry and its predecessor's hash; moments in UTC, whoever reads them."""
    at = link.happened_at.astimezone(UTC).isoformat()
    content = [link.number, at, link.actor, link.act, link.petition_id, link.data, link.previous_hash]
    return digest_of(content)


def digest_of(content: Sequence[Any]) -> str:
    """SHA-256 over canonical JSON: what the chains are made of."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _seal_some(office: Office) -> int:
    with office.sessions.begin() as session:
        hold_chain(session)
        waiting = session.scalars(select(AuditWaiting).order_by(AuditWaiting.id).limit(AT_ONCE)).all()
        if waiting:
            add_links(session, waiting)
            session.execute(delete(AuditWaiting).where(AuditWaiting.id.in_([row.id for row in waiting])))
        return len(waiting)
