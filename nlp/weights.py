"""What features add to columns, in eight bits: half of a table's features say nothing in its hidden cells, so rows of
noughts are not kept. Values only; made by `learners`, held by `table`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
STEPS = 127  # of a weight's eight bits, to each side of nought
NONE = -1


@dataclass(frozen=True)
class Weights:
    """`rows`: of each feature, where its weights stand in `kept`; NONE: noughts. `steps`: what one is worth, by row."""

    rows: NDArray[np.int32]
    kept: NDArray[np.int8]
    steps: Floats

    @property
    def columns(self) -> int:
        return int(self.kept.shape[1])

    def together(self, features: NDArray[np.int32], values: Floats) -> Floats:
        """What features of those values add to each column."""
        rows = self.rows[features]
        has_weights = rows != NONE
        if not has_weights.all():
            rows, values = rows[has_weights], values[has_weights]
        added: Floats = (values * self.steps[rows]) @ self.kept[rows].astype(np.float32)
        return added

    def each(self, features: NDArray[np.int32], values: Floats) -> Floats:
        """Features × columns: what each of them adds."""
        rows = self.rows[features]
        has_weights = rows != NONE
        added = np.zeros((len(rows), self.columns), dtype=np.float32)
        some = rows[has_weights]
        added[has_weights] = self.kept[some] * (values[has_weights] * self.steps[some])[:, None]
        return added

    def to_values(self) -> dict[str, Any]:
        """For msgpack."""
        return {"rows": self.rows.tobytes(), "kept": self.kept.tobytes(), "steps": self.steps.tobytes()}


def quantised(weights: NDArray[Any]) -> Weights:
    """Features × columns, each row with a step of its own."""
    greatest = np.abs(weights).max(axis=1, initial=0)
    has_weights = greatest > 0
    rows = np.where(has_weights, np.cumsum(has_weights) - 1, NONE)
    steps = greatest[has_weights] / STEPS
    kept = np.rint(weights[has_weights] / steps[:, None])
    return Weights(rows.astype(np.int32), kept.astype(np.int8), steps.astype(np.float32))


def weights_from(values: Mapping[str, Any]) -> Weights:
    """What `to_values` gave. Raises KeyError, TypeError or ValueError for anything else."""
    steps = np.frombuffer(values["steps"], dtype=np.float32)
    kept = np.frombuffer(values["kept"], dtype=np.int8).reshape(len(steps), -1)
    return Weights(np.frombuffer(values["rows"], dtype=np.int32), kept, steps)
