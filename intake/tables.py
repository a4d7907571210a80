"""Every table, in the order of a message's way. Rows are the queue: what waits is a row with a state and a time."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    DDL,
    JSON,
    BigInteger,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    event,
    false,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from intake.database import SEARCH_INDEXES, UtcDateTime

Id = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows by itself only for INTEGER


class Table(DeclarativeBase):
    type_annotation_map = {datetime: UtcDateTime, dict[str, Any]: JSON, list[Any]: JSON}  # noqa: RUF012


class Citizen(Table):
    """A person, known by channel addresses (`Alias`), never by phone alone."""

    __tablename__ = "citizens"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime]


class Alias(Table):
    __tablename__ = "aliases"
    __table_args__ = (UniqueConstraint("channel", "address"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    citizen_id: Mapped[int] = mapped_column(ForeignKey("citizens.id"), index=True)
    channel: Mapped[str] = mapped_column(String(16))
    address: Mapped[str] = mapped_column(String(200))


class Conversation(Table):
    """One address on one channel, and the unit that a worker claims: `work_at` says since when it has work."""

    __tablename__ = "conversations"
    __table_args__ = (UniqueConstraint("channel", "address"), Index("ix_conversations_work", "work_at"))
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    address: Mapped[str] = mapped_column(String(200))
    citizen_id: Mapped[int | None] = mapped_column(ForeignKey("citizens.id"), index=True)
    state: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    last_inbound_at: Mapped[datetime | None]
    is_stopped: Mapped[bool] = mapped_column(default=False)
    work_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    lease_number: Mapped[int] = mapped_column(Integer, default=0)  # fencing: only the latest claim may write
    allowance: Mapped[float] = mapped_column(Float, server_default="30")  # messages left before it is a flood
    allowance_at: Mapped[datetime | None]
    quiet: Mapped[int] = mapped_column(Integer, server_default="0")  # messages of the flood at hand


class Link(Table):
    """A link by which a person makes a chat on another channel theirs too: offered in `conversation_id`, good once.

    `other_id`: the chat in which it was confirmed, then a part of the same citizen until `ended_at`;
    `other_citizen_id`: whose it was before, and is again afterwards.
    """

    __tablename__ = "links"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), index=True)
    to_channel: Mapped[str] = mapped_column(String(16))
    offered_at: Mapped[datetime]
    other_id: Mapped[int | None] = mapped_column(ForeignKey("conversations.id"), index=True)
    other_citizen_id: Mapped[int | None] = mapped_column(ForeignKey("citizens.id"))
    joined_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class InboundEvent(Table):
    """A provider's request as it came. `state`: pending, processed, ignored, dead (visible to staff)."""

    __tablename__ = "inbound_events"
    __table_args__ = (
        UniqueConstraint("channel", "provider_id"),
        Index("ix_inbound_events_pending", "conversation_id", "state"),
        Index("ix_inbound_events_state", "state", "kind"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    provider_id: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(8))  # message, status
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversations.id"))
    provider_order: Mapped[int | None] = mapped_column(BigInteger)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    query: Mapped[str] = mapped_column(Text, default="")
    received_at: Mapped[datetime] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(String(10), default="pending")
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    next_attempt_at: Mapped[datetime | None]
    processed_at: Mapped[datetime | None]
    note: Mapped[str | None] = mapped_column(String(500))


class Message(Table):
    """One inbound item of a conversation; an edit is a further version of the same `external_id`."""

    __tablename__ = "messages"
    __table_args__ = (UniqueConstraint("conversation_id", "external_id", "version"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("inbound_events.id"), unique=True)
    petition_id: Mapped[int | None] = mapped_column(ForeignKey("petitions.id"), index=True)
    external_id: Mapped[str] = mapped_column(String(100))
    version: Mapped[int] = mapped_column(Integer, default=1)
    kind: Mapped[str] = mapped_column(String(24))  # the mind's kind of message
    emergency: Mapped[str | None] = mapped_column(String(24))
    text: Mapped[str] = mapped_column(Text)
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)
    reply_to: Mapped[str | None] = mapped_column(String(100))
    group_id: Mapped[str | None] = mapped_column(String(100))
    is_forwarded: Mapped[bool] = mapped_column(default=False)
    unsupported: Mapped[str | None] = mapped_column(String(40))
    is_place: Mapped[bool] = mapped_column(default=False, server_default=false())  # it only tells where it is
    transcript: Mapped[str | None] = mapped_column(Text)  # what a person heard in its voice note (`Transcription`)
    basis: Mapped[dict[str, Any] | None] = mapped_column(
        JSON(none_as_null=True)
    )  # what was decided on (`intake.basis`)
    sent_at: Mapped[datetime]
    received_at: Mapped[datetime]


class SetAsideMessage(Table):
    """Kept apart until its writer says whether it is of an open petition or another problem (`intake.set_aside`)."""

    __tablename__ = "set_aside"
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), primary_key=True, autoincrement=False)


