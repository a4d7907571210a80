"""What the documentation shows is what the program does today; `make docs` writes it anew."""

from canaliza.documents import TRANSCRIPT, with_picture, with_transcripts
from canaliza.picture import draw, list_unreached
from canaliza.replay.stage import Stage
from tests.models import ROOT

STALE = "stale: run `make docs`"


def test_the_picture_of_the_dialogue_is_todays(stage: Stage) -> None:
    document = (ROOT / "docs" / "dialogue.md").read_text("utf-8")
    with stage.office() as office:
        assert with_picture(document, office.texts) == document, STALE


def test_every_question_is_in_the_picture(stage: Stage) -> None:
    with stage.office() as office:
        assert list_unreached(office.texts) == set()
        assert "free --> municipality: petition without a place" in draw(office.texts)


def test_danger_leads_from_everywhere_to_one_place(stage: Stage) -> None:
    with stage.office() as office:
        assert [line for line in draw(office.texts).splitlines() if "any -->" in line] == [
            "    any --> free: danger: its number first"
        ]


def test_the_readmes_transcripts_are_true(stage: Stage) -> None:
    document = (ROOT / "README.md").read_text("utf-8")
    assert {match["channel"] for match in TRANSCRIPT.finditer(document)} == {"whatsapp", "telegram"}
    assert with_transcripts(document, stage, ROOT) == document, STALE
