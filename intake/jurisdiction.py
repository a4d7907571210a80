"""Everything about one state or city, read from its folder: who answers, terms, closed days, lines, agencies."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import holidays
from ruamel.yaml import YAML

from intake.alerts.topics import Topics, load_topics
from intake.answers.plain_language import PlainLanguage, load_plain_language
from intake.clock import Terms, utc_now
from intake.configuration.translated import Translation, list_translations
from intake.correspondence.records import Records, load_records
from intake.errors import NotFound, SettingsError
from intake.indicators.catalogue import Matrix, load_matrix
from intake.outgoing.templates import ApprovedTemplate, load_templates
from intake.systems.open311 import Offer, load_offer
from intake.terms.days import Closed, Days
from intake.terms.steps import Colours, StepTerms
from intake.terms.timing import Held, Kind, Timing, load_timing
from intake.thinking.languages import Languages, load_languages

STATE_EXECUTIVE = "estatal"


@dataclass(frozen=True)
class Agency:
    """An authority that can answer. `order`: estatal, municipal, federal, autonomo, privado. `contact`: for staff.
    `is_open`: new petitions may be sent to it."""

    key: str
    name: str
    acronym: str
    order: str
    competence: tuple[str, ...]
    note: str
    contact: str = ""
    is_open: bool = True

    @property
    def is_outside(self) -> bool:
        """Not of the state executive: a matter is sent to it as a *remisión*."""
        return self.order != STATE_EXECUTIVE


@dataclass(frozen=True)
class Line:
    """A telephone line named in emergency answers; unconfirmed ones are shown to staff as «por confirmar»."""

    number: str
    name: str
    source: str
    is_confirmed: bool
    checked_on: date


@dataclass(frozen=True)
class OwnDay:
    """Days without office of the jurisdiction's file, `first_on` to `last_on`; `source`: the legal citation."""

    first_on: date
    last_on: date
    reason: str
    source: str
    is_confirmed: bool


@dataclass(frozen=True)
class Jurisdiction:
    folder: Path
    name: str
    office: str
    channel: str
    folio_series: str
    zone: ZoneInfo
    timing: Timing
    rights_agency: str
    closed: Closed
    own_days: tuple[OwnDay, ...]
    lines: Mapping[str, Line]
    agencies: Mapping[str, Agency]
    templates: Mapping[str, ApprovedTemplate]
    languages: Languages
    translations: Mapping[str, Translation]
    plain_language: PlainLanguage
    records: Records
    matrix: Matrix
    topics: Topics
    open311: Offer | None = None

    def day_of(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def terms_at(self, moment: datetime) -> Terms:
        """The citizen's, for a petition that is received then."""
        return self.timing.answer(self.day_of(moment))

    @property
    def terms(self) -> Terms:
        """As `terms_at` now."""
        return self.terms_at(utc_now())

    @property
    def rights(self) -> Held:
        """Of what is asked today over one's own data: days to answer, and days in which what was granted is done."""
        return self.timing.get(Kind.RIGHTS, self.day_of(utc_now()))

    @property
    def rights_terms(self) -> Terms:
        return self.timing.rights(self.day_of(utc_now()))

    @property
    def silence(self) -> Held:
        """How long an answered petition waits whose person has stopped the chat; natural days."""
        return self.timing.get(Kind.SILENCE, self.day_of(utc_now()))

    @property
    def steps(self) -> tuple[StepTerms, ...]:
        return self.timing.steps

    @property
    def colours(self) -> Colours:
        """A date has the colour that it has today."""
        return self.timing.colours(self.day_of(utc_now()))

    def find_agency(self, key: str | None) -> Agency | None:
        return self.agencies.get(key) if key else None

    def is_open(self, key: str) -> bool:
        """It is known and takes petitions."""
        agency = self.find_agency(key)
        return agency is not None and agency.is_open

    def name_agency(self, key: str) -> str:
        """Its name; the key of one that is no more."""
        agency = self.find_agency(key)
        return agency.name if agency else key

    def get_agency(self, key: str) -> Agency:
        if key not in self.agencies:
            raise NotFound(f"no agency {key}")
        return self.agencies[key]


def load_jurisdiction(folder: Path) -> Jurisdiction:
    """Raises OSError, KeyError or ValueError: a folder that cannot be read is not served with."""
    values = YAML(typ="safe").load(folder / "jurisdiction.yaml")
    own_days = tuple(_own_day(entry) for entry in values.get("closed_days") or [])
    agencies, languages = _agencies(folder / "agencies.json"), load_languages(folder / "languages.yaml")
    competences = {key: agency.competence for key, agency in agencies.items()}
    return Jurisdiction(
        folder=folder,
        name=values["name"],
        office=values["office"],
        channel=values["channel"],
        folio_series=values["folio_series"],
        zone=ZoneInfo(values["time_zone"]),
        timing=load_timing(values),
        rights_agency=values["data_rights"]["agency"],
        closed=_ClosedDays(own_days),
        own_days=own_days,
        lines={key: _line(line) for key, line in values["emergency_lines"].items()},
        agencies=agencies,
        templates=load_templates(folder / "whatsapp_templates.yaml"),
        languages=languages,
        translations={one.key: one for one in list_translations(folder, languages)},
        plain_language=load_plain_language(folder / "plain_language.yaml"),
        records=load_records(folder / "archive.yaml"),
        matrix=load_matrix(folder / "indicators.yaml"),
        topics=load_topics(folder),
        open311=load_offer(folder / "open311.yaml", competences, languages.names.values(), values["office"]),
    )


def read_jurisdiction(folder: Path) -> Jurisdiction:
    """As `load_jurisdiction`. Raises SettingsError: the program refuses to start with such a folder."""
    try:
        return load_jurisdiction(folder)
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise SettingsError(f"CANALIZA_JURISDICTION {folder} cannot be read: {error!r}") from error


class _ClosedDays:
    """Statutory holidays of Mexico and the office's own table of days."""

    def __init__(self, own: Iterable[OwnDay]) -> None:
        self._statutory = holidays.country_holidays("MX")
        self._own = {day for entry in own for day in days_of(entry.first_on, entry.last_on)}

    def __contains__(self, day: object) -> bool:
        return day in self._own or day in self._statutory

    def of(self, municipality: str | None, number: int | None = None) -> Days:
        return Days(0, self)


def list_statutory(*years: int) -> list[tuple[date, str]]:
    """The law's own days without work in those years, with their names in Spanish, earliest first."""
    return sorted(holidays.country_holidays("MX", years=years, language="es").items())


def days_of(first: date, last: date) -> list[date]:
    """Both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _own_day(entry: Mapping[str, Any]) -> OwnDay:
    last_on = entry.get("until", entry["date"])
    return OwnDay(entry["date"], last_on, entry["reason"], entry["source"], entry["confirmed"])


def _line(values: Mapping[str, Any]) -> Line:
    return Line(values["number"], values["name"], values["source"], values["confirmed"], values["checked_on"])


def _agencies(path: Path) -> dict[str, Agency]:
    rows = json.loads(path.read_text(encoding="utf-8"))
    return {row["key"]: _agency(row) for row in rows}


def _agency(row: Mapping[str, Any]) -> Agency:
    return Agency(
        row["key"],
        row["name"],
        row["acronym"],
        row["order"],
        tuple(row["competence"]),
        row["note"],
        row.get("contact", ""),
        row.get("is_open", True),
    )
