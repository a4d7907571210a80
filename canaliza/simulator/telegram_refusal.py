"""An error answer of the Bot API."""

from dataclasses import dataclass
from typing import Any


@dataclass
class Refused(Exception):
    error_code: int
    description: str
    parameters: dict[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        values: dict[str, Any] = {"ok": False, "error_code": self.error_code, "description": self.description}
        return {**values, "parameters": self.parameters} if self.parameters else values
