"""Renders pages: one Jinja2 environment with the catalogue and Mexican dates, and what surrounds every page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse
from itsdangerous import BadSignature, URLSafeTimedSerializer
from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from starlette.responses import RedirectResponse, Response

from admin import writing
from admin.places import find_way
from intake.accounts.staff import Member, Role
from intake.clock import utc_now
from intake.database import reading
from intake.notices.duty import ShiftView, on_duty
from intake.office import Office
from intake.petitions.contingencies import ContingencyView, find_banner
from intake.staff_texts import Texts
from intake.terms.steps import colour_of
from intake.triage.agencies import list_agencies
from intake.triage.queue import count_emergencies
from intake.triage.undoing import UNDO_FOR
from intake.upkeep.waiting import count_waiting

NOTICE_COOKIE = "canaliza_aviso"
NOTICE_LASTS_S = 60


@dataclass(frozen=True)
class Waiting:
    """Messages that wait too long: since when the oldest, how many."""

    since: datetime
    count: int


class _Compiled(BytecodeCache):
    """Templates are compiled once in a process, however many offices show their pages in it."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if code := self._code.get(bucket.key):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.bytecode_to_string()


COMPILED = _Compiled()


class Pages:
    """Everything that a route needs besides the request: the office, the sentences, the templates, the signer."""

    def __init__(self, office: Office, texts: Texts, templates: Path) -> None:
        self.office, self.texts = office, texts
        self.agencies = list_agencies(office)
        self.is_secure = urlsplit(office.settings.public_url).scheme == "https"
        self.security_headers = _security_headers(office.settings.staff_frame_from)
        self.session_cookie = "__Host-canaliza_sesion" if self.is_secure else "canaliza_sesion"
        self._signer = URLSafeTimedSerializer(office.settings.secret_key, salt="staff")
        self._environment = Environment(
            loader=FileSystemLoader(templates),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            bytecode_cache=COMPILED,
        )
        self._environment.globals.update(t=texts, Role=Role, office=office.jurisdiction, colour_of=colour_of)
        self._environment.filters.update(writing.filters(office.jurisdiction.zone))

    def show(
        self, request: Request, template: str, member: Member | None = None, status: int = 200, **values: Any
    ) -> HTMLResponse:
        """A whole page. The notice left by the step before is shown once."""
        left = self._left(request)
        notice = self.texts(left["key"], **left["values"]) if left else None
        rush = self._rush() if member else None
        values |= {
            "member": member,
            "navigation": find_way(member, request.url.path) if member else None,
            "notice": notice,
            "undo": (left or {}).get("undo"),
            "undo_s": int(UNDO_FOR.total_seconds()),
            "emergencies": self.emergencies(member),
            "on_duty": self.on_duty(member),
            "rush": rush,
            "contingency": self._contingency(member),
        }
        html = self._environment.get_template(template).render(request_path=request.url.path, **values)
        response = HTMLResponse(html, status_code=status)
        if notice:
            response.delete_cookie(NOTICE_COOKIE)
        return response

    def fragment(self, template: str, **values: Any) -> HTMLResponse:
        """A part of a page, for htmx."""
        return HTMLResponse(self._environment.get_template(template).render(**values))

    def fault(self, request: Request, status: int, key: str | None = None, member: Member | None = None) -> Response:
        """A page in plain Spanish that says what went wrong and where to go on."""
        known = key or f"fault.{status}"
        sentence = known if self.texts.has(known) else "fault.500" if status >= 500 else "fault.400"
        values = {
            "member": member,
            "navigation": find_way(member, request.url.path) if member else None,
            "notice": None,
            "undo": None,
            "emergencies": 0,
            "on_duty": (),
            "rush": None,
            "contingency": None,
            "request_path": request.url.path,
        }
        html = self._environment.get_template("fault.html").render(sentence=sentence, status=status, **values)
        return HTMLResponse(html, status_code=status)

    def emergencies(self, member: Member | None) -> int:
        if member is None or not member.is_overseer:
            return 0
        with reading(self.office.sessions) as session:
            return count_emergencies(session)

    def on_duty(self, member: Member | None) -> Sequence[ShiftView]:
        """Who is called for emergencies at this moment; nobody for whom it is not."""
        if member is None or not member.is_overseer:
            return ()
        with reading(self.office.sessions) as session:
            return on_duty(session, utc_now())

    def _rush(self) -> Waiting | None:
        since = self.office.rush.since(utc_now())
        if since is None:
            return None
        with reading(self.office.sessions) as session:
            return Waiting(since, count_waiting(session))

    def _contingency(self, member: Member | None) -> ContingencyView | None:
        return find_banner(self.office) if member else None

    def send_on(self, where: str, key: str, *, undo: str = "", **values: str) -> Response:
        """To the page `where`, which says what was just done. Signed: nobody else can put words there. `undo`: where
        a form would take it back, for a moment."""
        response = RedirectResponse(where, status_code=303)
        self.set_cookie(
            response, NOTICE_COOKIE, self.sign({"key": key, "values": values, "undo": undo}), NOTICE_LASTS_S
        )
        return response

    def sign(self, value: Mapping[str, Any] | str) -> str:
        return str(self._signer.dumps(value))

    def unsign(self, signed: str, max_age_s: int) -> Any:
        """None for what was not signed here or is too old."""
        try:
            return self._signer.loads(signed, max_age=max_age_s)
        except BadSignature:
            return None

    def set_cookie(self, response: Response, name: str, value: str, max_age_s: int | None = None) -> None:
        response.set_cookie(name, value, max_age=max_age_s, httponly=True, samesite="lax", secure=self.is_secure)

    def _left(self, request: Request) -> dict[str, Any] | None:
        """What the step before left to be said."""
        left = self.unsign(request.cookies.get(NOTICE_COOKIE, ""), NOTICE_LASTS_S)
        return left if isinstance(left, dict) else None


def get_pages(request: Request) -> Pages:
    pages: Pages = request.app.state.pages
    return pages


Here = Annotated[Pages, Depends(get_pages)]


def _security_headers(frame_from: str) -> dict[str, str]:
    """No inline script or style, nothing from elsewhere; in a frame only where the settings say so."""
    parts = urlsplit(frame_from)
    policy = {
        "default-src": "'self'",
        "img-src": "'self' data:",  # Tabler's carets, asked for now and then before staff.css has replaced them
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": f"{parts.scheme}://{parts.netloc}" if parts.netloc else "'none'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    }
