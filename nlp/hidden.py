"""The hidden cells of a head: columns of the table that answer only when they are positive. Values only."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Hidden:
    """The cells' columns begin at `first`. `shift`: of each cell. `outer`: cells × labels."""

    first: int
    shift: Floats
    outer: Floats

    @property
    def columns(self) -> slice:
        return slice(self.first, self.first + len(self.shift))

    def say(self, scores: Floats) -> Floats:
        """What a text's cells add to the labels, by the text's scores in all columns."""
        said: Floats = np.maximum(scores[self.columns] + self.shift, 0) @ self.outer
        return said

    def shares(self, vectors: Floats, scores: Floats) -> Floats:
        """Units × labels: what each unit adds through those cells that the whole text opens."""
        is_open = scores[self.columns] + self.shift > 0
        added: Floats = vectors[:, self.columns][:, is_open] @ self.outer[is_open]
        return added

    def to_values(self) -> dict[str, Any]:
        """For msgpack."""
        return {"first": self.first, "shift": self.shift.tobytes(), "outer": self.outer.tobytes()}


def hidden_from(values: dict[str, Any]) -> Hidden:
    """What `to_values` gave. Raises KeyError, TypeError or ValueError for anything else."""
    shift = np.frombuffer(values["shift"], dtype=np.float32)
    outer = np.frombuffer(values["outer"], dtype=np.float32)
    return Hidden(int(values["first"]), shift, outer.reshape(len(shift), -1))
