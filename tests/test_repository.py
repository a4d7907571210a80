"""Tests about the repository as a whole: documentation that is true, files that name nothing they should not."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from bot.texts import load_catalogue
from intake.settings import Settings
from tests.models import JURISDICTION, ROOT

TEXT_MAX = 1600  # of one Twilio message (CHANNELS A2); a longer text is split
SPOKEN = load_catalogue(JURISDICTION / "texts" / "es_MX.po")


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S607
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def test_every_setting_is_in_the_readme_and_nothing_else() -> None:
    table = set(re.findall(r"^\| `(CANALIZA_[A-Z_]+)`", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE))
    assert table == {f"CANALIZA_{name.upper()}" for name in Settings.model_fields}


def test_lock_files_name_no_host() -> None:
    front = [f"{folder}{name}" for folder in ("", "tests/lighthouse/") for name in ("package-lock.json", ".npmrc")]
    for name in ("requirements/base.txt", "requirements/dev.txt", *front):
        lines = (ROOT / name).read_text("utf-8").splitlines()
        assert [line for line in lines if "://" in line] == [], name


@pytest.mark.parametrize("folder", ["home", "work", "root"])
def test_no_machine_path_stands_in_the_tree(folder: str) -> None:
    texts = [path for path in _tracked() if path.suffix not in (".png", ".jpg", ".ogg")]
    assert [path.name for path in texts if f"/{folder}/" in path.read_text("utf-8")] == []


def test_every_text_key_that_the_program_says_has_a_sentence() -> None:
    said = set()
    for path in (ROOT / "bot").glob("*.py"):
        said |= set(re.findall(r'texts\(\s*"([a-z_.]+)"', path.read_text("utf-8")))
    assert said
    assert said <= SPOKEN.keys()


def test_every_emergency_has_its_sentence_of_at_most_300_characters() -> None:
    lines = {f"line_{key}": "800 911 2000" for key in ("emergency", "anonymous", "women", "life")}
    texts = load_catalogue(JURISDICTION / "texts" / "es_MX.po", **lines)
    kinds = ("violencia", "suicidio", "desaparicion", "incendio", "accidente_medico", "desastre")
    for kind in (*kinds, "delito_en_curso", "menor_en_riesgo"):
        assert len(texts(f"emergency.{kind}")) <= 300, kind


def test_no_sentence_is_longer_than_one_message() -> None:
    long = [key for key in SPOKEN.keys() if len(SPOKEN._sentences[key]) > TEXT_MAX - 200]  # noqa: SIM118
    assert long == []


def test_every_agency_has_a_corpus_of_sixty() -> None:
    agencies = [row["key"] for row in json.loads((JURISDICTION / "agencies.json").read_text("utf-8"))]
    assert len(agencies) == 70
    counts = dict.fromkeys(agencies, 0)
    for path in (JURISDICTION / "corpus").rglob("*.jsonl"):
        for line in path.read_text("utf-8").splitlines():
            for agency in json.loads(line)["agencies"]:
                counts[agency] += 1
    assert [key for key, count in counts.items() if count < 60] == []


def test_no_two_corpus_lines_share_an_id_or_a_text() -> None:
    rows = [
        json.loads(line)
        for p in (JURISDICTION / "corpus").rglob("*.jsonl")
        for line in p.read_text("utf-8").splitlines()
    ]
    assert len({row["id"] for row in rows}) == len(rows)
    texts = [" ".join(row["text"].lower().split()) for row in rows]
    texts = [text for text in texts if len(text.split()) > 2]  # «sí», «no», «hola»: everybody says them
    twice = {text for text in texts if texts.count(text) > 1} if len(set(texts)) < len(texts) else set()
    assert sorted(twice) == []


@pytest.mark.parametrize("page", [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")], ids=lambda page: page.name)
def test_what_a_page_points_to_exists(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text())
    assert [target for target in targets if not (page.parent / target).exists()] == []
