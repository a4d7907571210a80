"""The matrix of indicators, read from `indicators.yaml`: names, formulas, readings, parameters with their sources."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from intake.errors import NotFound, SettingsError
from intake.indicators.measures import MEASURES, Parameters
from intake.indicators.period import Period, get_period


@dataclass(frozen=True)
class Parameter:
    value: int
    source: str
    is_confirmed: bool


@dataclass(frozen=True)
class ReadingOf:
    """One way to read the matrix. `measure`: a name of MEASURES."""

    key: str
    measure: str
    label: str


@dataclass(frozen=True)
class Indicator:
    """`readings`: the one that is reported first; none for what has no rows here. `register`: which one is missing;
    `external`: who publishes it, `series`: under which its values are kept, which two indicators may share.
    `goals`: per cent, by the name of a year or of a period of it; empty while the office has not said."""

    id: str
    level: str
    official: str
    operational: str
    formula: str
    direction: str
    frequency: str
    goals: Mapping[str, float]
    confidence: str
    register: str | None
    external: str | None
    series: str | None
    readings: tuple[ReadingOf, ...]

    def goal_in(self, period: Period) -> float | None:
        """The period's own, else its year's: another year's goal changes no report of this one."""
        return self.goals.get(period.name, self.goals.get(f"{period.first.year}"))

    def get_reading(self, key: str) -> ReadingOf:
        """Raises NotFound."""
        found = next((reading for reading in self.readings if reading.key == key), None)
        if found is None:
            raise NotFound(f"{self.id} has no reading {key}")
        return found


@dataclass(frozen=True)
class Matrix:
    source: str
    is_confirmed: bool
    parameters: Mapping[str, Parameter]
    indicators: tuple[Indicator, ...]

    @property
    def values(self) -> Parameters:
        return Parameters(**{name: parameter.value for name, parameter in self.parameters.items()})

    def get(self, indicator_id: str) -> Indicator:
        """Raises NotFound."""
        found = next((one for one in self.indicators if one.id == indicator_id), None)
        if found is None:
            raise NotFound(f"no indicator {indicator_id}")
        return found


def load_matrix(path: Path) -> Matrix:
    """Raises SettingsError: figures of a file that cannot be understood are none."""
    try:
        values = YAML(typ="safe").load(path)
        parameters = {name: _parameter(one) for name, one in values["parameters"].items()}
        indicators = tuple(_indicator(row) for row in values["indicators"])
        matrix = Matrix(values["source"], values["confirmed"], parameters, indicators)
        matrix.values  # noqa: B018 — every parameter is there, and no other
    except (OSError, KeyError, TypeError, ValueError, AttributeError, NotFound) as error:
        raise SettingsError(f"{path} cannot be read: {error!r}") from error
    return matrix


def _parameter(row: Mapping[str, Any]) -> Parameter:
    return Parameter(int(row["value"]), row["source"], row["confirmed"])


def _indicator(row: Mapping[str, Any]) -> Indicator:
    readings = tuple(_reading(one) for one in row.get("readings", ()))
    if not readings and not row.get("register") and not row.get("external"):
        raise ValueError(f"{row['id']} has neither a reading nor a register")
    return Indicator(
        row["id"],
        row["level"],
        row["official"],
        row["operational"],
        row["formula"],
        row["direction"],
        row["frequency"],
        {get_period(str(name)).name: _goal(goal) for name, goal in (row["goal"] or {}).items()},
        row["confidence"],
        row.get("register"),
        row.get("external"),
        row.get("series"),
        readings,
    )


def _goal(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{value} is no percentage")
    return value


def _reading(row: Mapping[str, Any]) -> ReadingOf:
    if row["measure"] not in MEASURES:
        raise ValueError(f"the program has no measure {row['measure']}")
    return ReadingOf(row["key"], row["measure"], row["label"])
