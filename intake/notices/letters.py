"""A letter to a member of staff: what its row knows, in the sentences of the staff's catalogue. Pure.

Plain text and the same as simple HTML, without pictures, styles or anything that is fetched.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from html import escape
from typing import Any

from intake.jurisdiction import Jurisdiction
from intake.notices.mailing import Kind
from intake.staff_texts import Texts
from intake.terms.steps import Colour

COLOURS = (Colour.LATE, Colour.RED, Colour.YELLOW, Colour.GREEN)


@dataclass(frozen=True)
class Letter:
    """`lines`: paragraphs; `items`: each with an address of its own; `link`: what it says and where it leads."""

    subject: str
    lines: Sequence[str]
    items: Sequence[tuple[str, str]] = field(default=())
    after: Sequence[str] = field(default=())
    link: tuple[str, str] | None = None
    foot: Sequence[str] = field(default=())

    @property
    def text(self) -> str:
        listed = [f"- {said}\n  {where}" for said, where in self.items]
        linked = [f"{self.link[0]}: {self.link[1]}"] if self.link else []
        return "\n\n".join([*self.lines, *listed, *self.after, *linked, "--", *self.foot]) + "\n"

    @property
    def html(self) -> str:
        listed = "".join(f"<li>{_anchor(said, where)}</li>" for said, where in self.items)
        parts = [
            *(f"<p>{escape(line)}</p>" for line in self.lines),
            f"<ul>{listed}</ul>" if listed else "",
            *(f"<p>{escape(line)}</p>" for line in self.after),
            f"<p>{_anchor(*self.link)}</p>" if self.link else "",
            "<hr>",
            *(f"<p><small>{escape(line)}</small></p>" for line in self.foot),
        ]
        head = f'<meta charset="utf-8"><title>{escape(self.subject)}</title>'
        return f'<!doctype html><html lang="es-MX"><head>{head}</head><body>{"".join(parts)}</body></html>\n'


def write_letter(
    texts: Texts, jurisdiction: Jurisdiction, staff_url: str, kind: Kind, data: Mapping[str, Any]
) -> Letter:
    foot = [texts("mail.foot"), texts("mail.wishes", url=wishes_url(staff_url))]
    if kind == Kind.DIGEST:
        return _digest(texts, staff_url, data, foot)
    if kind in (Kind.OVERDUE, Kind.ESCALATED):
        return _overdue(texts, staff_url, f"{kind}_{data['to']}" if "to" in data else kind, data, foot)
    if kind == Kind.GREETING:
        link = (texts("mail.confirm"), staff_url + data["path"]) if "path" in data else None
        return Letter(texts("mail.greeting_subject"), [texts("mail.greeting")], link=link, foot=foot)
    if kind == Kind.AGREEMENT:
        return _agreement(texts, staff_url, data, foot)
    return _about_one(texts, jurisdiction, staff_url, kind, data, foot)


def wishes_url(staff_url: str) -> str:
    """Where whoever gets a letter changes what they get."""
    return f"{staff_url}/mi-cuenta#avisos"


def _about_one(
    texts: Texts,
    jurisdiction: Jurisdiction,
    staff_url: str,
    kind: Kind,
    data: Mapping[str, Any],
    foot: Sequence[str],
) -> Letter:
    folio, agency = data["folio"], data.get("agency")
    lines = [texts(f"mail.{kind}", folio=folio)]
    if agency:
        lines.append(texts("mail.agency", agency=jurisdiction.name_agency(agency)))
    if "due_on" in data:
        lines.append(texts("mail.due", due_on=date.fromisoformat(data["due_on"])))
    link = texts("mail.open", folio=folio), staff_url + data["path"]
    return Letter(texts(f"mail.{kind}_subject", folio=folio), lines, link=link, foot=foot)


def _agreement(texts: Texts, staff_url: str, data: Mapping[str, Any], foot: Sequence[str]) -> Letter:
    """Its number and day: what was agreed on is read behind the log-in."""
    number, step = data["agreement"], data["step"]
    link = texts("mail.agreement_open"), f"{staff_url}/acuerdos/{number}"
    lines = [texts(f"mail.agreement_{step}", number=number, due_on=date.fromisoformat(data["due_on"]))]
    return Letter(texts(f"mail.agreement_{step}_subject", number=number), lines, link=link, foot=foot)


def _overdue(texts: Texts, staff_url: str, said: str, data: Mapping[str, Any], foot: Sequence[str]) -> Letter:
    """All of them are told as told: of those that have no room here at least their number."""
    items, more = _items(texts, staff_url, data), data.get("more", 0)
    count = len(items) + more
    subject = texts(f"mail.{said}_subject{'_one' if count == 1 else ''}", count=count)
    after = [texts("mail.overdue_more", count=more)] if more else []
    link = (texts("mail.digest_link"), f"{staff_url}/vencimientos") if more else None
    return Letter(subject, [texts(f"mail.{said}")], items, after, link, foot)


def _digest(texts: Texts, staff_url: str, data: Mapping[str, Any], foot: Sequence[str]) -> Letter:
    counts: Mapping[str, int] = data["counts"]
    said = [
        texts(f"mail.count_{colour}_one" if counts[colour] == 1 else f"mail.count_{colour}", count=counts[colour])
        for colour in COLOURS
        if counts.get(colour)
    ]
    after = [texts("mail.digest_more", count=data["more"])] if data["more"] else []
    if copies := data.get("copies", 0):
        said_of = "mail.digest_copies_one" if copies == 1 else "mail.digest_copies"
        after.append(texts(said_of, count=copies, url=f"{staff_url}/copias"))
    link = texts("mail.digest_link"), f"{staff_url}/vencimientos"
    lines = [texts("mail.digest", day=date.fromisoformat(data["day"])), ", ".join(said) + "."]
    subject = texts("mail.digest_subject", counts=", ".join(said[:2]))
    return Letter(subject, lines, _items(texts, staff_url, data), after, link, foot)


def _items(texts: Texts, staff_url: str, data: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    return [
        (
            texts(
                f"mail.item_{item['level']}" if "level" in item else "mail.item",
                folio=item["folio"],
                what=texts(f"mail.step_{item['step']}"),
                due_on=date.fromisoformat(item["due_on"]),
                colour=texts(f"colour.{item['colour']}"),
            ),
            staff_url + item["path"],
        )
        for item in data["items"]
    ]


def _anchor(said: str, where: str) -> str:
    return f'<a href="{escape(where)}">{escape(said)}</a>'
