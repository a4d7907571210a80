"""Compares what came out of a played conversation with what was written down. Pure."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from bot.messages import ChannelName
from canaliza.replay.outcome import PetitionSeen
from canaliza.replay.plan import Item, plan
from canaliza.replay.player import Played
from canaliza.replay.script import SILENT, ExpectedPetition, ExpectedReply, Script, Turn, Way
from canaliza.replay.seen import Received


def find_faults(script: Script, channel: ChannelName, way: Way, played: Played) -> list[str]:
    """What is not as written, one line each; none: all is."""
    turns = [turn for turn in script.turns if not played.stuck or turn.number < played.stuck[0]]
    items = sorted((item for item in plan(script, channel, way) if item.turn in turns), key=_breath)
    faults = [fault for breath, own in groupby(items, key=_breath) for fault in _answers(breath, own, way, played)]
    faults += [fault for turn in turns for fault in _readings(turn, played)]
    faults += [f"a second copy was answered with {purpose}" for purpose in played.copies]
    if played.stuck:
        return [*faults, f"turn {played.stuck[0]}: {played.stuck[1]}"]
    faults += [f"{played.left} events were not worked through"] if played.left else []
    return faults + _petitions(script.petitions, played.petitions, way)


def _breath(item: Item) -> int:
    return item.breath


def _answers(breath: int, items: Iterable[Item], way: Way, played: Played) -> list[str]:
    held = list(items)
    turns = sorted({item.turn for item in held}, key=lambda turn: turn.number)
    where, received = f"turn {turns[-1].number}", played.answers.get(breath, [])
    expected = [turn.replies for turn in turns if turn.replies is not None]
    if not expected:
        must = any(turn.verb not in SILENT and not turn.is_offices for turn in turns)
        return [f"{where}: nobody was answered"] if must and not received else []
    wanted = [reply for replies in expected for reply in replies]
    if way == Way.SHUFFLED and len(held) > 1:
        wanted, received = sorted(wanted, key=lambda r: r.purpose), sorted(received, key=lambda r: r.purpose)
    if [reply.purpose for reply in wanted] != [reply.purpose for reply in received]:
        came = ", ".join(reply.purpose for reply in received) or "nothing"
        return [f"{where}: came {came}; expected {', '.join(reply.purpose for reply in wanted) or 'nothing'}"]
    return [
        f"{where}, {fault}" for one, came in zip(wanted, received, strict=True) for fault in _reply_faults(one, came)
    ]


def _reply_faults(wanted: ExpectedReply, came: Received) -> list[str]:
    labels = tuple(choice.label for choice in came.choices)
    faults = [f"{came.purpose}: has no «{text}»: {came.text}" for text in wanted.has if text not in came.text]
    faults += [f"{came.purpose}: has «{text}»: {came.text}" for text in wanted.lacks if text in came.text]
    if wanted.buttons is not None and wanted.buttons != labels:
        faults.append(f"{came.purpose}: buttons {labels}, expected {wanted.buttons}")
    return faults


def _readings(turn: Turn, played: Played) -> list[str]:
    kind, emergency = played.kinds.get(turn.number), played.emergencies.get(turn.number)
    faults = [f"turn {turn.number}: read as {kind}, expected {turn.kind}"] if turn.kind not in (None, kind) else []
    if turn.emergency is not None and turn.emergency != (emergency or "none"):
        faults.append(f"turn {turn.number}: emergency {emergency or 'none'}, expected {turn.emergency}")
    return faults


def _petitions(wanted: Sequence[ExpectedPetition], seen: Sequence[PetitionSeen], way: Way) -> list[str]:
    if len(wanted) != len(seen):
        texts = " · ".join(f"«{one.text}»" for one in seen)
        return [f"{len(seen)} petitions, expected {len(wanted)}: {texts or 'none'}"]
    left, faults = list(seen), []
    for number, one in enumerate(wanted, start=1):
        fitting = [s for s in left if not _petition_faults(one, s)] if way == Way.SHUFFLED else []
        mine = (fitting or left)[0]
        left.remove(mine)
        faults += [f"petition {number}: {fault}" for fault in _petition_faults(one, mine)]
    return faults


def _petition_faults(wanted: ExpectedPetition, seen: PetitionSeen) -> list[str]:
    faults = [f"has no «{text}»: «{seen.text}»" for text in wanted.has if text not in seen.text]
    faults += [f"has «{text}»: «{seen.text}»" for text in wanted.lacks if text in seen.text]
    municipality = seen.place if seen.has_municipality else None
    compared = {
        "municipality": (wanted.municipality, municipality or "none"),
        "place": (wanted.place, seen.place or "none"),
        "status": (wanted.status, seen.status),
        "emergency": (wanted.emergency, seen.emergency or "none"),
        "files": (wanted.files, seen.files),
        "covered": (wanted.covered, seen.covered),
        "point": (wanted.point, seen.point),
        "matters": (wanted.matters, seen.matters),
    }
    faults += [
        f"{name} {was}, expected {want}" for name, (want, was) in compared.items() if want is not None and want != was
    ]
    faults += [f"is not {flag}" for flag in sorted(wanted.flags - seen.flags)]
    faults += [f"is {flag}" for flag in sorted(wanted.without & seen.flags)]
    if wanted.agency and seen.agency not in wanted.agency:
        faults.append(f"agency {seen.agency}, expected {' or '.join(wanted.agency)}")
    return faults
