"""How an answer's file leaves: its bytes for a provider that takes them, a signed address for one that fetches.

Called by `sending` for each claimed reply with a file, and by `evidence_pages`. Read only.
"""

import re
import unicodedata
from datetime import timedelta
from functools import partial

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.orm import Session

from bot.errors import SendError
from bot.messages import OutboundFile
from intake.clock import utc_now
from intake.database import reading
from intake.office import Office
from intake.tables.answers import Evidence
from intake.tables.outgoing import Reply

PATH = "/adjuntos"
LASTS = timedelta(hours=6)  # Twilio queues for up to 4 (TWE/63018) and fetches when it sends


def file_of(session: Session, office: Office, reply: Reply) -> OutboundFile | None:
    """None: it carries none."""
    row = session.get(Evidence, reply.evidence_id) if reply.evidence_id else None
    if row is None:
        return None
    url = link_to(office, row)
    return OutboundFile(row.name, row.media_type, url, partial(_read, office, row.storage_key))


def link_to(office: Office, row: Evidence) -> str:
    """It ends in the file's name: WhatsApp shows a document by it."""
    return f"{office.settings.public_url}{PATH}/{_token(office, row.id)}/{plain_name(row.name)}"


def find_linked(office: Office, token: str) -> Evidence | None:
    """None when the link is forged or over."""
    try:
        evidence_id, until = _signer(office).loads(token)
    except (BadSignature, ValueError, TypeError):
        return None
    if utc_now().timestamp() > until:
        return None
    with reading(office.sessions) as session:
        return session.get(Evidence, evidence_id)


def plain_name(name: str) -> str:
    """Letters of an address only."""
    bare = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9._-]+", "-", bare).strip("-.") or "archivo"


def _read(office: Office, key: str) -> bytes:
    """Raises SendError: a store that is away comes back, a file that is gone does not."""
    try:
        with office.files.open(key) as file:
            return file.read()
    except FileNotFoundError as error:
        raise SendError("file_missing", "the file is not in the store") from error
    except OSError as error:
        raise SendError("store_away", type(error).__name__, retryable=True) from error


def _token(office: Office, evidence_id: int) -> str:
    return str(_signer(office).dumps([evidence_id, int((utc_now() + LASTS).timestamp())]))


def _signer(office: Office) -> URLSafeSerializer:
    return URLSafeSerializer(office.settings.secret_key, salt="evidence")
