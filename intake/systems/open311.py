"""What is offered over Open311: the services, their attributes, what is said; of the jurisdiction's `open311.yaml`."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

LANGUAGES = "languages"


@dataclass(frozen=True)
class Service:
    """`agency` None: whoever the office finds. `keywords`: of the agency's competence."""

    code: str
    name: str
    group: str
    description: str
    agency: str | None
    keywords: tuple[str, ...]


@dataclass(frozen=True)
class Attribute:
    """A question that may be left out. `hint`: how it is answered; `values`: key to name, in their order."""

    code: str
    description: str
    hint: str
    values: Mapping[str, str]


@dataclass(frozen=True)
class Offer:
    """`small_town`: of a municipality with fewer people only the region is told."""

    jurisdiction_id: str
    changeset: datetime
    contact: str
    key_service: str
    small_town: int
    notice: str
    status_notes: Mapping[str, str]
    attributes: tuple[Attribute, ...]
    services: Mapping[str, Service]

    def may_name(self, agency: str | None) -> bool:
        """It stands behind a service that everybody may ask for."""
        return agency is not None and any(one.agency == agency for one in self.services.values())


def load_offer(
    path: Path, competences: Mapping[str, tuple[str, ...]], languages: Collection[str], office: str
) -> Offer | None:
    """None: there is no such file, and no such door. Raises KeyError or ValueError for one that cannot be read."""
    if not path.exists():
        return None
    values = YAML(typ="safe").load(path)
    services = [_service(entry, competences) for entry in values["services"]]
    if len({one.code for one in services}) < len(services):
        raise ValueError(f"{path.name}: two services have one code")
    changeset: datetime = values["changeset"]
    return Offer(
        jurisdiction_id=values["jurisdiction_id"],
        changeset=changeset if changeset.tzinfo else changeset.astimezone(),
        contact=values["contact"].format(office=office),
        key_service=values["key_service"].format(office=office),
        small_town=values["small_town"],
        notice=values["notice"],
        status_notes=values["status_notes"],
        attributes=tuple(_attribute(entry, languages) for entry in values["attributes"]),
        services={one.code: one for one in services},
    )


def _service(entry: Mapping[str, Any], competences: Mapping[str, tuple[str, ...]]) -> Service:
    agency = entry.get("agency")
    keywords = competences[agency] if agency else ()  # KeyError: an agency that there is not
    return Service(entry["code"], entry["name"], entry["group"], entry["description"], agency, keywords)


def _attribute(entry: Mapping[str, Any], languages: Collection[str]) -> Attribute:
    named = entry["values"]
    values = {name: name for name in sorted(languages)} if named == LANGUAGES else dict(named)
    return Attribute(entry["code"], entry["description"], entry["hint"], values)
