"""The whole configuration as files, in the shape of a jurisdiction's folder, so that it lives under version control.

What staff change in the browser is written as it is in force; the folder's other files go along as they are. Nothing
of the settings, the accounts or the petitions is in it.
"""

import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bot.cleaning import UNSTORABLE
from intake.alerts.topics import rows_of
from intake.configuration.in_force import Subject
from intake.configuration.sentences import get_sentence
from intake.configuration.things import write_agency, write_line, write_template, write_topic
from intake.correspondence.records import write_series
from intake.office import Office
from intake.rules.versions import get_version
from intake.terms.timing import FIGURES, write_entries

SENTENCES, AGENCIES, LINES = "texts/es_MX.po", "agencies.json", "emergency_lines.yaml"
TEMPLATES, RULES, PROMISES, TOPICS = "whatsapp_templates.yaml", "rules.yaml", "promises.yaml", "topics.yaml"
TERMS, SERIES = "terms.yaml", "series.yaml"
ABOUT = "canaliza.yaml"
FORMAT = 1
KEY_SHOWN = 80
PARTS = {
    SENTENCES: {"text", "confirmed"},
    AGENCIES: {"name", "acronym", "order", "contact", "is_open"},
    LINES: {"number", "name", "source", "confirmed", "checked_on"},
    TEMPLATES: {"content_sid", "language", "version", "approved_on", "carries", "body", "variables", "confirmed"},
    PROMISES: {"is_on", "share"},
    TOPICS: {"name", "agencies", "only", "words", "is_open", "confirmed"},
    TERMS: {"from", "business", "source", "confirmed"} | {name for own in FIGURES.values() for name in own},
    SERIES: {"name", "values", "active_years", "resting_years", "destination", "technique", "personal_data", "remarks"}
    | {"source", "confirmed", "confirmed_by", "is_open"},
}
UNCONFIRMED = "por confirmar"
# Read at start and changed in the folder alone; compared on the way in.
FIXED = (
    "jurisdiction.yaml",
    "alerts.yaml",
    "archive.yaml",
    "concepts.yaml",
    "emergencies.yaml",
    "indicators.yaml",
    "languages.yaml",
    "open311.yaml",
    "plain_language.yaml",
    "privacy_notice.html",
    "questions.yaml",
    "territories.yaml",
    "transparency.yaml",
)
NAMES = frozenset({SENTENCES, AGENCIES, LINES, TEMPLATES, RULES, PROMISES, TOPICS, TERMS, SERIES, ABOUT, *FIXED})
Files = Mapping[str, bytes]


def files_of(office: Office) -> dict[str, bytes]:
    """By name. The same configuration is always the same bytes."""
    folder = office.jurisdiction.folder
    return {
        ABOUT: _yaml({"format": FORMAT, "jurisdiction": folder.name}),
        SENTENCES: _sentences(office),
        AGENCIES: _agencies(office),
        LINES: _yaml({key: write_line(line) for key, line in office.jurisdiction.lines.items()}),
        TEMPLATES: _yaml({"templates": _templates(office)}),
        RULES: get_version(office, office.rules.version).text.encode(),
        PROMISES: _yaml({"promises": dict(sorted(office.in_force.values(Subject.PROMISE).items()))}),
        TOPICS: _topics(office),
        TERMS: _yaml({key: write_entries(one)["entries"] for key, one in office.jurisdiction.timing.table.items()}),
        SERIES: _yaml({key: write_series(one) for key, one in office.jurisdiction.records.series.items()}),
        **{name: (folder / name).read_bytes() for name in FIXED if (folder / name).is_file()},
    }


def write_folder(office: Office, target: Path) -> list[str]:
    """The names of what was written. Raises OSError."""
    files = files_of(office)
    for name, content in files.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return list(files)


def read_folder(source: Path) -> dict[str, bytes]:
    """What of it belongs to a configuration. Raises OSError."""
    return {name: (source / name).read_bytes() for name in sorted(NAMES) if (source / name).is_file()}


def values_in(name: str, content: bytes) -> dict[str, dict[str, Any]]:
    """By key, as versions hold them. Raises ValueError, LookupError, TypeError or AttributeError for a file of
    another shape."""
    try:
        found = _values_in(name, content)
    except RecursionError as error:
        raise ValueError("it is nested too deep") from error
    for key, value in _rows_in(name, found):
        if unknown := set(value) - PARTS[name]:
            raise ValueError(f"{key[:KEY_SHOWN]!a}: {sorted(map(str, unknown))[0][:KEY_SHOWN]!a} is no part")
        for part in (key, *value, *value.values()):
            _require_plain(key, part)
    return found


