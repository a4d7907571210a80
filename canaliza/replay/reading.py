"""Reads a conversation from its YAML. Every fault names the file, the turn, what is wrong and what to do."""

import difflib
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bot.messages import ChannelName
from canaliza.replay.script import (
    FILES,
    OFFICES,
    WORDLESS,
    ExpectedPetition,
    ExpectedReply,
    Script,
    ScriptError,
    Turn,
    Verb,
    Wanted,
    Way,
)

CHANNELS = (ChannelName.TELEGRAM, ChannelName.WHATSAPP)
ZONE = ZoneInfo("America/Mexico_City")
STARTS = "2026-11-25 10:00"  # a Wednesday without holidays near it
READ = timedelta(seconds=30)  # who answers has read what came back, and is past the dialogue's own quiet period
SPAN = re.compile(r"(\d+)\s*([smhd])")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
TOP = frozenset("about person channels starts turns petitions wanted".split())
OF_A_TURN = frozenset("after who replies kind emergency".split())
OF_A_PERSON = frozenset("late quotes forwarded spelled".split())
OF_A_REPLY = frozenset("has lacks buttons".split())
OF_A_PETITION = frozenset(
    "has lacks municipality place agency status flags without emergency files covered point matters".split()
)
OF_A_WISH = frozenset("why ways".split())
FLAGS = frozenset("urgent sensitive wants_person needs_interpreter anonymous minor solved unsolved".split())
OF_A_VERB = {Verb.ALBUM: frozenset({"caption"}), Verb.PIN: frozenset({"label"}), Verb.EDITS: frozenset({"to"})}
NOT_TOLD = {Verb.EDITS: "edits", Verb.BLOCKS: "who blocked it", Verb.UNBLOCKS: "who unblocked it"}
Values = Mapping[str, Any]


def read_script(path: Path) -> Script:
    """Raises ScriptError."""
    values = _checked(path.name, _load(path), TOP)
    for name in ("about", "turns", "petitions"):
        if name not in values:
            raise ScriptError(f"{path.name}: «{name}» is missing: write it{_hint(name)}")
    script = Script(
        path=path,
        about=str(values["about"]),
        person=str(values.get("person", "Rosa Hernández")),
        channels=tuple(_channel(path.name, name) for name in _listed(values, "channels")) or CHANNELS,
        starts=_moment(path.name, str(values.get("starts", STARTS))),
        turns=tuple(_turn(path.name, number, item) for number, item in enumerate(values["turns"] or (), start=1)),
        petitions=tuple(_petition(path.name, item) for item in values["petitions"] or ()),
        wanted=_wanted(path.name, values["wanted"]) if "wanted" in values else None,
    )
    _check_channels(script)
    return script


def _load(path: Path) -> Values:
    try:
        values = YAML().load(path)
    except (YAMLError, OSError) as error:
        raise ScriptError(f"{path}: cannot be read: {error}") from error
    if not isinstance(values, Mapping) or not isinstance(values.get("turns", []), list):
        raise ScriptError(f"{path.name}: must hold keys such as «about» and a list of «turns»")
    return values


def _turn(name: str, number: int, item: object) -> Turn:
    where = f"{name}, turn {number}{_line(item)}"
    if not isinstance(item, Mapping):
        raise ScriptError(f"{where}: is no turn: write what happens, as «says: …»")
    verbs = [verb for verb in Verb if verb.value in item]
    if len(verbs) != 1:
        found = ", ".join(verbs) or "nothing"
        raise ScriptError(f"{where}: one thing must happen in a turn, here it is {found}{_nearest(item, [*Verb])}")
    verb = verbs[0]
    _checked(where, item, OF_A_TURN | {verb.value} | _further(verb))
    return Turn(
        number=number,
        verb=verb,
        value=_value(where, verb, item[verb.value]),
        after=_span(where, "after", item.get("after")) or (timedelta(0) if number == 1 else READ),
        late=_span(where, "late", item.get("late")) or timedelta(0),
        who=str(item["who"]) if "who" in item else None,
        caption=str(item.get("caption", "")),
        label=str(item.get("label", "")),
        to=str(item.get("to", "")),
        quotes=str(item.get("quotes", "")),
        is_forwarded=bool(item.get("forwarded")),
        spelled=str(item.get("spelled", "")),
        petition=int(item["petition"]) if "petition" in item else None,
        replies=tuple(_reply(where, one) for one in item["replies"] or ()) if "replies" in item else None,
        kind=str(item["kind"]) if "kind" in item else None,
        emergency=str(item["emergency"]) if "emergency" in item else None,
    )


def _further(verb: Verb) -> frozenset[str]:
    return OF_A_VERB.get(verb, frozenset()) | (frozenset({"petition"}) if verb in OFFICES else OF_A_PERSON)


def _value(where: str, verb: Verb, value: object) -> str:
    """An empty value is a file without a caption; only what is said must be there."""
    text = "" if value is None else str(value).strip()
    if not text and verb not in FILES | WORDLESS:
        raise ScriptError(f"{where}: «{verb}» is empty: write what it is")
    if verb == Verb.ALBUM and not text.isdigit():
        raise ScriptError(f"{where}: «album» is a number of photos, as «album: 3»; its words stand in «caption»")
    if verb == Verb.JOINS and not text.isdigit():
        raise ScriptError(f"{where}: «joins» is the number of the petition that it joins, as «joins: 1»")
    if verb == Verb.PIN and not re.fullmatch(r"-?[\d.]+,\s*-?[\d.]+", text):
        raise ScriptError(f"{where}: «pin» is latitude and longitude, as «pin: 17.0654, -96.7237»")
    return text


