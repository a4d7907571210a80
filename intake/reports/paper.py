"""A report as a PDF: titles, lines and tables of words, drawn with typst. Pure; knows no report by name.

Fonts from the package, nothing from the network or the machine; the same bytes for the same words.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from intake.answers.paper_drawing import to_pdf

TEMPLATE = Path(__file__).parent / "paper.typ"


@dataclass(frozen=True)
class Grid:
    """`widths`: shares of the line, one a column; `numbers`: the columns whose cells stand to the right."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[float]
    numbers: Sequence[int] = ()


@dataclass(frozen=True)
class Section:
    heading: str
    lines: Sequence[str] = ()
    table: Grid | None = None
    level: int = 2


@dataclass(frozen=True)
class Paper:
    """`lines` stand under the title, `footer` under each page."""

    office: str
    title: str
    lines: Sequence[str]
    sections: Sequence[Section]
    footer: str


def draw_paper(paper: Paper) -> bytes:
    return to_pdf(TEMPLATE, asdict(paper))
