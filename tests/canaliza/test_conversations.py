"""Written conversations (tests/conversations) on every channel, as the provider may bring them."""

from pathlib import Path
from typing import Any

import pytest

from bot.messages import ChannelName
from canaliza.replay.plan import is_shuffled
from canaliza.replay.player import play
from canaliza.replay.reading import read_script
from canaliza.replay.script import Script, Way
from canaliza.replay.stage import Stage
from canaliza.replay.verdict import find_faults

FOLDER = Path(__file__).parents[1] / "conversations"
SCRIPTS = [read_script(path) for path in sorted(FOLDER.rglob("*.yaml"))]


def _plays() -> list[Any]:
    """Every conversation on each of its channels; shuffled where there is something to shuffle."""
    return [
        pytest.param(script, channel, way, id=f"{_name(script)}-{channel}-{way}", marks=_marks(script, channel, way))
        for script in SCRIPTS
        for channel in script.channels
        for way in Way
        if way != Way.SHUFFLED or is_shuffled(script, channel)
    ]


def _name(script: Script) -> str:
    return str(script.path.relative_to(FOLDER).with_suffix(""))


def _marks(script: Script, channel: ChannelName, way: Way) -> list[pytest.MarkDecorator]:
    wanted = script.wanted
    is_wanted = wanted is not None and wanted.is_about(channel, way)
    return [pytest.mark.xfail(strict=True, raises=AssertionError, reason=wanted.why)] if wanted and is_wanted else []


@pytest.mark.parametrize(("script", "channel", "way"), _plays())
def test_conversation(stage: Stage, script: Script, channel: ChannelName, way: Way) -> None:
    with stage.office() as office:
        played = play(office, stage.officer, script, channel, way)
    faults = find_faults(script, channel, way, played)
    assert not faults, "\n".join(faults)


def test_what_is_wanted_stands_apart() -> None:
    apart = [script.path.name for script in SCRIPTS if (script.wanted is not None) != ("wanted" in script.path.parts)]
    assert apart == []