def _reply(where: str, item: object) -> ExpectedReply:
    if isinstance(item, str):
        return ExpectedReply(item)
    if not isinstance(item, Mapping) or len(item) != 1:
        raise ScriptError(f"{where}: a reply is a name of the catalogue, alone or with a text that it has")
    [(purpose, wanted)] = item.items()
    if not isinstance(wanted, Mapping):
        return ExpectedReply(str(purpose), has=_texts(wanted))
    values = _checked(f"{where}, reply {purpose}", wanted, OF_A_REPLY)
    buttons = _texts(values["buttons"]) if "buttons" in values else None
    return ExpectedReply(str(purpose), _texts(values.get("has")), _texts(values.get("lacks")), buttons)


def _petition(name: str, item: object) -> ExpectedPetition:
    where = f"{name}, petitions{_line(item)}"
    if not isinstance(item, Mapping):
        raise ScriptError(f"{where}: a petition is written as what it has, as «has: …»; none is «petitions: []»")
    values = _checked(where, item, OF_A_PETITION)
    flags, without = (frozenset(_texts(values.get(name))) for name in ("flags", "without"))
    if unknown := (flags | without) - FLAGS:
        raise ScriptError(f"{where}: no flag {', '.join(unknown)}: there are {', '.join(sorted(FLAGS))}")
    text = {key: str(values[key]) for key in ("municipality", "place", "status", "emergency") if key in values}
    counts = {key: int(values[key]) for key in ("files", "covered", "matters") if key in values}
    return ExpectedPetition(
        has=_texts(values.get("has")),
        lacks=_texts(values.get("lacks")),
        agency=_texts(values.get("agency")),
        flags=flags,
        without=without,
        municipality=text.get("municipality"),
        place=text.get("place"),
        status=text.get("status"),
        emergency=text.get("emergency"),
        files=counts.get("files"),
        covered=counts.get("covered"),
        point=bool(values["point"]) if "point" in values else None,
        matters=counts.get("matters"),
    )


def _wanted(name: str, item: object) -> Wanted:
    if isinstance(item, str):
        return Wanted(item)
    if not isinstance(item, Mapping) or "why" not in item:
        raise ScriptError(f"{name}: «wanted» says why the program does not do it yet")
    values = _checked(f"{name}, wanted", item, OF_A_WISH)
    known = {channel.value for channel in CHANNELS} | {way.value for way in Way}
    for named in _listed(values, "ways"):
        if unknown := {*named.split()} - known:
            raise ScriptError(f"{name}, wanted: no way {unknown.pop()}: there are {', '.join(sorted(known))}")
    return Wanted(str(values["why"]), tuple(_listed(values, "ways")))


def _check_channels(script: Script) -> None:
    """What WhatsApp never tells (CHANNELS A2) cannot be written for it."""
    for turn in script.turns:
        if turn.verb in NOT_TOLD and ChannelName.WHATSAPP in script.channels:
            told = NOT_TOLD[turn.verb]
            raise ScriptError(
                f"{script.path.name}, turn {turn.number}: WhatsApp does not tell {told}: write «channels: [telegram]»"
            )


def _checked(where: str, values: Values, known: Iterable[str]) -> Values:
    unknown = next((str(key) for key in values if key not in known), None)
    if unknown:
        raise ScriptError(f"{where}: «{unknown}» cannot stand here{_nearest([unknown], known)}")
    return values


def _nearest(written: Iterable[str], known: Iterable[str]) -> str:
    names = sorted(map(str, known))
    near = next((match for word in written for match in difflib.get_close_matches(str(word), names, n=1)), None)
    return f": did you mean «{near}»?" if near else f": there are {', '.join(names)}"


def _line(item: object) -> str:
    place = getattr(item, "lc", None)
    return f" (line {place.line + 1})" if place else ""


def _hint(name: str) -> str:
    return "; a conversation without one is «petitions: []»" if name == "petitions" else ""


def _listed(values: Values, name: str) -> list[str]:
    item = values.get(name) or []
    return [str(one) for one in ([item] if isinstance(item, str) else item)]


def _texts(item: object) -> tuple[str, ...]:
    if item is None:
        return ()
    return tuple(str(one) for one in item) if isinstance(item, list) else (str(item),)


def _span(where: str, name: Literal["after", "late"], written: object) -> timedelta | None:
    if written is None:
        return None
    match = SPAN.fullmatch(str(written))
    if not match:
        raise ScriptError(f"{where}: «{name}: {written}» is no time: write 5s, 3m, 2h or 1d")
    return timedelta(**{UNITS[match[2]]: int(match[1])})


def _moment(where: str, written: str) -> datetime:
    try:
        return datetime.strptime(written, "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)
    except ValueError as error:
        raise ScriptError(f"{where}: «starts: {written}» is no moment: write it as {STARTS}") from error


def _channel(where: str, written: str) -> ChannelName:
    if written not in CHANNELS:
        raise ScriptError(f"{where}: no channel «{written}»: there are {', '.join(CHANNELS)}")
    return ChannelName(written)