class Proof(Table):
    """The last comparison of a channel's own list with what was stored: nothing before `proved_at` is missing.

    `imported`: messages that were missing then; `imported_total`: since the beginning.
    """

    __tablename__ = "proofs"
    channel: Mapped[str] = mapped_column(String(16), primary_key=True)
    proved_at: Mapped[datetime]
    listed: Mapped[int] = mapped_column(Integer)
    imported: Mapped[int] = mapped_column(Integer)
    imported_total: Mapped[int] = mapped_column(Integer)


class ChannelState(Table):
    """What was seen of a channel at the last look. `fault`: None when it can be used.

    `waiting`, `failed_at`: updates that Telegram holds back, and when it could last not deliver one.
    """

    __tablename__ = "channel_states"
    channel: Mapped[str] = mapped_column(String(16), primary_key=True)
    looked_at: Mapped[datetime]
    fault: Mapped[str | None] = mapped_column(String(60))
    waiting: Mapped[int | None] = mapped_column(Integer)
    failed_at: Mapped[datetime | None]


class Attachment(Table):
    """A citizen's file: a row before it is a file. `state`: pending, stored, refused."""

    __tablename__ = "attachments"
    __table_args__ = (Index("ix_attachments_waiting", "state", "next_attempt_at"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), index=True)
    petition_id: Mapped[int | None] = mapped_column(ForeignKey("petitions.id"), index=True)
    channel: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(16))
    external_id: Mapped[str] = mapped_column(Text)
    unique_id: Mapped[str] = mapped_column(String(300))
    declared_name: Mapped[str | None] = mapped_column(String(300))
    declared_type: Mapped[str | None] = mapped_column(String(100))
    state: Mapped[str] = mapped_column(String(10), default="pending")
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    next_attempt_at: Mapped[datetime]
    storage_key: Mapped[str | None] = mapped_column(String(200))
    size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    sha256: Mapped[str | None] = mapped_column(String(64))
    detected_type: Mapped[str | None] = mapped_column(String(100))
    note: Mapped[str | None] = mapped_column(String(300))
    is_restricted: Mapped[bool] = mapped_column(default=False, server_default=false())  # it shows an identity paper
    forget_at: Mapped[datetime | None] = mapped_column(index=True)  # when the provider's copy is to be deleted


class Transcription(Table):
    """What a person of the office heard in a voice note; a correction is a further row, the newest counts."""

    __tablename__ = "transcriptions"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachments.id"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime]


