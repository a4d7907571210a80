"""What a look finds, before it is a card."""

from dataclasses import dataclass

TOPIC, CONFLICT, CLUSTER = "topic", "conflict", "cluster"
MUNICIPALITY, REGION, STATE = "municipality", "region", "state"
EVERYWHERE = "*"  # the territory of what is of the whole state
STRONGEST = 3


@dataclass(frozen=True)
class Found:
    """As the columns of `Alert`."""

    kind: str
    topic: str
    level: str
    territory: str
    window_days: int
    observed: int
    expected: float | None
    every_days: float | None
    strength: int

    def key(self) -> dict[str, str]:
        return {"kind": self.kind, "topic": self.topic, "level": self.level, "territory": self.territory}
