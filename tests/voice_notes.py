"""A voice note on a petition, as it is once its file was kept."""

from pathlib import Path

from sqlalchemy import select

from intake.office import Office
from intake.petitions.case import get_petition
from intake.tables.incoming import Attachment, Message

KEY = "aa/nota"


def add_voice_note(office: Office, folio: str, folder: Path, kind: str = "voice", *, is_alone: bool = False) -> int:
    """Sent with the petition's newest message, or instead of its words; the file's id."""
    source = folder / "nota"
    source.write_bytes(b"OggS")
    office.files.put(source, KEY)
    with office.sessions.begin() as session:
        petition = get_petition(session, folio)
        own = select(Message).where(Message.petition_id == petition.id).order_by(Message.id.desc())
        message = session.scalars(own).first()
        assert message
        if is_alone:
            message.text = ""
        file = Attachment(
            message_id=message.id,
            petition_id=petition.id,
            channel="console",
            kind=kind,
            external_id="x",
            unique_id="x",
            state="stored",
            next_attempt_at=message.received_at,
            storage_key=KEY,
            size_bytes=4,
            sha256="0" * 64,
            detected_type="audio/ogg",
        )
        session.add(file)
        session.flush()
        return file.id
