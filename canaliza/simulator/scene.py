"""What the front page offers to tap: people, places and example messages, from one JSON file per jurisdiction."""

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Place:
    """A place that a person may share. Degrees, WGS 84."""

    name: str
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Example:
    """A ready message: `label` stands on the button, `text` is what is sent."""

    label: str
    text: str


@dataclass(frozen=True)
class PhoneScene:
    person: str
    name: str
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True)
class Scene:
    contact: str
    telegram: PhoneScene
    whatsapp: PhoneScene
    places: tuple[Place, ...] = ()


NOBODY = Scene("Canaliza", PhoneScene("ana", "Ana"), PhoneScene("ana", "Ana"))


def read_scene(path: Path) -> Scene:
    """Raises OSError, KeyError, TypeError or ValueError for a file that is not a scene."""
    values = json.loads(path.read_text(encoding="utf-8"))
    return Scene(
        contact=values["contact"],
        telegram=_phone(values["telegram"]),
        whatsapp=_phone(values["whatsapp"]),
        places=tuple(Place(**place) for place in values["places"]),
    )


def _phone(values: dict[str, object]) -> PhoneScene:
    examples = values["examples"]
    if not isinstance(examples, list):
        raise TypeError("examples must be a list")
    return PhoneScene(str(values["person"]), str(values["name"]), tuple(Example(**example) for example in examples))
