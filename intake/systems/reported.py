"""A petition that a partner's application reports over Open311: kept, read, answered for as any that a chat brings.

The same way as what an officer writes down (`capturing`): one event, one folio, the same mind and term, and a task for
whoever has to be told in person. The same key never makes two.
"""

import hashlib
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.database import reading
from intake.errors import FormRefused
from intake.office import Office
from intake.petitions.case import get_petition
from intake.reports.words import day_words
from intake.systems.open311 import Service
from intake.systems.tokens import Caller
from intake.tables.petitions import Petition
from intake.tables.systems import SystemRequest
from intake.thinking.effects import PLACE_WORDS_MAX
from intake.triage.capturing import NAME_MAX, TEXT_MIN, CameBy, CaptureRefused, Statement, keep_statement, read_phone

DESCRIPTION_MAX = 4_000  # characters: GeoReport v2, POST Service Request
FIELD_MAX = 500


@dataclass(frozen=True)
class Report:
    """What the application sends. `clave`: INEGI's key, the `address_id`; `spot`: degrees, WGS 84."""

    service: Service
    description: str = ""
    spot: tuple[float, float] | None = None
    address: str = ""
    clave: str = ""
    name: str = ""
    phone: str = ""
    email: str = ""
    media_url: str = ""
    language: str = ""
    is_anonymous: bool = False


@dataclass(frozen=True)
class Receipt:
    """`notice`: what the person should read now; in danger, whom to call."""

    folio: str
    notice: str


def report(office: Office, caller: Caller, sent: Report, key: str) -> Receipt:
    """Open the petition and commit. Raises FormRefused: `sent` where the key made another petition before."""
    _check(office, sent)
    text = _text_of(sent)
    said = Statement(
        way=CameBy.SYSTEM,
        came_at=None,
        text=text,
        clave=sent.clave,
        detail=sent.address[:PLACE_WORDS_MAX],
        name=sent.name[:NAME_MAX],
        phone=_phone(sent.phone) or "",
        language=sent.language,
        is_anonymous=sent.is_anonymous,
        spot=sent.spot,
        told=_told(office, sent.service, text),
    )
    hashed = hash_key(key)

    def beside(session: Session, petition: Petition) -> None:
        session.add(
            SystemRequest(
                petition_id=petition.id,
                system_id=caller.system_id,
                key=hashed,
                service=sent.service.code,
                opened_at=petition.opened_at,
            )
        )

    folio = keep_statement(office, caller.member, said, f"open311-{caller.system_id}-{hashed}", beside)
    return Receipt(folio, _notice(office, folio))


def find_reported(office: Office, caller: Caller, key: str) -> str | None:
    """The folio that the system's key made."""
    own = SystemRequest.system_id == caller.system_id, SystemRequest.key == hash_key(key)
    wanted = select(Petition.folio).join(SystemRequest, SystemRequest.petition_id == Petition.id).where(*own)
    with reading(office.sessions) as session:
        return session.scalar(wanted)


def hash_key(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _check(office: Office, sent: Report) -> None:
    if len(sent.description) > DESCRIPTION_MAX:
        raise FormRefused("long")
    if sent.clave and office.reader.find_municipality(sent.clave) is None:
        raise FormRefused("address_id")
    if sent.spot and not (-90 <= sent.spot[0] <= 90 and -180 <= sent.spot[1] <= 180):
        raise FormRefused("spot")
    if not (sent.spot or sent.address or sent.clave):
        raise FormRefused("place")


def _text_of(sent: Report) -> str:
    """The person's words; behind them how to reach them, as far as there is no field for it. A few words say more with
    the service that was chosen."""
    words = sent.description if len(sent.description) >= TEXT_MIN else f"{sent.service.name}. {sent.description}"
    phone = sent.phone if sent.phone and _phone(sent.phone) is None else ""
    further = [sent.media_url, phone, sent.email]
    return "\n".join(filter(None, [words.strip(), *(one[:FIELD_MAX] for one in further)]))


def _phone(written: str) -> str | None:
    """None for what is no telephone: no petition is turned away for it."""
    try:
        return read_phone(written)
    except CaptureRefused:
        return None


def _told(office: Office, service: Service, text: str) -> tuple[str, str] | None:
    """The person chose the service; but where danger is read, or a matter that is offered nobody by name, the mind's
    own ranking stands, with all that follows from it."""
    if service.agency is None:
        return None
    read, offer = office.reader.read(text, explains=False), office.jurisdiction.open311
    first = read.suggestions[0].agency if read.suggestions else service.agency
    is_plain = read.emergency is None and offer is not None and offer.may_name(first)
    return (service.agency, service.name) if is_plain else None


def _notice(office: Office, folio: str) -> str:
    with reading(office.sessions) as session:
        petition = get_petition(session, folio)
        emergency, due_on = petition.emergency, petition.due_on
    if emergency:
        return office.texts(f"emergency.{emergency}")
    offer = office.jurisdiction.open311
    return offer.notice.format(folio=folio, due=day_words(due_on)) if offer else ""
