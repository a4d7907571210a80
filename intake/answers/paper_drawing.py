"""Draws an answer's paper with typst: fonts from the package, nothing from the network or the machine. Pure.

A page takes 40 ms of one core (typst 0.15, `draw` timed on the two-core machine): never while a message waits.
"""

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import segno

from bot.texts import Catalogue

TEMPLATE = Path(__file__).parent / "paper.typ"
ACCESSIBLE: Final = "ua-1"  # PDF/UA: headings, language and the picture's words for who listens to it


def draw(content: Mapping[str, Any], digest: str, code: str, link: str, texts: Catalogue) -> bytes:
    """The same PDF for the same content. `link`: where the code is checked; empty: nowhere."""
    facts = [
        (texts("paper.folio"), content["folio"]),
        (texts("paper.agency"), content["agency"]),
        (texts("paper.date"), content["answered_on"]),
    ]
    labels = {
        "summary": texts("paper.summary"),
        "answer": texts("paper.answer"),
        "files": texts("paper.files"),
        "seal": texts("paper.seal"),
        "qr": texts("paper.qr"),
    }
    known = {name: content[name] for name in ("office", "summary", "answer", "files")}
    paper = known | {
        "title": texts("paper.title", folio=content["folio"]),
        "facts": facts,
        "labels": labels,
        "footer": texts("paper.footer", folio=content["folio"]),
        "code": code,
        "digest": digest,
        "qr": qr_svg(link) if link else "",
    }
    return to_pdf(TEMPLATE, paper)


def to_pdf(template: Path, paper: Mapping[str, Any]) -> bytes:
    """PDF/UA; with the same headings but without that standard's name when the fonts lack a character that somebody
    wrote («😊»): it is drawn as a box, and the standard allows none."""
    import typst  # 7 MB that a server holds only after the first paper

    source, words = template.read_bytes(), {"paper": json.dumps(paper, ensure_ascii=False)}
    try:
        return typst.compile(source, format="pdf", ignore_system_fonts=True, pdf_standards=ACCESSIBLE, sys_inputs=words)
    except typst.TypstError:
        return typst.compile(source, format="pdf", ignore_system_fonts=True, sys_inputs=words)


def qr_svg(words: str) -> str:
    target = io.BytesIO()
    segno.make(words, error="m").save(target, kind="svg", xmldecl=False)
    return target.getvalue().decode()
