"""Draws the office's papers with typst: acknowledgement, slip, letter of referral. Pure; shares the answer's pieces."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.texts import Catalogue
from intake.answers.paper_drawing import qr_svg, to_pdf

TEMPLATE = Path(__file__).parent / "office_paper.typ"


def draw(content: Mapping[str, Any], digest: str, code: str, link: str, texts: Catalogue) -> bytes:
    """The same PDF for the same content. `link`: where the code is checked; empty: the QR tells folio and code."""
    kind = content["kind"]
    paper = {
        "title": texts(f"office_paper.{kind}"),
        "label": content["label"],
        "office": content["office"],
        "stamp": [texts("office_paper.received"), content["came_on"]] if kind == "acknowledgement" else [],
        "facts": [(texts(f"office_paper.{name}"), value) for name, value in content["facts"] if value],
        "sections": [(texts(f"office_paper.{name}"), lines) for name, lines in content["sections"] if lines],
        "files": content["files"],
        "files_title": texts("office_paper.files"),
        "signature": texts("office_paper.signature") if kind != "acknowledgement" else texts("office_paper.receiver"),
        "copies": [texts("office_paper.copy", to=one) for one in content["copies"]],
        "notes": [] if content["is_confirmed"] else [texts("office_paper.unconfirmed")],
        "footer": f"{content['label']} · {content['folio']}",
        "seal": texts("office_paper.seal"),
        "qr": qr_svg(link or f"{content['folio']} {code}"),
        "qr_words": texts("office_paper.qr"),
        "code": code,
        "digest": digest,
    }
    return to_pdf(TEMPLATE, paper)
