"""What the documentation shows of the running program: the picture of the dialogue, two transcripts in the README.

`canaliza documents` writes both anew; a test finds them stale.
"""

import re
from collections.abc import Callable
from io import StringIO
from pathlib import Path

from rich.console import Console

from bot.messages import ChannelName
from bot.texts import Catalogue
from canaliza.picture import draw
from canaliza.replay.player import play
from canaliza.replay.reading import read_script
from canaliza.replay.script import Way
from canaliza.replay.stage import Stage
from canaliza.replay.transcript import WIDTH, show

PICTURE = re.compile(r"(?<=<!-- picture -->\n```mermaid\n).*?(?=```\n)", re.DOTALL)
TRANSCRIPT = re.compile(
    r"(?P<head><!-- transcript (?P<file>\S+) (?P<channel>\w+) -->\n```text\n)(?P<body>.*?)(?=```\n)", re.DOTALL
)
FOLIO, SHOWN_FOLIO = re.compile(r"\bJG-\d{4}-[0-9A-Z]{6}-[0-9A-Z]\b"), "JG-2026-004K7Q-3"


def rewrite(path: Path, change: Callable[[str], str]) -> bool:
    """Whether the file was stale."""
    before = path.read_text("utf-8")
    after = change(before)
    if after != before:
        path.write_text(after, "utf-8")
    return after != before


def with_picture(document: str, texts: Catalogue) -> str:
    """The document with today's picture. Raises ValueError without a place for it."""
    after, count = PICTURE.subn(lambda _: draw(texts), document)
    if count != 1:
        raise ValueError("the document has no single place «<!-- picture -->» with a mermaid block")
    return after


def with_transcripts(document: str, stage: Stage, root: Path) -> str:
    """The document with every transcript played anew; folios, drawn at random, stand as one."""

    def played(match: re.Match[str]) -> str:
        return match["head"] + transcript(stage, root / match["file"], ChannelName(match["channel"]))

    return TRANSCRIPT.sub(played, document)


def transcript(stage: Stage, path: Path, channel: ChannelName) -> str:
    """As `canaliza console --replay` shows it, without colours."""
    script = read_script(path)
    with stage.office() as office:
        played = play(office, stage.officer, script, channel, Way.IN_ORDER)
    screen = Console(file=StringIO(), width=WIDTH, color_system=None, force_terminal=False)
    with screen.capture() as captured:
        show(script, played, screen, is_numbered=channel == ChannelName.WHATSAPP)
    lines = FOLIO.sub(SHOWN_FOLIO, captured.get()).splitlines()
    return "\n".join(line.rstrip() for line in lines) + "\n"
