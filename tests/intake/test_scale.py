"""The key by which each growing table would be distributed (docs/scale.md): its conversation.

A new table has to be named here: as growing with its way to the conversation, or as one that every node can hold.
"""

import pytest

from intake.tables import Table

TABLES = Table.metadata.tables
CONVERSATION = "conversations"
# Columns from the row to its conversation, each a foreign key; () is the conversation itself.
WAYS: dict[str, tuple[str, ...]] = {
    CONVERSATION: (),
    "inbound_events": ("conversation_id",),  # delivery reports have none: by provider_id, in a table of their own
    "messages": ("conversation_id",),
    "ratings": ("petition_id", "conversation_id"),
    "set_aside": ("message_id", "conversation_id"),
    "links": ("conversation_id",),
    "attachments": ("message_id", "conversation_id"),
    "transcriptions": ("attachment_id", "message_id", "conversation_id"),
    "petitions": ("conversation_id",),
    "floods": ("conversation_id",),
    "captures": ("petition_id", "conversation_id"),
    "imported": ("petition_id", "conversation_id"),
    "pieces": ("petition_id", "conversation_id"),  # those without a folio yet: by number, in a table of their own
    "piece_files": ("piece_id", "petition_id", "conversation_id"),
    "office_papers": ("petition_id", "conversation_id"),
    "archive_files": ("petition_id", "conversation_id"),
    "inventory_members": ("petition_id", "petition_id", "conversation_id"),
    "claims": ("petition_id", "conversation_id"),
    "presences": ("petition_id", "conversation_id"),
    "matters": ("petition_id", "conversation_id"),
    "suggestions": ("matter_id", "petition_id", "conversation_id"),
    "decisions": ("matter_id", "petition_id", "conversation_id"),
    "trial_rankings": ("matter_id", "petition_id", "conversation_id"),
    "referrals": ("matter_id", "petition_id", "conversation_id"),
    "answers": ("referral_id", "matter_id", "petition_id", "conversation_id"),
    "answer_drafts": ("referral_id", "matter_id", "petition_id", "conversation_id"),
    "approvals": ("referral_id", "matter_id", "petition_id", "conversation_id"),
    "evidence": ("referral_id", "matter_id", "petition_id", "conversation_id"),
    "papers": ("answer_id", "referral_id", "matter_id", "petition_id", "conversation_id"),
    "bulk_members": ("referral_id", "matter_id", "petition_id", "conversation_id"),
    "mails": ("referral_id", "matter_id", "petition_id", "conversation_id"),
    "told_terms": ("referral_id", "matter_id", "petition_id", "conversation_id"),
    "system_notices": ("referral_id", "matter_id", "petition_id", "conversation_id"),
    "system_requests": ("petition_id", "conversation_id"),
    "replies": ("conversation_id",),
    "tasks": ("petition_id", "conversation_id"),
    "takeovers": ("conversation_id",),
    "timers": ("conversation_id",),
    "reserved_words": ("petition_id", "conversation_id"),
    "extensions": ("petition_id", "conversation_id"),
    "joinings": ("petition_id", "conversation_id"),
    "pauses": ("petition_id", "conversation_id"),
    "alarms": ("petition_id", "conversation_id"),
    "consultations": ("referral_id", "matter_id", "petition_id", "conversation_id"),
    "referral_copies": ("referral_id", "matter_id", "petition_id", "conversation_id"),
    "inquiries": ("referral_id", "matter_id", "petition_id", "conversation_id"),
    "meeting_petitions": ("petition_id", "conversation_id"),
    "agreement_reminders": ("petition_id", "conversation_id"),
    "interpretations": ("petition_id", "conversation_id"),
    "history": ("petition_id", "conversation_id"),
    "comparisons": ("petition_id", "conversation_id"),
    "search_texts": ("petition_id", "conversation_id"),
    "traits": ("petition_id", "conversation_id"),
    "bands": ("petition_id", "conversation_id"),
    "likenesses": ("petition_id", "conversation_id"),
    "incident_members": ("petition_id", "conversation_id"),
    "matter_topics": ("matter_id", "petition_id", "conversation_id"),
    "study_petitions": ("petition_id", "conversation_id"),
    "erasures": ("petition_id", "conversation_id"),
    "blocked_values": ("erasure_id", "petition_id", "conversation_id"),
    "blocked_files": ("erasure_id", "petition_id", "conversation_id"),
    "committed_words": ("petition_id", "conversation_id"),
}
# One row a person, looked up by address before there is a conversation: by hash of the address.
BY_PERSON = {"citizens", "aliases"}
EVERYWHERE = {
    "config_drafts",
    "config_verdicts",
    "config_versions",
    "contingencies",
    "staff",
    "staff_sessions",
    "staff_identities",
    "saved_views",
    "answer_templates",
    "answer_template_versions",
    "incidents",
    "programme_risks",
    "programmes",
    "proofs",
    "channel_states",
    "trials",
    "lessons",
    "calendar_changes",
    "indicator_snapshots",
    "published_values",
    "inventories",
    "mailboxes",
    "number_series",
    "open_months",
    "agency_wishes",
    "alerts",
    "audit_checks",
    "audit_entries",
    "audit_waiting",
    "bulk_answers",
    "calendar_links",
    "meetings",
    "meeting_items",
    "meeting_attendees",
    "meeting_opinions",
    "meeting_files",
    "agreements",
    "agreement_parties",
    "mechanisms",
    "coordination_works",
    "duty_fallbacks",
    "exports",
    "imports",
    "duty_shifts",
    "mail_wishes",
    "rule_drafts",
    "rule_versions",
    "staff_challenges",
    "staff_invitations",
    "staff_passkeys",
    "staff_recovery_codes",
    "staff_totp",
    "studies",
    "system_calls",
    "systems",
    "topic_counts",
    "day_counts",
    "counted_days",
    "count_marks",
}
# Further references between growing rows that are of one conversation by what the program does.
SAME_CONVERSATION = {
    ("messages", "event_id"),
    ("messages", "petition_id"),
    ("floods", "petition_id"),
    ("attachments", "petition_id"),
    ("decisions", "suggestion_id"),
    ("evidence", "answer_id"),
    ("replies", "petition_id"),
    ("takeovers", "petition_id"),
    ("timers", "petition_id"),
    ("extensions", "referral_id"),
    ("office_papers", "referral_id"),
    ("pauses", "inquiry_id"),
    ("ratings", "comment_id"),
    ("tasks", "reply_id"),
}
# Two conversations in one row: these references cannot be kept by the database once conversations are apart.
ACROSS = {("likenesses", "other_id"), ("joinings", "lead_id"), ("links", "other_id")}


def test_every_table_has_its_place() -> None:
    assert set(WAYS) | BY_PERSON | EVERYWHERE == set(TABLES)
    assert not set(WAYS) & (BY_PERSON | EVERYWHERE)


@pytest.mark.parametrize("name", sorted(WAYS))
def test_a_growing_table_leads_to_its_conversation(name: str) -> None:
    at = name
    for column in WAYS[name]:
        (reference,) = TABLES[at].c[column].foreign_keys
        at = reference.column.table.name
    assert at == CONVERSATION


def test_every_reference_between_growing_tables_is_thought_of() -> None:
    steps = {(name, way[0]) for name, way in WAYS.items() if way}
    growing = {
        (name, column.name)
        for name in WAYS
        for column in TABLES[name].c
        for reference in column.foreign_keys
        if reference.column.table.name in WAYS
    }
    assert growing == steps | SAME_CONVERSATION | ACROSS
