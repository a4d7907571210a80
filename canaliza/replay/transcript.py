"""`canaliza console --replay FILE`: a written conversation as it stands on the person's screen."""

from pathlib import Path
from tempfile import TemporaryDirectory

from rich.align import Align
from rich.console import Console, Group
from rich.panel import Panel
from rich.text import Text

from bot.messages import ChannelName, Outbound
from bot.numbering import number_choices
from bot.texts import day
from canaliza.replay.player import Line, Played, play
from canaliza.replay.reading import ZONE, read_script
from canaliza.replay.script import FILES, OFFICES, Script, ScriptError, Verb, Way
from canaliza.replay.stage import Stage
from canaliza.replay.verdict import find_faults
from intake.settings import Settings

WIDTH = 72
SIGNS = {
    Verb.PHOTO: "foto",
    Verb.ALBUM: "foto de un álbum",
    Verb.VOICE: "nota de voz",
    Verb.VIDEO: "video",
    Verb.DOCUMENT: "documento",
    Verb.STICKER: "sticker",
    Verb.PIN: "ubicación",
    Verb.CONTACT: "contacto",
    Verb.PRESSES: "toca",
    Verb.FORGES: "botón falso",
    Verb.EDITS: "corrige su mensaje",
    Verb.SENDS: "otro contenido",
    Verb.REACTS: "reacción",
    Verb.BLOCKS: "bloquea el chat",
    Verb.UNBLOCKS: "desbloquea el chat",
    Verb.REFERS: "turna a",
    Verb.ACCEPTS: "la dependencia acepta",
    Verb.GIVES_BACK: "la dependencia devuelve",
    Verb.ANSWERS: "la dependencia responde",
    Verb.GUIDES: "orienta",
    Verb.DISMISSES: "no es petición",
    Verb.JOINS: "junta con la petición",
    Verb.PARTS: "la separa",
    Verb.ENTERS: "entra a la plática",
    Verb.WRITES: "escribe",
    Verb.LEAVES: "sale de la plática",
    Verb.DECLARES: "declara contingencia",
    Verb.CALLS_OFF: "termina la contingencia",
    Verb.INTERPRETER: "intérprete",
    Verb.TRANSCRIBES: "escribe lo que dice la nota",
}


def replay(settings: Settings, path: Path, channel: ChannelName | None, way: Way, screen: Console) -> bool:
    """Play a file in a throw-away office and show it; whether all came out as written. Raises ScriptError."""
    script = read_script(path)
    chosen = channel or script.channels[0]
    if chosen not in script.channels:
        raise ScriptError(f"{path.name} is not for {chosen}: it is for {', '.join(script.channels)}")
    with TemporaryDirectory() as folder:
        stage = Stage(settings, Path(folder))
        with stage.office() as office:
            played = play(office, stage.officer, script, chosen, way)
    faults = find_faults(script, chosen, way, played)
    show(script, played, screen, is_numbered=chosen == ChannelName.WHATSAPP)
    _judge(script, faults, screen)
    return not faults


def show(script: Script, played: Played, screen: Console, *, is_numbered: bool) -> None:
    screen.print(Text(script.about, style="bold"))
    today = None
    for line in played.lines:
        local = line.at.astimezone(ZONE)
        if local.date() != today:
            today = local.date()
            screen.print(Align.center(Text(day(today), style="dim"), width=WIDTH))
        screen.print(_bubble(line, is_numbered=is_numbered))


def _bubble(line: Line, *, is_numbered: bool) -> Align:
    """The person on the right as on their own phone, the office's program on the left, staff in the middle."""
    hour = f"{line.at.astimezone(ZONE):%H:%M:%S}"
    if line.verb in OFFICES:
        return Align.center(Text(f"{hour} · {line.who}: {_said(line)}", style="yellow"), width=WIDTH)
    title = Text(hour if line.who is None else f"{line.who} · {hour}", style="dim")
    panel = Panel.fit(_content(line, is_numbered=is_numbered), title=title, width=min(WIDTH, 60))
    panel.border_style = "green" if line.who is None else "cyan"
    return Align(panel, "left" if line.who is None else "right", width=WIDTH)


def _content(line: Line, *, is_numbered: bool) -> Group | Text:
    received = line.received
    if received is None:
        return Text(_said(line))
    if is_numbered:
        return Text(number_choices(Outbound(received.text, received.choices)))
    buttons = [Text(f"[ {choice.label} ]", style="bold") for choice in received.choices]
    return Group(Text(received.text), *buttons)


def _said(line: Line) -> str:
    sign = SIGNS.get(line.verb) if line.verb else None
    if sign is None:
        return line.text
    joined = " · " if line.verb in FILES else ": "
    return f"{sign}{joined}{line.text}" if line.text else sign


def _judge(script: Script, faults: list[str], screen: Console) -> None:
    if not faults:
        screen.print("Todo salió como está escrito.", style="green")
    for fault in faults:
        screen.print(Text(fault, style="red"))
    if script.wanted:
        screen.print(Text(f"Por hacer: {script.wanted.why}", style="yellow"))