class Petition(Table):
    """The case. `status` is derived from its slowest matter; `version`: two editors never overwrite."""

    __tablename__ = "petitions"
    __table_args__ = (
        Index("ix_petitions_queue", "status", "is_urgent", "opened_at"),
        Index("ix_petitions_line", "status", "tier", "due_on", "opened_at"),
        Index("ix_petitions_place", "municipality", "opened_at"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    folio: Mapped[str] = mapped_column(String(24), unique=True)
    folio_part: Mapped[str] = mapped_column(String(8), index=True)
    citizen_id: Mapped[int] = mapped_column(ForeignKey("citizens.id"), index=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), index=True)
    status: Mapped[str] = mapped_column(String(16))
    opened_at: Mapped[datetime] = mapped_column(index=True)
    due_on: Mapped[date] = mapped_column(Date)
    calendar: Mapped[int] = mapped_column(Integer, server_default="0")  # the change of it that `due_on` knows of
    paused_left: Mapped[int | None] = mapped_column(Integer)  # business days left of a term that stands still
    municipality: Mapped[str | None] = mapped_column(String(8))  # INEGI key
    place_text: Mapped[str | None] = mapped_column(String(300))
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)
    emergency: Mapped[str | None] = mapped_column(String(24))
    is_urgent: Mapped[bool] = mapped_column(default=False)
    is_sensitive: Mapped[bool] = mapped_column(default=False)
    wants_person: Mapped[bool] = mapped_column(default=False)
    needs_interpreter: Mapped[bool] = mapped_column(default=False)
    is_anonymous: Mapped[bool] = mapped_column(default=False, server_default=false())  # the person asked for it
    is_minor: Mapped[bool] = mapped_column(default=False, server_default=false())  # told by a child
    tier: Mapped[int] = mapped_column(SmallInteger, default=3, server_default="3")  # of the queue (`line.tier_of`)
    closing_reason: Mapped[str | None] = mapped_column(String(40))
    is_solved: Mapped[bool | None]
    data_right: Mapped[str | None] = mapped_column(String(16))  # asked for over one's own data; None: other
    contingency_id: Mapped[int | None] = mapped_column(ForeignKey("contingencies.id"), index=True)
    # Of a contingency, as far as it was told: what (bot.damage_talk.WHAT), words, is_hurt, where.
    damage: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    version: Mapped[int] = mapped_column(Integer)
    matters: Mapped[list["Matter"]] = relationship(order_by="Matter.id")
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def hides_identity(self) -> bool:
        """No agency sees who told it, staff only with a reason (`veil`)."""
        return self.is_anonymous or self.is_minor


class Capture(Table):
    """How a petition came that no chat brought. `way`: one of `capturing.CameBy`; `phone`: to be told by, as digits.

    `came_at`: when it reached the office, from which its term counts; `captured_at`: when it was written down.
    """

    __tablename__ = "captures"
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), primary_key=True, autoincrement=False)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    way: Mapped[str] = mapped_column(String(8))
    phone: Mapped[str | None] = mapped_column(String(20))
    came_at: Mapped[datetime]
    captured_at: Mapped[datetime]


class Contingency(Table):
    """A mass event that an officer declared, with the official notice that a new petition gets first.

    `open_mark`: 1 for the one that is on, so that there are never two. `ends_at`: when it ends by itself, if nobody
    ends it before; `ended_by` None then.
    """

    __tablename__ = "contingencies"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    open_mark: Mapped[int | None] = mapped_column(Integer, unique=True)
    reason: Mapped[str] = mapped_column(String(300))
    notice: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(300))
    source_at: Mapped[datetime]
    began_at: Mapped[datetime]
    began_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    ends_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))


class Flood(Table):
    """One sender's messages past what a person writes, and what became of them.

    `heard`: those that were heard all the same, by the reason; `petition_id`: where they are `kept`; `dropped`: of them
    only that they came; `buttons`: pressed and ignored; `is_told`: the sender knows that all is kept.
    """

    __tablename__ = "floods"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), index=True)
    petition_id: Mapped[int | None] = mapped_column(ForeignKey("petitions.id"))
    began_at: Mapped[datetime]
    last_at: Mapped[datetime] = mapped_column(index=True)
    heard: Mapped[dict[str, Any]] = mapped_column(default=dict)
    kept: Mapped[int] = mapped_column(Integer, default=0)
    dropped: Mapped[int] = mapped_column(Integer, default=0)
    buttons: Mapped[int] = mapped_column(Integer, default=0)
    is_told: Mapped[bool] = mapped_column(default=False)


class Matter(Table):
    """One problem inside a petition."""

    __tablename__ = "matters"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(16))
    agency: Mapped[str | None] = mapped_column(String(24))  # where it is, or was decided to go
    told: Mapped[str | None] = mapped_column(String(24))  # whose it is by the citizen's answer to a question
    told_words: Mapped[str | None] = mapped_column(String(80))


