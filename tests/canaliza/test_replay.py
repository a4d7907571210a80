"""Written conversations: what a file may not say, in which order things come, what a verdict finds, the command."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.messages import ChannelName
from canaliza.cli import app
from canaliza.replay.outcome import PetitionSeen
from canaliza.replay.plan import is_shuffled, plan
from canaliza.replay.player import Played, play
from canaliza.replay.reading import read_script
from canaliza.replay.script import Script, ScriptError, Way
from canaliza.replay.stage import Stage, add_officer, on_engine
from canaliza.replay.verdict import find_faults
from intake.database import open_engine
from nlp.reader import Reader
from tests.canaliza.test_conversations import FOLDER

TELEGRAM, WHATSAPP = ChannelName.TELEGRAM, ChannelName.WHATSAPP
WATER = """
about: Una fuga
turns:
  - says: "hay una fuga de agua en la calle principal de Tlacolula de Matamoros"
    replies: [welcome, petition.received: Tlacolula]
petitions:
  - has: fuga
    municipality: Tlacolula de Matamoros
    flags: []
"""


def _script(folder: Path, text: str) -> Script:
    path = folder / "conversation.yaml"
    path.write_text(text, "utf-8")
    return read_script(path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("about: x\nturns: []", "«petitions» is missing: write it; a conversation without one is «petitions: []»"),
        ("about: x\nturn: []\npetitions: []", "«turn» cannot stand here: did you mean «turns»?"),
        ("- says: hola", "must hold keys such as «about»"),
        ("about: [", "cannot be read"),
        ("about: x\nturns:\n  - hola\npetitions: []", "turn 1: is no turn: write what happens, as «says: …»"),
        ("about: x\nturns:\n  - sayz: hola\npetitions: []", "turn 1 (line 3): one thing must happen in a turn"),
        ("about: x\nturns:\n  - sayz: hola\npetitions: []", "did you mean «says»?"),
        ("about: x\nturns:\n  - says: a\n    photo: b\npetitions: []", "here it is says, photo"),
        ("about: x\nturns:\n  - says: ''\npetitions: []", "«says» is empty"),
        ("about: x\nturns:\n  - says: a\n    after: soon\npetitions: []", "write 5s, 3m, 2h or 1d"),
        ("about: x\nturns:\n  - says: a\n    caption: b\npetitions: []", "«caption» cannot stand here"),
        ("about: x\nturns:\n  - album: muchas\npetitions: []", "«album» is a number of photos"),
        ("about: x\nturns:\n  - pin: mi casa\npetitions: []", "«pin» is latitude and longitude"),
        ("about: x\nturns:\n  - edits: a\n    to: b\npetitions: []", "WhatsApp does not tell edits"),
        ("about: x\nturns:\n  - says: a\n    replies: [{a: {b: c}}]\npetitions: []", "reply a: «b» cannot stand here"),
        ("about: x\nturns: []\npetitions:\n  - flags: hurry\n", "no flag hurry: there are anonymous"),
        ("about: x\nchannels: sms\nturns: []\npetitions: []", "no channel «sms»"),
        ("about: x\nstarts: hoy\nturns: []\npetitions: []", "«starts: hoy» is no moment"),
        ("about: x\nwanted: {why: y, ways: [fax]}\nturns: []\npetitions: []", "no way fax"),
    ],
)
def test_a_fault_in_a_file_is_named_with_its_place_and_what_to_do(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ScriptError) as caught:
        _script(tmp_path, text)
    assert "conversation.yaml" in str(caught.value)
    assert said in str(caught.value)


def _order(script: Script, channel: ChannelName, way: Way) -> list[tuple[int, int, float]]:
    return [
        (item.turn.number, item.place, (item.at - script.starts).total_seconds()) for item in plan(script, channel, way)
    ]


def test_twilio_may_turn_a_breath_around_and_telegram_may_not(tmp_path: Path) -> None:
    turns = "[{says: a}, {says: b, after: 3s}, {says: c, after: 9s}, {album: 2}]"
    script = _script(tmp_path, f"about: x\npetitions: []\nturns: {turns}")
    assert _order(script, WHATSAPP, Way.SHUFFLED) == [(2, 0, 0), (1, 0, 3), (3, 0, 12), (4, 1, 42), (4, 0, 42)]
    assert not is_shuffled(script, TELEGRAM)


def test_on_telegram_a_press_may_overtake_the_message_before_it(tmp_path: Path) -> None:
    script = _script(tmp_path, "about: x\npetitions: []\nturns: [{says: a}, {presses: b, after: 2s}]")
    assert [number for number, _, _ in _order(script, TELEGRAM, Way.SHUFFLED)] == [2, 1]


def test_the_last_photo_of_an_album_may_be_late(tmp_path: Path) -> None:
    script = _script(tmp_path, "about: x\npetitions: []\nturns: [{album: 2, late: 40s}, {says: a, after: 20s}]")
    numbers = [(number, place) for number, place, _ in _order(script, TELEGRAM, Way.IN_ORDER)]
    assert numbers == [(1, 0), (2, 0), (1, 1)]


def _played(stage: Stage, script: Script, way: Way = Way.IN_ORDER) -> Played:
    with stage.office() as office:
        return play(office, stage.officer, script, TELEGRAM, way)


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("[welcome, petition.received: Tlacolula]", "[petition.received]", "expected petition.received"),
        ("petition.received: Tlacolula", "petition.received: Etla", "has no «Etla»"),
        ("petition.received: Tlacolula", "petition.received: {lacks: Folio}", "has «Folio»"),
        ("petition.received: Tlacolula", "petition.received: {buttons: [Sí]}", "buttons (), expected ('Sí',)"),
        ("has: fuga", "has: bache", "has no «bache»"),
        ("has: fuga", "lacks: fuga", "has «fuga»"),
        ("municipality: Tlacolula de Matamoros", "municipality: Etla", "municipality Tlacolula de Matamoros"),
        ("flags: []", "flags: [sensitive]", "is not sensitive"),
        ("flags: []", "files: 2", "files 0, expected 2"),
        ("flags: []", "point: true", "point False, expected True"),
        ("flags: []", "agency: CFE", "expected CFE"),
        ("flags: []", "status: CONCLUIDA", "status RECIBIDA, expected CONCLUIDA"),
        ("flags: []", "emergency: incendio", "emergency none, expected incendio"),
        ("    replies", "    kind: thanks\n    replies", "read as petition, expected thanks"),
        ("    replies", "    emergency: incendio\n    replies", "emergency none, expected incendio"),
        ("petitions:", "  - presses: Otro\npetitions:", "turn 2: no button «Otro» stands in the chat"),
        ("petitions:", "  - answers: Ya quedó.\npetitions:", "is with no agency: write «refers» before"),
        ("petitions:", "  - reacts: 👍\n    replies: [thanks]\npetitions:", "came nothing; expected thanks"),
    ],
)
def test_what_is_not_as_written_is_found(stage: Stage, tmp_path: Path, right: str, wrong: str, said: str) -> None:
    script = _script(tmp_path, WATER)
    assert find_faults(script, TELEGRAM, Way.IN_ORDER, _played(stage, script)) == []
    assert right in WATER
    script = _script(tmp_path, WATER.replace(right, wrong, 1))
    assert said in "\n".join(find_faults(script, TELEGRAM, Way.IN_ORDER, _played(stage, script)))


def test_a_petition_too_many_a_silence_and_an_answered_copy_are_found(stage: Stage, tmp_path: Path) -> None:
    script = _script(tmp_path, WATER.replace("    replies: [welcome, petition.received: Tlacolula]\n", ""))
    played = _played(stage, script, Way.DOUBLED)
    assert find_faults(script, TELEGRAM, Way.DOUBLED, played) == []
    played.copies = [played.answers[1][0].purpose]
    played.answers, played.petitions, played.left = {}, (*played.petitions, *played.petitions), 1
    faults = find_faults(script, TELEGRAM, Way.DOUBLED, played)
    assert faults[0] == "turn 1: nobody was answered"
    assert faults[1] == "a second copy was answered with welcome"
    assert faults[2] == "1 events were not worked through"
    assert faults[3].startswith("2 petitions, expected 1")


def test_petitions_that_came_in_another_order_are_the_same(tmp_path: Path) -> None:
    script = _script(tmp_path, "about: x\nturns: []\npetitions: [{has: agua}, {has: luz}]")
    seen = [
        PetitionSeen("", text, None, False, None, "RECIBIDA", frozenset(), None, 0, 0, False, 1)
        for text in ("luz", "agua")
    ]
    played = Played(petitions=tuple(seen))
    assert find_faults(script, WHATSAPP, Way.SHUFFLED, played) == []
    assert len(find_faults(script, WHATSAPP, Way.IN_ORDER, played)) == 2


@pytest.mark.parametrize("name", ["place/homonimos", "bursts/album", "answers/resuelto"])
def test_both_databases_tell_the_same(
    database_url: str, model: Path, reader: Reader, tmp_path: Path, stage: Stage, name: str
) -> None:
    script = read_script(FOLDER / f"{name}.yaml")
    with stage.office() as template:
        office = on_engine(template, open_engine(database_url))
        played = play(office, add_officer(office), script, TELEGRAM, Way.IN_ORDER)
        office.engine.dispose()
    assert find_faults(script, TELEGRAM, Way.IN_ORDER, played) == []


def test_a_conversation_is_shown_as_a_transcript(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANALIZA_MODEL_DIR", str(model))  # the command reads the environment, as in a terminal
    monkeypatch.setenv("CANALIZA_SECRET_KEY", "k" * 32)
    shown = CliRunner().invoke(app, ["console", "--replay", str(FOLDER / "answers" / "resuelto.yaml")])
    assert shown.exit_code == 0, shown.output
    assert "Recibimos su petición." in shown.output
    assert "[ Sí, está resuelto ]" in shown.output
    assert "Todo salió como está escrito." in shown.output
