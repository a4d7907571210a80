"""The citizen's pages about an answer's paper, on the app that faces the internet: to have it, to check one."""

import asyncio
from collections.abc import Awaitable, Callable
from html import escape

import structlog
from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from bot.texts import Catalogue
from intake.answers.evidence_links import plain_name
from intake.answers.paper_links import CHECKING, PATH, find_answer_id
from intake.answers.papers import check_code, open_paper
from intake.citizens.own_data import simple_page
from intake.citizens.own_data_pages import HEADERS
from intake.correspondence.issuing import check_office_code
from intake.errors import NotFound
from intake.office import Office

log = structlog.get_logger()
Handler = Callable[[Request], Awaitable[Response]]


def routes(office: Office) -> list[tuple[str, str, Handler]]:
    return [
        ("GET", f"{PATH}/{{token}}", _front(office)),
        ("POST", f"{PATH}/{{token}}", _open(office)),
        ("GET", f"{CHECKING}/{{code}}", _check(office)),
    ]


def _front(office: Office) -> Handler:
    """Shows nothing of the answer: messengers fetch what is linked to in a chat."""
    texts = office.texts

    async def front(request: Request) -> Response:
        token = request.path_params["token"]
        if find_answer_id(office, token) is None:
            return _over(texts)
        button = f"<button>{escape(texts('paper.open'))}</button>"
        form = f'<form method="post" action="{PATH}/{escape(token)}">{button}</form>'
        page = simple_page(texts("paper.page_title"), f"<p>{escape(texts('paper.explained'))}</p>{form}")
        return HTMLResponse(page, headers=HEADERS)

    return front


def _open(office: Office) -> Handler:
    texts = office.texts

    async def hand_over(request: Request) -> Response:
        answer_id = find_answer_id(office, request.path_params["token"])
        if answer_id is None:
            return _over(texts)
        try:
            paper, content = await asyncio.to_thread(open_paper, office, answer_id)
        except NotFound:
            return _over(texts)
        except OSError as error:
            log.error("paper.not-opened", answer=answer_id, error=type(error).__name__)
            return _page(texts, texts("paper.later"), 503)
        named = {"Content-Disposition": f'attachment; filename="respuesta-{plain_name(paper.content["folio"])}.pdf"'}
        return Response(content, media_type="application/pdf", headers=HEADERS | named)

    return hand_over


def _check(office: Office) -> Handler:
    """Folio, agency and day: what stands on the paper in any case, to be compared with it."""
    texts = office.texts

    async def check(request: Request) -> Response:
        code = request.path_params["code"]
        issued = await asyncio.to_thread(check_office_code, office, code)
        if issued and issued.is_whole:
            told = {"folio": issued.folio, "label": issued.label, "day": issued.issued_on, "digest": issued.digest}
            title = texts(f"office_paper.{issued.kind}")
            return _page(texts, texts("office_paper.genuine", title=title, **told), 200)
        found = await asyncio.to_thread(check_code, office, code)
        if found is None or not found.is_whole:
            return _page(texts, texts("paper.unknown"), 404)
        told = {"folio": found.folio, "agency": found.agency, "day": found.answered_on, "digest": found.digest}
        return _page(texts, texts("paper.genuine", **told), 200)

    return check


def _over(texts: Catalogue) -> Response:
    """Forged and over look alike."""
    return _page(texts, texts("paper.over"), 404)


def _page(texts: Catalogue, words: str, status: int) -> Response:
    body = "".join(f"<p>{escape(line)}</p>" for line in words.splitlines())
    return HTMLResponse(simple_page(texts("paper.page_title"), body), status_code=status, headers=HEADERS)
