"""The public files, made of what was published. Pure but for the office's names."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from intake.office import Office
from intake.reports.workbook import as_values
from intake.tables.open_data import OpenMonth
from intake.transparency.cells import OTHERS
from intake.transparency.page import make_page
from intake.transparency.terms import Terms

COLUMNS = "mes clave_inegi lugar region clave_dependencia dependencia recibidas respondidas en_tiempo".split()
PATH = "/transparencia"
CSV, JSON = f"{PATH}/datos.csv", f"{PATH}/datos.json"


@dataclass(frozen=True)
class File:
    """`tag`: changes when the content does."""

    content: bytes
    media_type: str
    tag: str


def make_files(office: Office, terms: Terms, months: Sequence[OpenMonth]) -> Mapping[str, File]:
    """By path. `months`: oldest first."""
    rows = [row for month in months for row in _rows(office, month)]
    values = as_values(COLUMNS, [[row[name] for name in COLUMNS] for row in rows])
    document = json.dumps(_document(office, terms, months, rows), ensure_ascii=False, indent=1)
    return {
        PATH: _file(_page(office, terms, months), "text/html; charset=utf-8"),
        CSV: _file(values, "text/csv; charset=utf-8"),
        JSON: _file(document, "application/json"),
    }


def _file(text: str, media_type: str) -> File:
    content = text.encode()
    return File(content, media_type, f'"{hashlib.sha256(content).hexdigest()[:32]}"')


def _rows(office: Office, month: OpenMonth) -> Iterator[dict[str, Any]]:
    for cell in month.content["cells"]:
        yield {
            "mes": f"{month.month:%Y-%m}",
            "clave_inegi": cell["clave"],
            "lugar": _place(office, cell["clave"], cell["region"]),
            "region": cell["region"],
            "clave_dependencia": _agency_key(cell["agency"]),
            "dependencia": _agency(office, cell["agency"]),
            **_counts(cell),
        }


def _document(
    office: Office, terms: Terms, months: Sequence[OpenMonth], rows: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    """With what it means, so that the file can be understood by itself."""
    texts = office.texts
    return {
        "titulo": texts("open.title"),
        "publica": office.jurisdiction.office,
        "licencia": {"nombre": terms.licence, "direccion": terms.licence_url},
        "grupo_minimo": terms.k,
        "columnas": {name: texts(f"open.column_{name}", k=terms.k) for name in COLUMNS},
        "por_grupo": rows,
        "por_dependencia": [
            {"mes": f"{month.month:%Y-%m}", "dependencia": _agency(office, one["agency"]), **_counts(one)}
            for month in months
            for one in month.content["agencies"]
        ],
        "por_mes": [{"mes": f"{month.month:%Y-%m}", **_counts(month.content["whole"])} for month in months],
    }


def _counts(values: Mapping[str, Any]) -> dict[str, int | None]:
    names = {"recibidas": "received", "respondidas": "answered", "en_tiempo": "in_time"}
    return {said: values[name] for said, name in names.items()}


def _page(office: Office, terms: Terms, months: Sequence[OpenMonth]) -> str:
    keys = {one["agency"] for month in months for one in month.content["agencies"]}
    named = {key: _agency(office, key) for key in keys}
    return make_page(office, terms, months, named, COLUMNS, (CSV, JSON))


def _place(office: Office, clave: str | None, region: str | None) -> str:
    if clave:
        found = office.reader.find_municipality(clave)
        return found.nombre if found else clave
    return office.texts("open.region", region=region) if region else office.texts("open.rest")


def _agency(office: Office, key: str | None) -> str:
    if key is None:
        return office.texts("open.not_referred")
    return office.texts("open.other_agencies") if key == OTHERS else office.jurisdiction.name_agency(key)


def _agency_key(key: str | None) -> str | None:
    return None if key == OTHERS else key
