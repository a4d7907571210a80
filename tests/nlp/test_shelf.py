"""Models are put on trial, published and taken back by renames; a crash never leaves an office without one for good."""

from pathlib import Path

import pytest
import spacy
from spacy.language import Language

from nlp.shelf import Shelf, ShelfError, find_version


def _model(version: str) -> Language:
    return spacy.blank("es", meta={"name": "m", "version": version})


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "model" / "oaxaca")


def _versions(shelf: Shelf) -> tuple[str | None, ...]:
    return tuple(find_version(folder) for folder in (shelf.in_place, shelf.candidate, shelf.previous))


def test_a_candidate_serves_only_when_it_is_published(shelf: Shelf) -> None:
    shelf.put_in_place(_model("1"))
    shelf.put_candidate(_model("2"))
    assert _versions(shelf) == ("m-1", "m-2", None)
    shelf.publish()
    assert _versions(shelf) == ("m-2", None, "m-1")
    shelf.roll_back()
    assert _versions(shelf) == ("m-1", None, "m-2")


def test_a_newer_candidate_replaces_the_older_and_may_be_discarded(shelf: Shelf) -> None:
    shelf.put_in_place(_model("1"))
    shelf.put_candidate(_model("2"))
    shelf.put_candidate(_model("3"))
    assert find_version(shelf.candidate) == "m-3"
    shelf.discard()
    assert _versions(shelf) == ("m-1", None, None)
    assert {path.name for path in shelf.in_place.parent.iterdir()} == {"oaxaca", ".lock"}


def test_only_the_last_model_is_kept_behind_the_one_in_service(shelf: Shelf) -> None:
    for version in "123":
        shelf.put_in_place(_model(version))
    assert _versions(shelf) == ("m-3", None, "m-2")


def test_what_is_not_there_cannot_be_moved(shelf: Shelf) -> None:
    with pytest.raises(ShelfError, match="--with-decisions"):
        shelf.publish()
    with pytest.raises(ShelfError, match="earlier"):
        shelf.roll_back()


def test_a_crash_between_two_renames_is_mended(shelf: Shelf) -> None:
    shelf.put_in_place(_model("1"))
    shelf.in_place.replace(shelf.previous)
    shelf.mend()
    assert _versions(shelf) == ("m-1", None, None)
