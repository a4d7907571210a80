"""What is kept of a person, for that person: the link to it, and what it shows. Read only."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from html import escape
from typing import Any

from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.effects import Say
from bot.privacy_talk import handed_over, handed_over_enough
from bot.texts import Catalogue
from intake.answers.evidence import list_of_answer
from intake.office import Office
from intake.petitions.case import list_matters
from intake.petitions.ratings import find_rating
from intake.petitions.states import Status, citizen_word
from intake.tables.answers import Answer
from intake.tables.citizens import Alias, Citizen, Conversation
from intake.tables.incoming import Attachment, Message
from intake.tables.outgoing import Reply
from intake.tables.petitions import Interpretation, Petition, Referral
from intake.thinking.facts import place_name

PATH = "/mis-datos"
LASTS = timedelta(minutes=30)  # long enough to find a better moment the same day costs one more message
LINKS_A_DAY = 3
EXPORT = "privacy.export"
Content = dict[str, Any]


def hand_over(session: Session, office: Office, conversation: Conversation, now: datetime) -> Say:
    """The link, or that there were enough of them today."""
    own = select(Conversation.id).where(Conversation.citizen_id == conversation.citizen_id)
    today = Reply.conversation_id.in_(own), Reply.purpose == EXPORT, Reply.created_at > now - timedelta(days=1)
    if (session.scalar(select(func.count()).select_from(Reply).where(*today)) or 0) >= LINKS_A_DAY:
        return handed_over_enough(office.texts)
    token = _signer(office).dumps([conversation.citizen_id, secrets.token_urlsafe(12)])
    return handed_over(f"{office.settings.public_url}{PATH}/{token}", int(LASTS.total_seconds() // 60), office.texts)


def find_owner(office: Office, token: str) -> int | None:
    """The citizen whom a link belongs to; None when it is forged or over."""
    try:
        citizen_id, _ = _signer(office).loads(token, max_age=int(LASTS.total_seconds()))
    except (BadSignature, ValueError, TypeError):
        return None
    return int(citizen_id)


def collect(session: Session, office: Office, citizen_id: int) -> Content:
    """In Spanish: it is read by the person and by programs that they give it to. Times are local, ISO 8601."""
    citizen = session.get_one(Citizen, citizen_id)
    aliases = session.scalars(select(Alias).where(Alias.citizen_id == citizen_id).order_by(Alias.id))
    petitions = session.scalars(select(Petition).where(Petition.citizen_id == citizen_id).order_by(Petition.id))
    talks = select(Conversation.id).where(Conversation.citizen_id == citizen_id)
    rest = select(Message).where(Message.conversation_id.in_(talks), Message.petition_id.is_(None))
    return {
        "oficina": office.jurisdiction.office,
        "nombre": citizen.name,
        "contactos": [{"canal": alias.channel, "dirección": alias.address} for alias in aliases],
        "peticiones": [_petition(session, office, petition) for petition in petitions],
        "otros mensajes": [_message(session, office, m) for m in session.scalars(rest.order_by(Message.id))],
    }


def as_document(content: Mapping[str, Any], title: str) -> str:
    """A page that needs nothing else to be read or printed."""
    style = "body{font:1rem/1.5 sans-serif;max-width:45rem;margin:2rem auto;padding:0 1rem}dt{font-weight:bold}"
    return simple_page(title, f"<style>{style}</style>{_html(content)}")


def front_page(texts: Catalogue, token: str) -> str:
    """Shows nothing of the person: messengers fetch what is linked to in a chat. The data needs a pressed button."""
    buttons = "".join(
        f'<form method="post" action="{PATH}/{escape(token)}/{name}"><button>{escape(label)}</button></form>'
        for name, label in (("documento", texts("own_data.document")), ("json", texts("own_data.json")))
    )
    return simple_page(texts("own_data.title"), f"<p>{escape(texts('own_data.explained'))}</p>{buttons}")


def over_page(texts: Catalogue) -> str:
    return simple_page(texts("own_data.title"), f"<p>{escape(texts('own_data.over'))}</p>")


def _signer(office: Office) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(office.settings.secret_key, salt="own-data")


def _petition(session: Session, office: Office, petition: Petition) -> Content:
    messages = session.scalars(select(Message).where(Message.petition_id == petition.id).order_by(Message.id))
    matters = [matter.id for matter in list_matters(petition)]
    answers = select(Answer, Referral.agency).join(Referral).where(Referral.matter_id.in_(matters)).order_by(Answer.id)
    rating = find_rating(session, petition.id)
    told = office.texts(f"status.{citizen_word(Status(petition.status))}", agency=office.texts("status.some_agency"))
    return {
        "folio": petition.folio,
        "estado": told,
        "recibida": _local(office, petition.opened_at),
        "fecha límite": petition.due_on.isoformat(),
        "lugar": place_name(office, petition),
        "cómo calificó la atención": office.texts(f"choice.{rating.mark}") if rating and rating.mark else None,
        "daños": petition.damage or {},
        "intérprete": _interpreter(session, office, petition),
        "anónima": "sí" if petition.is_anonymous else None,
        "de una persona menor de edad": "sí" if petition.is_minor else None,
        "mensajes": [_message(session, office, message) for message in messages],
        "respuestas": [_answer(session, office, answer, agency) for answer, agency in session.execute(answers)],
    }


def _interpreter(session: Session, office: Office, petition: Petition) -> Content:
    row = session.get(Interpretation, petition.id)
    if row is None:
        return {}
    at = _local(office, row.meets_at) if row.meets_at else None
    return {"lengua": row.language, "pueblo": row.town, "nombre": row.interpreter, "cita": at, "dónde": row.place}


def _answer(session: Session, office: Office, answer: Answer, agency: str) -> Content:
    name = office.jurisdiction.name_agency(agency)
    told = {"fecha": _local(office, answer.created_at), "dependencia": name, "texto": answer.text}
    files = [file.name for file in list_of_answer(session, answer.id)]
    return told | ({"archivos": files} if files else {})


def _message(session: Session, office: Office, message: Message) -> Content:
    files = session.scalars(select(Attachment).where(Attachment.message_id == message.id).order_by(Attachment.id))
    at = None if message.latitude is None else [message.latitude, message.longitude]
    written = {"fecha": _local(office, message.received_at), "texto": message.text, "ubicación": at}
    return written | {"archivos": [file.declared_name or file.kind for file in files]}


def _local(office: Office, at: datetime) -> str:
    return at.astimezone(office.jurisdiction.zone).isoformat(timespec="minutes")


def _html(value: object) -> str:
    if isinstance(value, Mapping):
        rows = (f"<dt>{escape(str(name))}</dt><dd>{_html(own)}</dd>" for name, own in value.items() if own)
        return f"<dl>{''.join(rows)}</dl>"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"<ul>{''.join(f'<li>{_html(own)}</li>' for own in value)}</ul>"
    return escape(str(value))


def simple_page(title: str, body: str) -> str:
    """`body`: HTML, escaped already."""
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
    return f'<!doctype html><html lang="es-MX"><head>{head}</head><body><h1>{escape(title)}</h1>{body}</body></html>'