class SuggestionRow(Table):
    """What the machine said of a matter and what the rules made of it; never overwritten, the newest counts.

    `ranking`: [{agency, probability, because: [{start, end, text}]}] best first. `trace`: rules tried, in order.
    """

    __tablename__ = "suggestions"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    matter_id: Mapped[int] = mapped_column(ForeignKey("matters.id"), index=True)
    created_at: Mapped[datetime]
    model_version: Mapped[str | None] = mapped_column(String(80))
    ranking: Mapped[list[Any]]
    rule: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(String(300))
    agency: Mapped[str | None] = mapped_column(String(24))  # the rules' proposal
    trace: Mapped[list[Any]]
    kind: Mapped[str | None] = mapped_column(String(24))  # of message, as the rules saw it
    rules_version: Mapped[int | None] = mapped_column(Integer)  # of the rules that proposed it (`rulebook`)
    is_sure: Mapped[bool] = mapped_column(default=False)  # the mind's first agency keeps its promised precision
    question: Mapped[str | None] = mapped_column(String(40))  # the id of what would settle a doubt


class Decision(Table):
    """An officer's word on a suggestion. `rank`: place of the agency in the ranking, 1 first; None: not in it."""

    __tablename__ = "decisions"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    matter_id: Mapped[int] = mapped_column(ForeignKey("matters.id"), index=True)
    suggestion_id: Mapped[int | None] = mapped_column(ForeignKey("suggestions.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    agency: Mapped[str] = mapped_column(String(24))
    rank: Mapped[int | None]
    reason: Mapped[str | None] = mapped_column(String(500))
    decided_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


class Trial(Table):
    """A candidate model that is asked beside the one in service until enough petitions were decided.

    `outcome`: None while it runs, then published, refused (worse than the one in service), withdrawn.
    """

    __tablename__ = "trials"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    model_version: Mapped[str] = mapped_column(String(80), index=True)
    started_at: Mapped[datetime]
    petitions_wanted: Mapped[int] = mapped_column(Integer)
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(12))
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)


class TrialRanking(Table):
    """What a candidate said of a matter: agencies, best first. Shown to nobody who decides."""

    __tablename__ = "trial_rankings"
    __table_args__ = (UniqueConstraint("trial_id", "matter_id"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    trial_id: Mapped[int] = mapped_column(ForeignKey("trials.id"))
    matter_id: Mapped[int] = mapped_column(ForeignKey("matters.id"), index=True)
    agencies: Mapped[list[Any]]


class Lesson(Table):
    """One learning from decisions. `outcome`: None while it goes on; then on_trial, published, few, worse, failed."""

    __tablename__ = "lessons"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(12))
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Trait(Table):
    """By what a petition is compared with others: stems, meanings and likely agencies of its newest suggestion."""

    __tablename__ = "traits"
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), primary_key=True)
    words: Mapped[str] = mapped_column(Text)
    meanings: Mapped[list[Any]]
    agencies: Mapped[dict[str, Any]]


class Band(Table):
    """A petition's place in the index of near texts: who shares a value may be alike (`nlp.duplicates`)."""

    __tablename__ = "bands"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), index=True)
    value: Mapped[int] = mapped_column(BigInteger, index=True)


class SearchText(Table):
    """What a petition is found by (`search_words.document_of`); the databases' own indexes of it are in `database`."""

    __tablename__ = "search_texts"
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), primary_key=True, autoincrement=False)
    words: Mapped[str] = mapped_column(Text)


for _dialect, _statements in SEARCH_INDEXES.items():
    for _statement in _statements:
        _made: Any = DDL(_statement)  # type: ignore[no-untyped-call]
        event.listen(SearchText.__table__, "after_create", _made.execute_if(dialect=_dialect))


class Comparison(Table):
    """A petition whose words are new and that was not compared with others yet."""

    __tablename__ = "comparisons"
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), primary_key=True, autoincrement=False)


class Likeness(Table):
    """Two petitions that may tell of one event; `other_id` is the older. `state`: proposed, same, different."""

    __tablename__ = "likenesses"
    __table_args__ = (UniqueConstraint("petition_id", "other_id"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"))
    other_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), index=True)
    probability: Mapped[float] = mapped_column(Float)
    state: Mapped[str] = mapped_column(String(10), default="proposed")


