"""The page behind a meeting's QR code, on the app that faces the internet: a guest signs in."""

import asyncio
from collections.abc import Awaitable, Callable
from html import escape
from urllib.parse import parse_qs

from babel.dates import format_datetime
from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from intake.citizens.own_data import simple_page
from intake.citizens.own_data_pages import HEADERS
from intake.errors import FormRefused, NotFound
from intake.meetings.attending import NAME_MAX, PATH, REPRESENTS_MAX, Arrived, find_open, sign_in
from intake.meetings.kinds import Sector
from intake.office import Office
from intake.tables.meetings import Meeting

BODY_MAX = 4096
Handler = Callable[[Request], Awaitable[Response]]


def routes(office: Office) -> list[tuple[str, str, Handler]]:
    path = f"{PATH}/{{token}}"
    return [("GET", path, _front(office)), ("POST", path, _take(office))]


def _front(office: Office) -> Handler:
    async def front(request: Request) -> Response:
        return await asyncio.to_thread(_form, office, request.path_params["token"], {}, "")

    return front


def _take(office: Office) -> Handler:
    async def take(request: Request) -> Response:
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > BODY_MAX:
                return _page(office, office.texts("check_in.too_long"), 413)
        return await asyncio.to_thread(_sign_in, office, request.path_params["token"], bytes(body))

    return take


def _sign_in(office: Office, token: str, body: bytes) -> Response:
    said = _read(body)
    sector = next((one for one in Sector if one == said.get("sector")), Sector.OTHER)
    arrived = Arrived(said.get("nombre", ""), said.get("representa", ""), sector, said.get("acepto") == "1")
    try:
        is_new = sign_in(office, token, arrived)
    except NotFound:
        return _page(office, office.texts("check_in.over"), 404)
    except FormRefused as error:
        return _form(office, token, said, _fault(office, error.fault))
    return _page(office, office.texts("check_in.done" if is_new else "check_in.twice"), 200)


def _read(body: bytes) -> dict[str, str]:
    """The last value of each field, without what no database takes."""
    try:
        fields = parse_qs(body.decode(errors="replace"), max_num_fields=8)
    except ValueError:  # more fields than the form has
        return {}
    return {name: " ".join(values[-1].replace("\x00", "").split()) for name, values in fields.items()}


def _fault(office: Office, fault: str) -> str:
    texts = office.texts
    known = {
        "no_name": texts("check_in.no_name"),
        "no_consent": texts("check_in.no_consent"),
        "full": texts("check_in.full"),
    }
    return known[fault]


def _form(office: Office, token: str, said: dict[str, str], fault: str) -> Response:
    meeting = find_open(office, token)
    if meeting is None:
        return _page(office, office.texts("check_in.over"), 404)
    texts = office.texts
    told = f'<p role="alert"><strong>{escape(fault)}</strong></p>' if fault else ""
    chosen = said.get("sector", Sector.COMMUNITY.value)
    labels = {
        Sector.STATE: texts("check_in.state"),
        Sector.MUNICIPAL: texts("check_in.municipal"),
        Sector.FEDERAL: texts("check_in.federal"),
        Sector.AUTONOMOUS: texts("check_in.autonomous"),
        Sector.COMMUNITY: texts("check_in.community"),
        Sector.OTHER: texts("check_in.other"),
    }
    options = "".join(
        f'<option value="{sector}"{" selected" if sector == chosen else ""}>{escape(label)}</option>'
        for sector, label in labels.items()
    )
    fields = (
        _field("nombre", texts("check_in.name"), said.get("nombre", ""), NAME_MAX)
        + _field("representa", texts("check_in.represents"), said.get("representa", ""), REPRESENTS_MAX)
        + f'<p><label for="sector">{escape(texts("check_in.sector"))}</label><br>'
        + f'<select id="sector" name="sector">{options}</select></p>'
        + '<p><label><input type="checkbox" name="acepto" value="1" required> '
        + f"{escape(texts('check_in.consent', office=office.jurisdiction.office))}</label></p>"
    )
    form = (
        f'<form method="post" action="{PATH}/{escape(token)}">{fields}<p><button>{escape(texts("check_in.send"))}'
        "</button></p></form>"
    )
    privacy = f'<p><a href="/privacidad">{escape(texts("check_in.privacy"))}</a></p>'
    body = f"<h2>{escape(meeting.title)}</h2><p>{escape(_when(office, meeting))}</p>{told}{form}{privacy}"
    return HTMLResponse(simple_page(texts("check_in.title"), body), 422 if fault else 200, headers=HEADERS)


def _field(name: str, label: str, value: str, longest: int) -> str:
    return (
        f'<p><label for="{name}">{escape(label)}</label><br><input id="{name}" name="{name}" maxlength="{longest}" '
        f'value="{escape(value)}" required></p>'
    )


def _when(office: Office, meeting: Meeting) -> str:
    local = meeting.starts_at.astimezone(office.jurisdiction.zone)
    day = format_datetime(local, "EEEE d 'de' MMMM 'de' y, HH:mm", locale="es_MX")
    return office.texts("check_in.when", when=day, place=meeting.place)


def _page(office: Office, words: str, status: int) -> Response:
    page = simple_page(office.texts("check_in.title"), f"<p>{escape(words)}</p>")
    return HTMLResponse(page, status_code=status, headers=HEADERS)
