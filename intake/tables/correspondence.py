"""Tables of what comes on paper or by mail: pieces, their files, the mailbox; and of the office's own papers."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from intake.tables.base import Id, Table


class Piece(Table):
    """One document that reached the front desk. `way`: counter, courier, mail; `state`: waiting, registered, discarded.

    `key`: of the form, or of the mail's name and body, so that it is kept once. `text`: what stands on it as a person
    corrected it; None: nobody has yet. `their_number`, `their_date`: of the sender's own letter.
    """

    __tablename__ = "pieces"
    __table_args__ = (Index("ix_pieces_came", "state", "came_at"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    way: Mapped[str] = mapped_column(String(8))
    came_at: Mapped[datetime] = mapped_column(index=True)
    kept_at: Mapped[datetime]
    kept_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # None: the mailbox
    sender: Mapped[str] = mapped_column(String(200))
    sender_kind: Mapped[str] = mapped_column(String(12))
    addressee: Mapped[str] = mapped_column(String(200))
    their_number: Mapped[str] = mapped_column(String(80))
    their_date: Mapped[date | None] = mapped_column(Date)
    subject: Mapped[str] = mapped_column(String(300))
    enclosures: Mapped[int] = mapped_column(Integer)
    address: Mapped[str | None] = mapped_column(String(254))  # the mail's sender
    text: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10))
    petition_id: Mapped[int | None] = mapped_column(ForeignKey("petitions.id"), index=True)
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    reason: Mapped[str | None] = mapped_column(String(300))  # why no folio was opened


class PieceFile(Table):
    """A page or an enclosure as it came, never changed; kept under its hash. `role`: page, enclosure, mail (the .eml).

    `reading`: waiting, done, failed, away (no program that reads here), none (nothing to read). `words`: what the
    program read, a proposal.
    """

    __tablename__ = "piece_files"
    __table_args__ = (
        UniqueConstraint("piece_id", "number"),
        Index("ix_piece_files_reading", "reading", "next_attempt_at"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    piece_id: Mapped[int] = mapped_column(ForeignKey("pieces.id"))
    number: Mapped[int] = mapped_column(Integer)
    role: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(120))
    media_type: Mapped[str] = mapped_column(String(100))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    storage_key: Mapped[str] = mapped_column(String(80))
    sheets: Mapped[int] = mapped_column(Integer)
    reading: Mapped[str] = mapped_column(String(8))
    attempts: Mapped[int] = mapped_column(Integer)
    next_attempt_at: Mapped[datetime]
    words: Mapped[str | None] = mapped_column(Text)


class Mailbox(Table):
    """How far the front desk's mailbox was read. `fault`: of the last look, None when it went well. A mail that fails
    again and again is set aside, for a person to look at in the mailbox itself."""

    __tablename__ = "mailboxes"
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    validity: Mapped[int] = mapped_column(BigInteger)  # IMAP's UIDVALIDITY: with another one numbers begin anew
    last_uid: Mapped[int] = mapped_column(BigInteger)
    lease_until: Mapped[datetime | None]
    looked_at: Mapped[datetime | None]
    fault: Mapped[str | None] = mapped_column(String(60))
    failing_uid: Mapped[int | None] = mapped_column(BigInteger)  # the mail at which the last looks ended
    failures: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    set_aside: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")  # UIDs that could not be had


class NumberSeries(Table):
    """The last number that was given of a kind in a year; given in the transaction of what bears it, so without gap."""

    __tablename__ = "number_series"
    kind: Mapped[str] = mapped_column(String(60), primary_key=True)
    year: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(Integer)


class OfficePaper(Table):
    """A paper that the office issues on a petition. `kind`: acknowledgement, slip, letter. `content`: what stands on
    it; `digest`, `seal`: as of an answer's paper. `sha256`, `storage_key`: of the file, None until it is drawn."""

    __tablename__ = "office_papers"
    __table_args__ = (UniqueConstraint("kind", "year", "number"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), index=True)
    referral_id: Mapped[int | None] = mapped_column(ForeignKey("referrals.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    year: Mapped[int] = mapped_column(Integer)
    number: Mapped[int] = mapped_column(Integer)
    label: Mapped[str] = mapped_column(String(60))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(64))
    seal: Mapped[str] = mapped_column(String(64))
    issued_at: Mapped[datetime]
    issued_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    sha256: Mapped[str | None] = mapped_column(String(64))
    storage_key: Mapped[str | None] = mapped_column(String(80))