class Incident(Table):
    """One event that several petitions report. Each keeps its own folio, referral and answer."""

    __tablename__ = "incidents"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    opened_at: Mapped[datetime]
    opened_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))


class IncidentMember(Table):
    __tablename__ = "incident_members"
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"), index=True)
    joined_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))


class Referral(Table):
    """A matter sent to an agency. `kind`: canalizacion (state executive), remision (outside it)."""

    __tablename__ = "referrals"
    __table_args__ = (Index("ix_referrals_inbox", "agency", "state", "issued_at"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    matter_id: Mapped[int] = mapped_column(ForeignKey("matters.id"), index=True)
    agency: Mapped[str] = mapped_column(String(24))
    kind: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(10))  # issued, accepted, returned, answered, undone
    issued_at: Mapped[datetime]
    issued_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    accepted_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]
    return_reason: Mapped[str | None] = mapped_column(Text)
    return_agency: Mapped[str | None] = mapped_column(String(24))  # whose it is by who gave it back
    answered_at: Mapped[datetime | None]
    leaves_at: Mapped[datetime | None]  # before it the officer may take it back; None: at once
    datum: Mapped[str | None] = mapped_column(String(8))  # of the newest inquiry: asked, came
    version: Mapped[int] = mapped_column(Integer)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Joining(Table):
    """A petition that is attended with another one, `lead_id`, and answered with it. A petition's newest row counts.

    `was_due_on`: the term of the leading one before. `ended_at`: it is attended by itself again.
    """

    __tablename__ = "joinings"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), index=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    joined_at: Mapped[datetime]
    leaves_at: Mapped[datetime | None]  # before it the officer may take it back
    was_due_on: Mapped[date] = mapped_column(Date)
    ended_at: Mapped[datetime | None]


class Alarm(Table):
    """An officer's word that a petition is an emergency, or (`kind` None) that it is none, with the reason."""

    __tablename__ = "alarms"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    kind: Mapped[str | None] = mapped_column(String(24))
    reason: Mapped[str] = mapped_column(String(500))
    raised_at: Mapped[datetime]


class Inquiry(Table):
    """A datum that an agency asked the citizen for. `messages`: ids of those that came in answer."""

    __tablename__ = "inquiries"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    referral_id: Mapped[int] = mapped_column(ForeignKey("referrals.id"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    text: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime]
    came_at: Mapped[datetime | None]
    messages: Mapped[list[Any]] = mapped_column(default=list)


class Extension(Table):
    """The one time that a petition's term was extended, with the reason that the citizen was told."""

    __tablename__ = "extensions"
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), primary_key=True, autoincrement=False)
    referral_id: Mapped[int] = mapped_column(ForeignKey("referrals.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    reason: Mapped[str] = mapped_column(Text)
    given_at: Mapped[datetime]
    was_due_on: Mapped[date] = mapped_column(Date)


class Rating(Table):
    """How the citizen was attended, by them: asked once a petition. `mark`: good, fair, bad; None: not answered."""

    __tablename__ = "ratings"
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), primary_key=True, autoincrement=False)
    asked_at: Mapped[datetime]
    mark: Mapped[str | None] = mapped_column(String(8))
    rated_at: Mapped[datetime | None]
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"))


class Answer(Table):
    __tablename__ = "answers"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    referral_id: Mapped[int] = mapped_column(ForeignKey("referrals.id"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]


class AnswerDraft(Table):
    """An answer that a member of staff is writing, kept by itself; gone when the answer leaves.

    `before`: what they had written before other words were put in, until they type on.
    """

    __tablename__ = "answer_drafts"
    referral_id: Mapped[int] = mapped_column(ForeignKey("referrals.id"), primary_key=True, autoincrement=False)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(Text)
    before: Mapped[str | None] = mapped_column(Text)
    saved_at: Mapped[datetime]


class AnswerTemplate(Table):
    """An agency's own text for answers that come again and again; its words are in its versions."""

    __tablename__ = "answer_templates"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    agency: Mapped[str] = mapped_column(String(24), index=True)
    retired_at: Mapped[datetime | None]
    retired_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))


