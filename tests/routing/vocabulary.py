"""What rules of Oaxaca may name, as the office has it."""

import json

from nlp.places import load_gazetteer
from nlp.reading import EmergencyKind, MessageKind
from routing.parsing import Vocabulary
from tests.models import JURISDICTION

VOCABULARY = Vocabulary(
    orders={row["key"]: row["order"] for row in json.loads((JURISDICTION / "agencies.json").read_text("utf-8"))},
    kinds=frozenset(kind.value for kind in MessageKind),
    emergencies=frozenset(kind.value for kind in EmergencyKind),
    regions={one.clave: one.region for one in load_gazetteer(JURISDICTION / "places").list_all()},
)
