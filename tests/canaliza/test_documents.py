"""What the documentation shows is what the program does today; `make docs` writes it anew."""

import re
from pathlib import Path

from canaliza.documents import TRANSCRIPT, with_picture, with_transcripts
from canaliza.picture import draw, list_unreached
from canaliza.replay.stage import Stage
from intake.configuration.unconfirmed import Doubt, find_unconfirmed, list_doubts, with_list
from tests.models import JURISDICTION, ROOT

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


def test_what_waits_for_the_office_is_all_on_one_page() -> None:
    document = (ROOT / "docs" / "confirm.md").read_text("utf-8")
    assert with_list(document, JURISDICTION) == document, STALE
    doubts = list_doubts(JURISDICTION)
    marked = sum(path.read_text("utf-8").count("confirmed: false") for path in JURISDICTION.glob("*.yaml"))
    in_comments = sum(  # a file's head says what the mark means
        line.lstrip().startswith("#") and "confirmed: false" in line
        for path in JURISDICTION.glob("*.yaml")
        for line in path.read_text("utf-8").splitlines()
    )
    assert sum(one.file.endswith(".yaml") for one in doubts) == marked - in_comments
    assert marked > in_comments


def test_the_first_questions_are_all_on_the_page_and_no_other_page_keeps_a_list_of_its_own() -> None:
    document = (ROOT / "docs" / "confirm.md").read_text("utf-8")
    asked = [int(number) for number in re.findall(r"^\| (\d+) \|", document, re.MULTILINE)]
    assert asked == list(range(1, len(asked) + 1))
    assert len(asked) >= 13
    assert len(find_unconfirmed(JURISDICTION).questions) == len(asked)
    for path in (ROOT / "docs").glob("*.md"):
        said = path.read_text("utf-8")
        assert path.name == "confirm.md" or not re.search(r"^## What .*confirm|^To be confirmed", said, re.MULTILINE), (
            path
        )
    linked = re.findall(r"\]\((\w+\.md)\)", document)
    assert all((ROOT / "docs" / name).exists() for name in linked)
    sentences = (ROOT / "admin" / "texts" / "es_MX.po").read_text("utf-8")
    questions = [line for line in document.splitlines() if re.match(r"\| \d+ \|", line)]
    pages = re.findall("«([^»]+)»", " ".join(line.rsplit("|", 2)[1] for line in questions))
    assert pages
    assert [page for page in pages if f'msgstr "{page}"' not in sentences] == []


def test_a_mark_in_a_list_of_a_list_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("days: [{name: x, confirmed: true}, {in: {name: 'y | z', confirmed: false}}]\n")
    (tmp_path / "agencies.json").write_text('[{"key": "A", "confidence": "M+"}, {"key": "B", "confidence": "V S1"}]')
    assert list_doubts(tmp_path) == [
        Doubt("a.yaml", "days.2.in", "name: y | z"),
        Doubt("agencies.json", "confidence M+", "A", "nombre y competencia"),
    ]
    assert r"| `a.yaml` | days.2.in | name: y \| z | — |" in with_list(
        "<!-- unconfirmed -->\n\nx\n\n<!-- end -->", tmp_path
    )