class AnswerTemplateVersion(Table):
    """What a template said from `saved_at` on. The greatest number counts; none is changed."""

    __tablename__ = "answer_template_versions"
    template_id: Mapped[int] = mapped_column(ForeignKey("answer_templates.id"), primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    title: Mapped[str] = mapped_column(String(120))  # the topic
    text: Mapped[str] = mapped_column(Text)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    saved_at: Mapped[datetime]


class Reply(Table):
    """An outbound message, one provider send. `key` makes queueing it twice impossible.

    `state`: queued, held (24-hour window closed), claimed (nothing sent yet), sending (perhaps sent), accepted, failed,
    ambiguous, undone (what it tells was taken back before it left). `delivery`: the provider's ladder after acceptance
    (sent, delivered, read, failed). `in_person`: there is no chat, a person of the office says it (`captures`).
    """

    __tablename__ = "replies"
    __table_args__ = (
        Index("ix_replies_waiting", "state", "next_attempt_at"),
        Index("ix_replies_order", "conversation_id", "id"),
        Index("ix_replies_pace", "channel", "sending_at"),
        Index("ix_replies_external", "channel", "external_id"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(100), unique=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"))
    petition_id: Mapped[int | None] = mapped_column(ForeignKey("petitions.id"), index=True)
    channel: Mapped[str] = mapped_column(String(16))
    purpose: Mapped[str] = mapped_column(String(40))  # the catalogue's key of its text
    text: Mapped[str] = mapped_column(Text)
    evidence_id: Mapped[int | None] = mapped_column(Id)  # the file that it carries (`tables_answers`, not known here)
    choices: Mapped[list[Any]] = mapped_column(default=list)
    fields: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # what the sentence was filled with
    template: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # the approved one it leaves as
    state: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime]
    next_attempt_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    lease_number: Mapped[int] = mapped_column(Integer, default=0)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    sending_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    external_id: Mapped[str | None] = mapped_column(String(100))
    delivery: Mapped[str | None] = mapped_column(String(12))
    was_ambiguous: Mapped[bool] = mapped_column(default=False)
    error_code: Mapped[str | None] = mapped_column(String(60))

    @property
    def words(self) -> str:
        """What the citizen reads: its own text, or that of the template it leaves as."""
        return str((self.template or {}).get("text") or self.text)


class Timer(Table):
    """What happens at `due_at` if nobody did anything before. `kind`: a reminder's; gone when it went off."""

    __tablename__ = "timers"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"))
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"))
    due_at: Mapped[datetime] = mapped_column(index=True)


class ReservedWords(Table):
    """What a citizen will be told when it is safe to read: `key` begins as that of the answer's own messages would."""

    __tablename__ = "reserved_words"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), index=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    purpose: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)
    evidence_id: Mapped[int | None] = mapped_column(Id)  # the file that goes with it
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class Interpretation(Table):
    """The wish for an interpreter and what became of it. `state`: requested, assigned, appointment, done.

    `language`: its name in Spanish; `town`: in the person's words; `interpreter`: who; `place`: of an appointment.
    """

    __tablename__ = "interpretations"
    __table_args__ = (Index("ix_interpretations_state", "state", "requested_at"),)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(12))
    language: Mapped[str | None] = mapped_column(String(80))
    town: Mapped[str | None] = mapped_column(String(200))
    requested_at: Mapped[datetime]
    moved_at: Mapped[datetime]
    moved_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    interpreter: Mapped[str | None] = mapped_column(String(200))
    meets_at: Mapped[datetime | None]
    place: Mapped[str | None] = mapped_column(String(300))
    note: Mapped[str | None] = mapped_column(String(500))


class Task(Table):
    """An answer that did not reach the citizen through the chat: a person tells them another way.

    `reason`: failed, doubtful, held, in_person. `outcome`: None while it is open; told, delivered (it came through
    after all), unreachable, overtaken (a later notice says more). `reply_id` is the answer's: no task twice.
    """

    __tablename__ = "tasks"
    __table_args__ = (Index("ix_tasks_open", "closed_at", "opened_at"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), index=True)
    reply_id: Mapped[int] = mapped_column(ForeignKey("replies.id"), unique=True)
    reason: Mapped[str] = mapped_column(String(10))
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    outcome: Mapped[str | None] = mapped_column(String(12))
    means: Mapped[str | None] = mapped_column(String(12))  # call, visit, letter, other
    note: Mapped[str | None] = mapped_column(String(500))


