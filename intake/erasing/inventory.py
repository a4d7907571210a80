"""What every column of every table is of a person's: the one list that blocking, suppressing and docs/privacy.md use.

A test refuses a column that is not named here, and one that is named and is no more.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Kind(StrEnum):
    """`none`: the program's own. `identifies`: says who. `content`: what they told, or was told of them.
    `archive`: what the file keeps after both are gone (folio, states, dates, agencies, digests)."""

    NONE = "none"
    IDENTIFIES = "identifies"
    CONTENT = "content"
    ARCHIVE = "archive"


class Whose(StrEnum):
    CITIZEN = "citizen"
    STAFF = "staff"
    GUEST = "guest"
    NOBODY = "nobody"


Columns = Mapping[str, Kind]


def _of(none: str = "", *, identifies: str = "", content: str = "", archive: str = "") -> Columns:
    said = {Kind.NONE: none, Kind.IDENTIFIES: identifies, Kind.CONTENT: content, Kind.ARCHIVE: archive}
    return MappingProxyType({name: kind for kind, names in said.items() for name in names.split()})


_OUTGOING = "key public_id state next_attempt_at give_up_at attempts lease_number lease_until outcome"
CITIZENS: Mapping[str, Columns] = MappingProxyType(
    {
        "citizens": _of("id", identifies="name", archive="created_at"),
        "aliases": _of("id citizen_id channel", identifies="address"),
        "conversations": _of(
            "id citizen_id is_stopped work_at lease_until lease_number allowance allowance_at quiet",
            identifies="address",
            content="state",
            archive="channel created_at last_inbound_at",
        ),
        "links": _of(
            "id conversation_id to_channel other_id other_citizen_id", archive="offered_at joined_at ended_at"
        ),
        "inbound_events": _of(
            "id channel kind conversation_id provider_order state attempts next_attempt_at processed_at",
            identifies="query note",
            content="body",
            archive="provider_id received_at",
        ),
        "messages": _of(
            "id conversation_id event_id petition_id version kind is_forwarded is_place",
            content="text latitude longitude unsupported transcript basis",
            archive="external_id reply_to group_id sent_at received_at emergency",
        ),
        "set_aside": _of("message_id"),
        "attachments": _of(
            "id message_id petition_id channel attempts next_attempt_at forget_at",
            identifies="external_id unique_id declared_name",
            content="storage_key sha256 note",
            archive="kind state size_bytes declared_type detected_type is_restricted",
        ),
        "transcriptions": _of("id attachment_id staff_id", content="text", archive="written_at"),
        "floods": _of("id conversation_id petition_id is_told", archive="began_at last_at heard kept dropped buttons"),
        "petitions": _of(
            "id citizen_id conversation_id calendar tier contingency_id version paused_left is_blocked "
            "term_days term_is_business",
            content="place_text latitude longitude damage",
            archive="folio folio_part status opened_at due_on municipality emergency is_urgent is_sensitive "
            "wants_person needs_interpreter is_anonymous is_minor closing_reason is_solved data_right",
        ),
        "captures": _of("petition_id staff_id", identifies="phone", archive="way came_at captured_at"),
        "claims": _of("petition_id staff_id until since"),
        "presences": _of("petition_id staff_id since seen_at"),
        "imported": _of("petition_id import_id row", archive="old_folio old_key entries"),
        "matters": _of("id petition_id", content="text told_words", archive="status agency told"),
        "suggestions": _of(
            "id matter_id kind",
            content="ranking trace",
            archive="created_at model_version rule reason agency rules_version is_sure question",
        ),
        "decisions": _of(
            "id matter_id suggestion_id staff_id is_machine",
            content="reason",
            archive="agency rank decided_at undone_at",
        ),
        "trial_rankings": _of("id trial_id matter_id", archive="agencies"),
        "traits": _of("petition_id", content="words meanings agencies"),
        "bands": _of("id petition_id", content="value"),
        "comparisons": _of("petition_id"),
        "likenesses": _of("id petition_id other_id", archive="probability state"),
        "incident_members": _of("petition_id incident_id joined_by"),
        "search_texts": _of("petition_id", content="words"),
        "referrals": _of(
            "id matter_id version leaves_at",
            content="return_reason",
            archive="agency kind state issued_at issued_by accepted_at returned_at return_agency answered_at datum",
        ),
        "answers": _of("id referral_id", content="text", archive="staff_id created_at"),
        "answer_drafts": _of("referral_id staff_id saved_at", content="text before"),
        "approvals": _of(
            "id referral_id staff_id", content="text reason", archive="put_at decided_at decided_by outcome leaves_at"
        ),
        "evidence": _of(
            "id referral_id staff_id answer_id",
            content="name storage_key sha256",
            archive="media_type size_bytes put_at",
        ),
        "papers": _of("id answer_id", content="content storage_key", archive="digest seal sha256 made_at"),
        "bulk_members": _of("bulk_id referral_id", archive="outcome settled_at"),
        "joinings": _of("id petition_id lead_id staff_id leaves_at", archive="joined_at was_due_on ended_at"),
        "alarms": _of("id petition_id staff_id", content="reason", archive="kind raised_at"),
        "inquiries": _of("id referral_id staff_id messages", content="text", archive="asked_at came_at"),
        "consultations": _of(
            "id referral_id staff_id replied_by", content="question reply", archive="agency asked_at replied_at"
        ),
        "referral_copies": _of("id referral_id", archive="agency made_at seen_at"),
        "extensions": _of("petition_id referral_id staff_id", content="reason", archive="given_at was_due_on"),
        "pauses": _of("petition_id inquiry_id", archive="began_at was_due_on days_left ends_on ended_at"),
        "interpretations": _of(
            "petition_id moved_by",
            identifies="interpreter",
            content="language town place note",
            archive="state requested_at moved_at meets_at",
        ),
        "ratings": _of("petition_id comment_id", archive="asked_at mark rated_at"),
        "history": _of("id petition_id", archive="number happened_at actor name data previous_hash hash"),
        "takeovers": _of("id conversation_id petition_id staff_id active_at", archive="began_at ended_at ending"),
        "timers": _of("id key kind conversation_id petition_id due_at"),
        "replies": _of(
            "id key conversation_id petition_id evidence_id next_attempt_at lease_until lease_number attempts "
            "sending_at was_ambiguous",
            content="text choices fields template",
            archive="channel purpose state created_at accepted_at external_id delivery error_code",
        ),
        "reserved_words": _of("id petition_id key evidence_id", content="text", archive="purpose created_at read_at"),
        "tasks": _of(
            "id petition_id reply_id", content="note", archive="reason opened_at closed_at closed_by outcome means"
        ),
        "system_requests": _of("petition_id system_id", identifies="key", archive="service opened_at"),
        "committed_words": _of("id petition_id", content="words salt", archive="digest"),
        "erasures": _of(
            "id petition_id citizens key chat_id steps",
            archive="state blocked_at blocked_by effective_on told chat_gone_at confirmed_at confirmed_by "
            "suppressed_at",
        ),
        "blocked_values": _of("id erasure_id relation row", content="sealed"),
        "blocked_files": _of("id erasure_id", content="storage_key"),
        "pieces": _of(
            "id key kept_by petition_id settled_by",
            identifies="sender address",
            content="addressee their_number subject text",
            archive="way came_at kept_at sender_kind their_date enclosures state settled_at reason",
        ),
        "piece_files": _of(
            "id piece_id number attempts next_attempt_at",
            content="name storage_key sha256 words",
            archive="role media_type size_bytes sheets reading",
        ),
        "office_papers": _of(
            "id petition_id referral_id issued_by",
            content="content storage_key",
            archive="kind year number label digest seal issued_at sha256",
        ),
        "archive_files": _of(
            "petition_id opened_by closed_by",
            archive="series location is_held held_reason label terms contents opened_at closed_at",
        ),
        "inventory_members": _of("inventory_id petition_id"),
        "meeting_petitions": _of(
            "meeting_id petition_id brought_by consented_by", archive="brought_at consents_at invited_at"
        ),
        "agreement_reminders": _of("agreement_id petition_id due_on", archive="told_at"),
        "matter_topics": _of("matter_id staff_id", archive="topic named_at"),
        "study_petitions": _of("study_id petition_id added_by", archive="added_at"),
        # Written once for many: an agency's words to all petitions of an incident, gone with the last of them.
        "bulk_answers": _of("id key incident_id agency staff_id", content="text", archive="begun_at ended_at"),
        # Folio, agency, dates and counts, never a person's words.
        "mails": _of(f"id staff_id kind referral_id {_OUTGOING}", archive="data created_at sent_at"),
        "system_notices": _of(f"id system_id kind referral_id {_OUTGOING}", archive="body created_at sent_at"),
        "told_terms": _of("id staff_id referral_id step"),
    }
)
STAFF: Mapping[str, Columns] = MappingProxyType(
    {
        "staff": _of(
            "id password_hash is_active failed_logins locked_until",
            identifies="username name",
            archive="role agency created_at",
        ),
        "staff_sessions": _of("token_hash staff_id csrf_token created_at expires_at seen_at door", identifies="agent"),
        "staff_identities": _of("id staff_id issuer linked_at linked_by used_at", identifies="subject"),
        "staff_totp": _of("staff_id secret created_at confirmed_at last_step"),
        "staff_recovery_codes": _of("id staff_id code_hash used_at"),
        "staff_passkeys": _of(
            "id staff_id credential_hash credential public_key sign_count created_at used_at", identifies="name"
        ),
        "staff_invitations": _of(
            "id token_hash expires_at used_at staff_id withdrawn_at",
            identifies="username name",
            archive="role agency made_at made_by",
        ),
        "staff_challenges": _of("token_hash purpose staff_id data expires_at"),
        "saved_views": _of("id staff_id saved_at", content="name query"),
        "mail_wishes": _of("staff_id wish asked confirmed_at", identifies="address"),
        "calendar_links": _of("staff_id token_hash made_at"),
        "duty_shifts": _of("id", archive="staff_id starts_at ends_at"),
        "audit_waiting": _of("id petition_id", identifies="actor", archive="happened_at act data"),
        "audit_entries": _of(
            "number petition_id", identifies="actor", archive="happened_at act data previous_hash hash"
        ),
    }
)
# Who came to a meeting and let their name be written down; a person of the office takes it out when asked.
GUESTS: Mapping[str, Columns] = MappingProxyType(
    {
        "meeting_attendees": _of(
            "id meeting_id staff_id", identifies="name represents", archive="sector way consents came_at"
        )
    }
)
NOBODYS: Mapping[str, Columns] = MappingProxyType(
    {
        "agreement_parties": _of("id agreement_id agency name"),
        "agreements": _of(
            "id meeting_id item_id text reached_on due_on state evidence reason closed_at closed_by made_at made_by"
        ),
        "agency_wishes": _of("agency wants_approval changed_at changed_by"),
        "alerts": _of(
            "id kind topic level territory began_on seen_on window_days observed expected every_days strength state "
            "open_mark decided_by decided_at reason study_id"
        ),
        "answer_templates": _of("id agency retired_at retired_by"),
        "answer_template_versions": _of("template_id number title text staff_id saved_at"),
        "audit_checks": _of("id checked_at entries head seconds fault"),
        "calendar_changes": _of("number kind of_number first_on last_on municipalities reason source made_at made_by"),
        "channel_states": _of("channel looked_at fault waiting failed_at"),
        "config_drafts": _of("subject key staff_id value reason over_number saved_at"),
        "config_verdicts": _of("number version is_confirmed made_at made_by"),
        "config_versions": _of("number subject key value of_number needs_second reason made_at made_by"),
        "count_marks": _of("id before newest moved_at rules"),
        "counted_days": _of("day counted_at"),
        "day_counts": _of("figure day key", archive="count"),
        "contingencies": _of("id open_mark reason notice source source_at began_at began_by ends_at ended_at ended_by"),
        "coordination_works": _of("id kind agency title text planned_on made_on made_at made_by"),
        "duty_fallbacks": _of("id who set_at set_by"),
        "exports": _of(
            "id state asked_at asked_by begun_at ended_at storage_key size_bytes rows lease_until lease tries"
        ),
        "imports": _of(
            "id name storage_key sha256 mapping state at_row counts unsure report_key made_at made_by ended_at "
            "failed_step lease_until lease tries"
        ),
        "incidents": _of("id opened_at opened_by"),
        "indicator_snapshots": _of("id", archive="month indicator reading numerator denominator keys digest frozen_at"),
        "inventories": _of(
            "id kind series year number label rows digest is_confirmed made_at made_by signed_at signed_by noted_by"
        ),
        "lessons": _of("id started_at ended_at outcome figures"),
        "mailboxes": _of("name validity last_uid lease_until looked_at fault failing_uid failures set_aside"),
        "mechanisms": _of("id kind name agencies others proposed_on approved_on signed_on made_at made_by"),
        "meeting_files": _of("id meeting_id agreement_id name media_type size_bytes sha256 storage_key put_at put_by"),
        "meeting_items": _of("id meeting_id text"),
        "meeting_opinions": _of("id meeting_id text said_by noted_at noted_by"),
        "meetings": _of(
            "id kind title starts_at place municipality community language needs_interpreter interpreter state held_at "
            "reason minutes told told_at made_at made_by"
        ),
        "number_series": _of("kind year last"),
        "open_months": _of("", archive="month k content digest made_at"),
        "programme_risks": _of("id programme_id risk reason assessed_on noted_at noted_by"),
        "programmes": _of("id name agency since until"),
        "proofs": _of("channel proved_at listed imported imported_total"),
        "rule_drafts": _of("number before base text saved_at saved_by"),
        "rule_versions": _of("number of_number text reason made_at made_by"),
        "published_values": _of("id series year value source noted_at noted_by"),
        "studies": _of("id kind title summary programme_id state planned_on delivered_on made_at made_by"),
        "system_calls": _of("id system_id key fingerprint status body called_at"),
        "systems": _of(
            "id staff_id agency scopes token_name token_hash created_at created_by expires_at used_at revoked_at "
            "revoked_by hook_url hook_salt hook_old_salt hook_old_until"
        ),
        "topic_counts": _of("day municipality topic", archive="persons"),
        "trials": _of("id model_version started_at petitions_wanted ended_at outcome figures"),
    }
)
TABLES: Mapping[Whose, Mapping[str, Columns]] = MappingProxyType(
    {Whose.CITIZEN: CITIZENS, Whose.STAFF: STAFF, Whose.GUEST: GUESTS, Whose.NOBODY: NOBODYS}
)
TAKEN = frozenset({Kind.IDENTIFIES, Kind.CONTENT})  # what blocking takes out of sight and suppression deletes


def taken_of(table: str) -> tuple[str, ...]:
    """The columns of a table of citizens that are emptied."""
    return tuple(name for name, kind in CITIZENS[table].items() if kind in TAKEN)


def as_markdown() -> str:
    """The inventory as docs/privacy.md holds it: a line for each table."""
    head = "| whose | table | identifies | content | kept for archive | none |\n|---|---|---|---|---|---|\n"
    lines = (
        _line(whose, name, columns) for whose, tables in TABLES.items() for name, columns in sorted(tables.items())
    )
    return head + "".join(lines)


def _line(whose: Whose, name: str, columns: Columns) -> str:
    order = (Kind.IDENTIFIES, Kind.CONTENT, Kind.ARCHIVE, Kind.NONE)
    cells = (" ".join(f"`{column}`" for column, own in columns.items() if own == kind) for kind in order)
    return f"| {whose} | `{name}` | {' | '.join(cell or '—' for cell in cells)} |\n"
