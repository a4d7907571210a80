"""«Transparencia» as a page: the newest month, month by month, agency by agency, and where the data are. No script.

Drawings are SVG without words of their own that matter: each has its table. Pure but for the office's names.
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from babel.dates import format_date

from intake.office import Office
from intake.tables.open_data import OpenMonth
from intake.transparency.terms import Terms

LOCALE = "es_MX"
MONTHS_SHOWN = 12  # on the page; the files hold all
WIDE, WHOLE, HIGH, LEFT, FOOT = 360, 372, 190, 34, 22  # of the drawing of months, in its own units
COUNTS = ("received", "answered", "in_time")
STYLE = """
:root{color-scheme:light dark;--ink:#1b2430;--quiet:#55606f;--line:#d6dbe2;--paper:#fff;--ground:#f3f5f8;--wine:#7a1f45;--one:#0072b2;--two:#e69f00}
@media(prefers-color-scheme:dark){:root{--ink:#e8ecf2;--quiet:#a9b4c3;--line:#37424f;--paper:#1a222c;--ground:#10161d;--wine:#f0a6c3;--one:#56b4e9;--two:#f0b429}}
*{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--ink);font:1rem/1.55 system-ui,sans-serif}
header{background:#7a1f45;color:#fff;padding:1.6rem 1rem}header>div,main{max-width:64rem;margin:0 auto}header h1{margin:0;font-size:1.7rem;line-height:1.25}header p{margin:.3rem 0 0}
main{padding:1rem}a{color:var(--wine)}section{background:var(--paper);border:1px solid var(--line);border-radius:10px;padding:1rem;margin:0 0 1rem}h2{font-size:1.25rem;margin:0 0 .5rem}
.quiet{color:var(--quiet)}.tiles{list-style:none;display:grid;grid-template-columns:repeat(auto-fit,minmax(10rem,1fr));gap:.8rem;padding:0;margin:0}.tiles li{border:1px solid var(--line);border-radius:8px;padding:.7rem 1rem}.tiles b{display:block;font-size:1.9rem;line-height:1.2;font-variant-numeric:tabular-nums}
.months{display:block;width:100%;max-width:40rem;height:auto}.months text{fill:var(--quiet);font-size:11px}.one{fill:var(--one)}.two{fill:var(--two)}.rule{stroke:var(--line)}
.key{list-style:none;display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;padding:0;margin:.2rem 0 .6rem}.key svg{width:.9rem;height:.9rem;vertical-align:-.1rem}
.agencies{list-style:none;padding:0;margin:0}.agencies li{padding:.5rem 0;border-top:1px solid var(--line)}.agencies svg{display:block;width:100%;height:16px;margin:.2rem 0}.agencies span{font-variant-numeric:tabular-nums}
.wrap{overflow-x:auto}table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.4rem .6rem;border-bottom:1px solid var(--line);vertical-align:top}td{font-variant-numeric:tabular-nums}caption{text-align:left;color:var(--quiet);padding:.3rem 0}
summary{cursor:pointer;font-weight:600;padding:.4rem 0}dt{font-weight:600}dd{margin:0 0 .6rem}.take{display:flex;flex-wrap:wrap;gap:.6rem;padding:0;list-style:none}.take a{display:inline-block;border:1px solid var(--wine);border-radius:6px;padding:.45rem .9rem;text-decoration:none}
@media print{body{background:#fff}header{background:none;color:#000}section{break-inside:avoid}}
"""  # noqa: E501
STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()


def make_page(
    office: Office,
    terms: Terms,
    months: Sequence[OpenMonth],
    named: Mapping[str | None, str],
    columns: Sequence[str],
    paths: tuple[str, str],
) -> str:
    """`months`: oldest first. `named`: what each agency's key of them is called. `paths`: of the CSV and the JSON."""
    t, shown = office.texts, list(months)[-MONTHS_SHOWN:]
    lead = f"<section><p>{_t(office, 'open.what')}</p><p class=quiet>{escape(t('open.how', k=terms.k))}</p>"
    if not terms.is_confirmed:
        lead += f"<p class=quiet>{_t(office, 'open.unconfirmed')}</p>"
    told = [month for month in shown if month.content["cells"]]  # a month of fewer than `k` people is published empty
    figures = (
        (_newest(office, told[-1]) if told else "") + _months(office, shown) + _agencies(office, shown, named)
        if shown
        else f"<section><p>{_t(office, 'open.none')}</p></section>"
    )
    every = "".join(_table(office, month, named) for month in reversed(shown))
    every = f"<section><h2>{_t(office, 'open.each_month')}</h2>{every}</section>" if shown else ""
    body = f"{lead}</section>{figures}{_data(office, terms, columns, paths)}{every}"
    title = _t(office, "open.title")
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<title>{title}</title><link rel="alternate" type="text/csv" href="{paths[0]}">'
        f'<link rel="alternate" type="application/json" href="{paths[1]}"><style>{STYLE}</style>'
    )
    top = f"<header><div><h1>{title}</h1><p>{escape(office.jurisdiction.office)}</p></div></header>"
    return f'<!doctype html><html lang="es-MX"><head>{head}</head><body>{top}<main>{body}</main></body></html>'


def _newest(office: Office, month: OpenMonth) -> str:
    whole = month.content["whole"]
    tiles = "".join(
        f"<li><b>{_said(office, whole[name])}</b> {_t(office, f'open.tile_{name}')}{_part(office, whole, name)}</li>"
        for name in COUNTS
    )
    title = escape(office.texts("open.newest", month=_month(month)))
    return f'<section><h2>{title}</h2><ul class="tiles">{tiles}</ul></section>'


def _part(office: Office, whole: Mapping[str, Any], name: str) -> str:
    if name == "received" or whole[name] is None or not whole["received"]:
        return ""
    return f" <span class=quiet>({round(100 * whole[name] / whole['received'])} %)</span>"


def _months(office: Office, months: Sequence[OpenMonth]) -> str:
    rows = "".join(_line(office, _month(month), month.content["whole"]) for month in reversed(months))
    table = _whole_table(office, office.texts("open.months"), "open.head_month", rows)
    drawing = _bars([month.content["whole"] for month in months], [f"{month.month:%m/%y}" for month in months])
    named = (
        f'<svg class="months" viewBox="0 0 {WHOLE} {HIGH}" role="img" aria-label="{_t(office, "open.months_drawn")}">'
    )
    return (
        f"<section><h2>{_t(office, 'open.months')}</h2>{_key(office)}{named}{drawing}</svg>"
        f"<details><summary>{_t(office, 'open.table')}</summary>{table}</details></section>"
    )


def _bars(wholes: Sequence[Mapping[str, Any]], labels: Sequence[str]) -> str:
    most = max((one["received"] for one in wholes), default=0) or 1
    room, step = HIGH - FOOT - 10, (WIDE - LEFT) / len(wholes)
    bar = min(16.0, step / 2 - 2)
    parts = [_rule(HIGH - FOOT - room * part, f"{round(most * part)}") for part in (0, 0.5, 1)]
    for place, (one, label) in enumerate(zip(wholes, labels, strict=True)):
        middle = LEFT + step * (place + 0.5)
        for name, kind, x in (("received", "one", middle - bar - 1), ("answered", "two", middle + 1)):
            high = room * (one[name] or 0) / most
            parts.append(
                f'<rect class="{kind}" x="{x:.1f}" y="{HIGH - FOOT - high:.1f}" width="{bar:.1f}" height="{high:.1f}"/>'
            )
        if len(labels) <= 6 or place % 2 == (len(labels) - 1) % 2:
            parts.append(f'<text x="{middle:.1f}" y="{HIGH - 6}" text-anchor="middle">{label}</text>')
    return "".join(parts)


def _rule(y: float, label: str) -> str:
    return (
        f'<line class="rule" x1="{LEFT}" x2="{WIDE}" y1="{y:.1f}" y2="{y:.1f}"/>'
        f'<text x="{LEFT - 5}" y="{y + 4:.1f}" text-anchor="end">{label}</text>'
    )


def _agencies(office: Office, months: Sequence[OpenMonth], named: Mapping[str | None, str]) -> str:
    """Sums of what is published, and of nothing else."""
    sums: dict[str | None, dict[str, int | None]] = {}
    for one in (one for month in months for one in month.content["agencies"]):
        own = sums.setdefault(one["agency"], dict.fromkeys(COUNTS, 0))
        for name in COUNTS:
            before, now = own[name], one[name]
            own[name] = None if before is None or now is None else before + now
    most = max((own["received"] or 0 for own in sums.values()), default=0) or 1
    ordered = sorted(sums.items(), key=lambda item: (-(item[1]["received"] or 0), named[item[0]]))
    rows = "".join(_agency(office, named[key], own, most) for key, own in ordered)
    title = escape(office.texts("open.agencies", count=len(months)))
    note = _t(office, "open.agencies_note")
    return f'<section><h2>{title}</h2><p class=quiet>{note}</p>{_key(office)}<ul class="agencies">{rows}</ul></section>'


def _agency(office: Office, name: str, own: Mapping[str, int | None], most: int) -> str:
    bars = "".join(
        f'<rect class="{kind}" y="{y}" width="{100 * (own[count] or 0) / most:.2f}" height="7"/>'
        for count, kind, y in (("received", "one", 0), ("answered", "two", 8))
    )
    said = office.texts("open.agency_said", **{count: _plain(office, own[count]) for count in COUNTS})
    svg = f'<svg viewBox="0 0 100 16" preserveAspectRatio="none" aria-hidden="true">{bars}</svg>'
    return f"<li><b>{escape(name)}</b>{svg}<span>{escape(said)}</span></li>"


def _data(office: Office, terms: Terms, columns: Sequence[str], paths: tuple[str, str]) -> str:
    t = office.texts
    links = "".join(
        f'<li><a href="{path}">{_t(office, key)}</a></li>'
        for path, key in zip(paths, ("open.csv", "open.json"), strict=True)
    )
    licence = f'<a rel="license" href="{escape(terms.licence_url)}">{escape(terms.licence)}</a>'
    meaning = "".join(
        f"<dt><code>{name}</code></dt><dd>{escape(t(f'open.column_{name}', k=terms.k))}</dd>" for name in columns
    )
    return (
        f'<section><h2>{_t(office, "open.data")}</h2><ul class="take">{links}</ul>'
        f"<p>{_t(office, 'open.licence')} {licence}</p>"
        f"<details><summary>{_t(office, 'open.columns')}</summary><dl>{meaning}</dl></details></section>"
    )


def _table(office: Office, month: OpenMonth, named: Mapping[str | None, str]) -> str:
    named_rows = ((named[one["agency"]], one) for one in month.content["agencies"])
    lines = sorted(named_rows, key=lambda line: line[0])
    rows = "".join(_line(office, who, one) for who, one in lines)
    rows += _line(office, office.texts("open.whole"), month.content["whole"])
    caption = office.texts("open.caption", month=_month(month))
    table = _whole_table(office, caption, "open.head_agency", rows)
    return f"<details><summary>{escape(_month(month))}</summary>{table}</details>"


def _whole_table(office: Office, caption: str, first: str, rows: str) -> str:
    names = (first, *(f"open.head_{name}" for name in COUNTS))
    head = "".join(f'<th scope="col">{_t(office, name)}</th>' for name in names)
    return (
        f'<div class="wrap" tabindex="0" role="region" aria-label="{escape(caption)}"><table>'
        f"<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _line(office: Office, who: str, values: Mapping[str, Any]) -> str:
    cells = "".join(f"<td>{_said(office, values[name])}</td>" for name in COUNTS)
    return f'<tr><th scope="row">{escape(who)}</th>{cells}</tr>'


def _key(office: Office) -> str:
    dots = (("one", "open.head_received"), ("two", "open.head_answered"))
    parts = "".join(
        f'<li><svg viewBox="0 0 10 10" aria-hidden="true"><rect class="{kind}" width="10" height="10"/></svg>'
        f" {_t(office, key)}</li>"
        for kind, key in dots
    )
    return f'<ul class="key">{parts}</ul>'


def _said(office: Office, count: int | None) -> str:
    return escape(_plain(office, count))


def _plain(office: Office, count: int | None) -> str:
    return office.texts("open.hidden") if count is None else f"{count:,}"


def _month(month: OpenMonth) -> str:
    return format_date(month.month, "MMMM 'de' y", locale=LOCALE)


def _t(office: Office, key: str) -> str:
    return escape(office.texts(key))