class Takeover(Table):
    """A person of the office in a conversation, whose program keeps quiet meanwhile. At most one is open in each.

    `active_at`: when they came or last wrote. `ending`: None while it is open; then left, replaced, idle.
    """

    __tablename__ = "takeovers"
    __table_args__ = (Index("ix_takeovers_open", "ended_at", "active_at"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), index=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    began_at: Mapped[datetime]
    active_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ending: Mapped[str | None] = mapped_column(String(10))


class Claim(Table):
    """Who looks at a petition in triage, and until when it is theirs if they do not ask for longer."""

    __tablename__ = "claims"
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), primary_key=True, autoincrement=False)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    until: Mapped[datetime]


class SavedView(Table):
    """A member's own name for filters of the queue. `query`: of its address."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("staff_id", "name"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    name: Mapped[str] = mapped_column(String(60))
    query: Mapped[str] = mapped_column(String(500))
    saved_at: Mapped[datetime]


class HistoryEntry(Table):
    """What happened to a petition, append only; each entry's hash covers the one before it."""

    __tablename__ = "history"
    __table_args__ = (UniqueConstraint("petition_id", "number"), Index("ix_history_name", "name", "happened_at"))
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"))
    number: Mapped[int] = mapped_column(Integer)
    happened_at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(80))  # citizen, machine, staff:<id>
    name: Mapped[str] = mapped_column(String(40))
    data: Mapped[dict[str, Any]]
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class Staff(Table):
    __tablename__ = "staff"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    username: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str] = mapped_column(String(300))
    role: Mapped[str] = mapped_column(String(16))  # one of `staff.Role`
    agency: Mapped[str | None] = mapped_column(String(24))  # of a liaison or a head
    is_active: Mapped[bool] = mapped_column(default=True)
    failed_logins: Mapped[int] = mapped_column(Integer, default=0)
    locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime]


class StaffSession(Table):
    """A log-in, kept here so that it can be ended here. Only the token's hash is stored."""

    __tablename__ = "staff_sessions"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    csrf_token: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]  # within some minutes
    agent: Mapped[str | None] = mapped_column(String(200))  # what the browser calls itself


class CalendarChange(Table):
    """One change of the office's table of days, never altered; `number` is the version of the calendar that it makes.

    `kind`: closed (no office), working (office on a day that the file closes), suspended (terms stand still: of
    `municipalities` by their INEGI keys, of all when None), withdrawn (the change `of_number` counts no more).
    `source`: the legal citation.
    """

    __tablename__ = "calendar_changes"
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(10))
    of_number: Mapped[int | None] = mapped_column(ForeignKey("calendar_changes.number"), unique=True)
    first_on: Mapped[date] = mapped_column(Date)
    last_on: Mapped[date] = mapped_column(Date)
    municipalities: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    reason: Mapped[str] = mapped_column(String(300))
    source: Mapped[str] = mapped_column(String(500))
    made_at: Mapped[datetime]
    made_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))


class Pause(Table):
    """The one time that a petition's term stood still: from the question to the datum, or to `ends_on`."""

    __tablename__ = "pauses"
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), primary_key=True, autoincrement=False)
    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiries.id"))
    began_at: Mapped[datetime]
    was_due_on: Mapped[date] = mapped_column(Date)
    days_left: Mapped[int] = mapped_column(Integer)
    ends_on: Mapped[date] = mapped_column(Date)
    ended_at: Mapped[datetime | None]


class IndicatorSnapshot(Table):
    """A month's figure as it was reported, written once. `keys`: ids of its `numerator`'s and `denominator`'s rows."""

    __tablename__ = "indicator_snapshots"
    __table_args__ = (UniqueConstraint("month", "indicator", "reading"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    month: Mapped[date] = mapped_column(Date)  # its first day
    indicator: Mapped[str] = mapped_column(String(16))
    reading: Mapped[str] = mapped_column(String(16))
    numerator: Mapped[int] = mapped_column(Integer)
    denominator: Mapped[int] = mapped_column(Integer)
    keys: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64))
    frozen_at: Mapped[datetime]
