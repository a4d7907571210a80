"""Tables of an agency's answer: its words, drafts and templates; its files, its paper, the head's approval."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from intake.tables.base import Id, Table


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


class Evidence(Table):
    """A file that an agency gives with its answer: of a draft while `answer_id` is None. What is kept is a copy without
    the place and the telephone that a photo tells of; `sha256`: of that copy, as it leaves."""

    __tablename__ = "evidence"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    referral_id: Mapped[int] = mapped_column(ForeignKey("referrals.id"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("answers.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    media_type: Mapped[str] = mapped_column(String(40))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    storage_key: Mapped[str] = mapped_column(String(80))
    put_at: Mapped[datetime]


class Paper(Table):
    """An answer as a document, made once. `content`: what stands on it; `digest`: SHA-256 of that; `seal`: the office's
    signature of the digest; `sha256`, `storage_key`: of the file."""

    __tablename__ = "papers"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    answer_id: Mapped[int] = mapped_column(ForeignKey("answers.id"), unique=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(64))
    seal: Mapped[str] = mapped_column(String(64))
    sha256: Mapped[str] = mapped_column(String(64))
    storage_key: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime]


class Approval(Table):
    """An answer that waits for the agency's head, or waited. `outcome`: None while it waits; then approved, returned
    (with `reason`, to who wrote it), overtaken (the referral ended another way). `leaves_at`: `decided_by` approved it
    and may still take that back; None before, and once it has left."""

    __tablename__ = "approvals"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    referral_id: Mapped[int] = mapped_column(ForeignKey("referrals.id"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    text: Mapped[str] = mapped_column(Text)
    put_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    outcome: Mapped[str | None] = mapped_column(String(10))
    reason: Mapped[str | None] = mapped_column(Text)
    leaves_at: Mapped[datetime | None] = mapped_column(index=True)


class AgencyWish(Table):
    """How an agency works with its answers; without a row as is usual. `wants_approval`: its head sees them first."""

    __tablename__ = "agency_wishes"
    agency: Mapped[str] = mapped_column(String(24), primary_key=True)
    wants_approval: Mapped[bool]
    changed_at: Mapped[datetime]
    changed_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