def _rows_in(name: str, found: Mapping[str, dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """A term is a table of entries; everything else is one row."""
    for key, value in found.items():
        for row in value["entries"] if name == TERMS else [value]:
            yield key, row


def _values_in(name: str, content: bytes) -> dict[str, dict[str, Any]]:
    if name == SENTENCES:
        entries = [entry for entry in read_po(io.BytesIO(content)) if entry.id]
        return {
            str(entry.id): {"text": str(entry.string), "confirmed": UNCONFIRMED not in entry.auto_comments}
            for entry in entries
        }
    if name == AGENCIES:
        return {row["key"]: _agency_value(row) for row in json.loads(content)}
    values = _loaded(content)
    if name == TOPICS:
        return rows_of(values)
    if name == TERMS:
        return {str(key): {"entries": [_dated(row) for row in rows]} for key, rows in values.items() if rows}
    if name in (LINES, SERIES):
        return {str(key): _dated(value) for key, value in values.items()}
    part = values.get("templates" if name == TEMPLATES else "promises") or {}
    return {str(key): _dated(value) for key, value in part.items()}


def _require_plain(key: str, part: Any) -> None:
    """A word, a number, yes or no, or a list of words; nothing that no database and no channel takes."""
    for one in part if isinstance(part, list) else [part]:
        if not isinstance(one, str | int | float | bool | None):
            raise ValueError(f"{key[:KEY_SHOWN]}: a value of another shape")
        if isinstance(one, str) and UNSTORABLE.search(one):
            raise ValueError(f"{key[:KEY_SHOWN]!a}: letters that cannot be kept")


def _sentences(office: Office) -> bytes:
    catalogue = Catalog(locale="es_MX", project="canaliza-oaxaca", header_comment="#")
    for key in office.wording.own.keys():  # noqa: SIM118 — a catalogue is not a mapping
        view = get_sentence(office, key)
        catalogue.add(key, view.text, auto_comments=[] if view.is_confirmed else [UNCONFIRMED])
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=100, omit_header=True, sort_output=True)
    return HEAD + buffer.getvalue()


HEAD = b"""msgid ""
msgstr ""
"Language: es_MX\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def _agencies(office: Office) -> bytes:
    """The folder's rows with what staff changed; what is usual is left out, as there."""
    rows = json.loads((office.jurisdiction.folder / AGENCIES).read_text("utf-8"))
    for row in rows:
        value = write_agency(office.jurisdiction.get_agency(row["key"]))
        row |= {name: value[name] for name in ("name", "acronym", "order")}
        row |= {name: value[name] for name, usual in (("contact", ""), ("is_open", True)) if value[name] != usual}
    return (json.dumps(rows, ensure_ascii=False, indent=1) + "\n").encode()


def _agency_value(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": row["name"],
        "acronym": row["acronym"],
        "order": row["order"],
        "contact": row.get("contact", ""),
        "is_open": row.get("is_open", True),
    }


def _templates(office: Office) -> dict[str, Any]:
    """Those in force and those that wait for WhatsApp's word."""
    written = {key: write_template(one) for key, one in office.jurisdiction.templates.items()}
    return dict(sorted({**written, **office.in_force.values(Subject.TEMPLATE)}.items()))


def _topics(office: Office) -> bytes:
    """As `intake.alerts.topics` reads them again, comments apart."""
    topics = office.jurisdiction.topics
    rows = {key: write_topic(topic) for key, topic in topics.table.items()}
    other = {"key": topics.other_key, **rows.pop(topics.other_key)}
    return _yaml({"source": topics.source, "confirmed": topics.is_confirmed, "topics": rows, "other": other})


def _yaml(values: Mapping[str, Any]) -> bytes:
    yaml, buffer = YAML(typ="safe"), io.BytesIO()
    yaml.default_flow_style, yaml.allow_unicode, yaml.width = False, True, 120
    yaml.dump(dict(values), buffer)
    return buffer.getvalue()


def _loaded(content: bytes) -> dict[str, Any]:
    try:
        values = YAML(typ="safe").load(content.decode("utf-8"))
    except YAMLError as error:
        raise ValueError(f"no YAML: {error}") from error
    if not isinstance(values, dict):
        raise ValueError("one entry a line is wanted, as in an exported file")
    return values


def _dated(value: Mapping[str, Any]) -> dict[str, Any]:
    """YAML reads a day as a day; versions hold it as text."""
    return {name: one.isoformat() if hasattr(one, "isoformat") else one for name, one in value.items()}
