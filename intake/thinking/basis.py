"""What the dialogue decided on, kept with each message, so that it can be asked again (`retelling`).

State and facts as they were, without what is as always: half a kilobyte for most messages. The event itself is stored
already, and the program is a pure function of the three.
"""

from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from bot.known import Facts
from bot.state import State, state_from_json, state_to_json
from nlp.reading import Reading

FACTS = TypeAdapter(Facts)
RANKED_AT_MOST = 3


@dataclass(frozen=True)
class Basis:
    """`ranking`: agencies and their probabilities, best first; `model_version`: None without a model."""

    state: State
    facts: Facts
    ranking: tuple[tuple[str, float], ...]
    model_version: str | None


def pack(state: State, facts: Facts, reading: Reading) -> dict[str, Any]:
    """As JSON takes it."""
    return {
        "state": {name: value for name, value in state_to_json(state).items() if value},
        "facts": FACTS.dump_python(facts, mode="json", exclude_defaults=True),
        "ranking": [[s.agency, round(s.probability, 4)] for s in reading.suggestions[:RANKED_AT_MOST]],
        "model": reading.model_version,
    }


def unpack(packed: dict[str, Any] | None) -> Basis | None:
    """None: nothing was kept (an older message, or the dialogue was not asked), or it is not understood any more."""
    if packed is None:
        return None
    try:
        facts = FACTS.validate_python(packed["facts"])
        ranking = tuple((str(agency), float(probability)) for agency, probability in packed["ranking"])
        return Basis(state_from_json(packed["state"]), facts, ranking, packed["model"])
    except (ValidationError, KeyError, TypeError, ValueError):
        return None
