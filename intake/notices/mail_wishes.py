"""Where each member of staff is written to, and of what: their own word, on «Mi cuenta»."""

import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import update
from sqlalchemy.orm import Session

from intake.accounts.staff import OF_AGENCIES, OVERSEERS, Member
from intake.acting import require
from intake.audit.trail import Act, note_act, staff_of
from intake.clock import utc_now
from intake.errors import FormRefused, NotFound
from intake.notices.mailing import Kind, put
from intake.office import Office
from intake.tables.notices import Mail, MailWish

READERS = OVERSEERS | OF_AGENCIES  # statistics sees no petition, and so no folio
CONFIRMING = "/mi-cuenta/correo/"
LINK_LASTS = timedelta(days=7)
ADDRESS_MAX = 254  # RFC 5321 §4.5.3.1.3 with its brackets
# One mailbox in ASCII (RFC 5322 dot-atom): not every server takes more, and no line break ever gets into a header.
ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)+"
)


class Wish(StrEnum):
    """IMMEDIATE has the digest too. Of emergencies in one's own duty one is always told."""

    IMMEDIATE = "immediate"
    DIGEST = "digest"
    NONE = "none"


@dataclass(frozen=True)
class OwnWish:
    address: str
    wish: Wish
    is_confirmed: bool = False


def find_wish(session: Session, staff_id: int) -> OwnWish | None:
    row = session.get(MailWish, staff_id)
    return OwnWish(row.address, Wish(row.wish), row.confirmed_at is not None) if row else None


def set_wish(office: Office, member: Member, own: OwnWish) -> None:
    """An empty address: nothing is sent any more, and what waited is not sent either. A new one is sent
    a link, and nothing else before it is opened; the same said again has it sent again. Commits.

    Raises NotAllowed, FormRefused: address.
    """
    require(member, READERS)
    if own.address and (len(own.address) > ADDRESS_MAX or not ADDRESS.fullmatch(own.address)):
        raise FormRefused("address")
    with office.sessions.begin() as session:
        row = session.get(MailWish, member.id, with_for_update=True)
        is_new = bool(own.address) and (row is None or row.address != own.address or _is_said_again(row, own))
        _keep(session, member.id, row, own)
        session.flush()
        if is_new:
            _ask(session, office, member.id)
        note_act(session, staff_of(member.id), Act.MAIL_WISH_CHANGED, {"wish": own.wish.value if own.address else ""})


def confirm_address(office: Office, member: Member, token: str) -> None:
    """Letters go to the address from now on. Commits. Raises NotFound: forged, over, used, or another member's link."""
    try:
        staff_id, asked = _signer(office).loads(token, max_age=int(LINK_LASTS.total_seconds()))
    except (BadSignature, ValueError, TypeError) as error:
        raise NotFound("no such link") from error
    with office.sessions.begin() as session:
        row = session.get(MailWish, member.id, with_for_update=True)
        if row is None or staff_id != member.id or row.asked is None or row.asked != asked:
            raise NotFound("the link was used, or another address was written since")
        row.asked, row.confirmed_at = None, utc_now()
        note_act(session, staff_of(member.id), Act.MAIL_CONFIRMED)


def _is_said_again(row: MailWish, own: OwnWish) -> bool:
    return row.confirmed_at is None and row.wish == own.wish.value


def _ask(session: Session, office: Office, staff_id: int) -> None:
    """The one letter that goes to an address that nobody has confirmed."""
    now, row = utc_now(), session.get_one(MailWish, staff_id)
    row.asked, row.confirmed_at = secrets.token_hex(16), None
    path = CONFIRMING + _signer(office).dumps([staff_id, row.asked])
    put(session, office, Kind.GREETING, [staff_id], {"path": path}, now, key=f"greeting-{row.asked}")


def _signer(office: Office) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(office.settings.secret_key, salt="mail-address")


def _keep(session: Session, staff_id: int, row: MailWish | None, own: OwnWish) -> None:
    if not own.address:
        if row:
            session.delete(row)
        waiting = Mail.staff_id == staff_id, Mail.state == "waiting"
        session.execute(update(Mail).where(*waiting).values(state="skipped", outcome="no_address"))
    elif row:
        row.address, row.wish = own.address, own.wish.value
    else:
        session.add(MailWish(staff_id=staff_id, address=own.address, wish=own.wish.value))
