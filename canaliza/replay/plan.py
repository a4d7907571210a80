"""In which order, and when, the provider brings what a person sends. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.messages import ChannelName
from canaliza.replay.script import Script, Turn, Verb, Way

# Twilio's connect timeout, after which it tries once more (CHANNELS A2): until then what was sent later may overtake.
BREATH = timedelta(seconds=5)


@dataclass(frozen=True)
class Item:
    """One thing that comes, or that the office does. `place`: of an album's photos, 0 the first.

    `breath`: turns of the same one were sent before an answer to the first could be read; they are answered together.
    """

    turn: Turn
    place: int
    at: datetime
    breath: int


def plan(script: Script, channel: ChannelName, way: Way) -> list[Item]:
    """Items in the order in which they come."""
    breaths = _breaths(script)
    if way == Way.SHUFFLED:
        breaths = [_shuffled(breath, channel) for breath in breaths]
    return sorted((item for breath in breaths for item in breath), key=lambda item: item.at)


def is_shuffled(script: Script, channel: ChannelName) -> bool:
    """Whether the provider could bring it in another order at all."""
    return plan(script, channel, Way.SHUFFLED) != plan(script, channel, Way.IN_ORDER)


def _breaths(script: Script) -> list[list[Item]]:
    breaths: list[list[Item]] = []
    at = script.starts
    for turn in script.turns:
        at += turn.after
        if not breaths or not _is_same_breath(breaths[-1][0], turn, at):
            breaths.append([])
        breaths[-1] += _items(turn, at, len(breaths))
    return breaths


def _is_same_breath(first: Item, turn: Turn, at: datetime) -> bool:
    is_one_person = first.turn.who == turn.who and not first.turn.is_offices and not turn.is_offices
    return is_one_person and turn.verb != Verb.WAITS and at - first.at <= BREATH


def _items(turn: Turn, at: datetime, breath: int) -> list[Item]:
    count = int(turn.value) if turn.verb == Verb.ALBUM else 1
    items = [Item(turn, place, at, breath) for place in range(count)]
    items[-1] = replace(items[-1], at=at + turn.late)
    return items


def _shuffled(breath: Sequence[Item], channel: ChannelName) -> list[Item]:
    """Telegram keeps a chat's order, but a press may overtake (CHANNELS §0.4); Twilio promises none: the last first."""
    moving = [item for item in breath if not item.turn.late]
    late = [item for item in breath if item.turn.late]
    if channel == ChannelName.WHATSAPP:
        order = moving[::-1]
    else:
        order = sorted(moving, key=lambda item: item.turn.verb not in (Verb.PRESSES, Verb.FORGES))
    return [*_in_slots(order, sorted(item.at for item in moving)), *late]


def _in_slots(items: Iterable[Item], slots: Iterable[datetime]) -> list[Item]:
    return [replace(item, at=at) for item, at in zip(items, slots, strict=True)]
