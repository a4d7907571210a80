"""`canaliza texts missing`: only what a person translated and signed counts."""

import shutil
from pathlib import Path

import pytest
from rich.console import Console

from canaliza.translations import show
from intake.configuration.translated import Translation
from intake.errors import SettingsError
from intake.jurisdiction import read_jurisdiction
from intake.settings import Settings
from tests.models import JURISDICTION

HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Last-Translator: {by}\\n"\n\n'
ENTRIES = (
    'msgid "thanks"\nmsgstr "(una frase)"\n\n'
    '#, fuzzy\nmsgid "greeting"\nmsgstr "(sin revisar)"\n\n'
    'msgid "old.key"\nmsgstr "x"\n'
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(JURISDICTION, tmp_path / "pueblo", ignore=shutil.ignore_patterns("corpus")))


def _one(folder: Path, key: str) -> Translation:
    return read_jurisdiction(folder).translations[key]


def _write(folder: Path, name: str, by: str) -> None:
    (folder / "texts" / name).write_text(HEAD.format(by=by) + ENTRIES, "utf-8")


def test_a_language_without_a_file_lacks_all_of_it(folder: Path) -> None:
    by_key = read_jurisdiction(folder).translations
    assert len(by_key) >= 15
    assert not by_key["mixe"].has_file
    assert {"welcome", "petition.received"} <= {*by_key["mixe"].missing}


def test_what_is_fuzzy_is_missing_and_what_nobody_says_is_named(folder: Path) -> None:
    _write(folder, "zapoteco-istmo.po", "Na Berta <berta@example.org>")
    one = _one(folder, "zapoteco-istmo")
    assert "thanks" not in one.missing
    assert "greeting" in one.missing
    assert one.unknown == ("old.key",)


def test_what_names_other_variables_than_the_spanish_is_not_said(folder: Path) -> None:
    _write(folder, "mixe.po", "Juan <juan@example.org>")
    with (folder / "texts" / "mixe.po").open("a", encoding="utf-8") as file:
        file.write('\nmsgid "notice.meeting_cancelled"\nmsgstr "(sin folio, {otra})"\n')
    one = _one(folder, "mixe")
    assert one.broken == ("notice.meeting_cancelled",)
    assert "notice.meeting_cancelled" in one.missing
    assert one.said == {"thanks": "(una frase)"}


def test_a_file_that_is_no_catalogue_is_refused_by_name(folder: Path) -> None:
    (folder / "texts" / "mixe.po").write_text("esto no es un catálogo\n", "utf-8")
    with pytest.raises(SettingsError, match=r"mixe\.po"):
        read_jurisdiction(folder)


def test_what_nobody_signed_does_not_count(folder: Path) -> None:
    _write(folder, "mixe.po", "FULL NAME <EMAIL@ADDRESS>")
    one = _one(folder, "mixe")
    assert "thanks" in one.missing


def test_a_file_of_no_language_is_refused(folder: Path) -> None:
    _write(folder, "klingon.po", "Nadie")
    with pytest.raises(SettingsError, match="klingon"):
        read_jurisdiction(folder)


def test_the_command_shows_what_one_language_lacks(folder: Path) -> None:
    screen = Console(record=True, width=100)
    lacking = show(Settings(jurisdiction=str(folder)), "chatino", screen)
    assert lacking > 100
    assert "petition.received" in screen.export_text()
