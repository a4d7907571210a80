"""Addresses about an answer's paper: the citizen's own link to it, which ends, and where its code is checked.

None of them where the office has no public address: a link that leads nowhere is not sent.
"""

from datetime import date, timedelta

from itsdangerous import BadSignature, URLSafeSerializer

from intake.clock import utc_now
from intake.office import Office

PATH, CHECKING = "/respuesta", "/verificar"
LASTS = timedelta(days=30)


def paper_link(office: Office, answer_id: int) -> str:
    if office.settings.is_local:
        return ""
    token = _signer(office).dumps([answer_id, int((utc_now() + LASTS).timestamp())])
    return f"{office.settings.public_url}{PATH}/{token}"


def last_day(office: Office) -> date:
    """Of a link that is made now."""
    return (utc_now() + LASTS).astimezone(office.jurisdiction.zone).date()


def find_answer_id(office: Office, token: str) -> int | None:
    """None when the link is forged or over."""
    try:
        answer_id, until = _signer(office).loads(token)
    except (BadSignature, ValueError, TypeError):
        return None
    return int(answer_id) if utc_now().timestamp() <= until else None


def checking_link(office: Office, code: str) -> str:
    return "" if office.settings.is_local else f"{office.settings.public_url}{CHECKING}/{code}"


def _signer(office: Office) -> URLSafeSerializer:
    return URLSafeSerializer(office.settings.secret_key, salt="answer-paper")
