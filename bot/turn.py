"""One turn of the dialogue: the state afterwards and what is to be done."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from bot.effects import Effect, Say
from bot.state import State


@dataclass(frozen=True)
class Turn:
    state: State
    effects: tuple[Effect, ...] = ()

    def then(self, *effects: Effect) -> "Turn":
        return replace(self, effects=(*self.effects, *effects))

    def saying(self, change: Callable[[Say], Say]) -> "Turn":
        """The same, each sentence changed."""
        return replace(self, effects=tuple(change(e) if isinstance(e, Say) else e for e in self.effects))

    def silent(self) -> "Turn":
        """The same without a word."""
        return replace(self, effects=tuple(effect for effect in self.effects if not isinstance(effect, Say)))


class Texts(Protocol):
    """The message catalogue: the sentence of a key with its values filled in. Raises KeyError for an unknown key."""

    def __call__(self, key: str, **values: object) -> str: ...
