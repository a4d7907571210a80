"""«Por confirmar»: every question and every value of the folder that waits, each with where it is changed."""

from collections.abc import Callable
from pathlib import Path

import pytest

from admin.configuration.unconfirmed import CHANGED_ON, find_page
from admin.places import DAILY, GROUPS
from intake.configuration.unconfirmed import Doubt, find_unconfirmed, list_doubts
from intake.office import Office
from tests.staff import Browser

NAMES = {place.name for place in (*DAILY, *(place for group in GROUPS for place in group.places))}


def test_all_that_waits_is_on_the_page_and_its_count_on_oficina(
    office: Office, browser: Callable[[str], Browser]
) -> None:
    folder = office.settings.jurisdiction_dir
    found, administrator = find_unconfirmed(folder), browser("administra")
    page = administrator.opens("/por-confirmar")
    assert page.count("row-card") == found.count == len(found.questions) + len(list_doubts(folder))
    assert f"Faltan {found.count} cosas" in page
    for href in ("/plazos", "/dias-inhabiles", "/lineas", "/conservacion", "/agencias", "/textos"):
        assert f'href="{href}">' in page.split("<main")[1], href
    assert f">{found.count}</span>" in administrator.opens("/oficina")


def test_only_pages_that_a_member_may_open_are_linked(browser: Callable[[str], Browser]) -> None:
    page = browser("oficial").opens("/por-confirmar").split("<main")[1]
    assert 'href="/plazos">' in page
    assert 'href="/agencias">' not in page


def test_every_page_that_is_named_exists(office: Office) -> None:
    found = find_unconfirmed(office.settings.jurisdiction_dir)
    assert {name for one in found.questions for name in one.pages} <= NAMES
    assert set(CHANGED_ON.values()) - {""} <= NAMES


@pytest.mark.parametrize(
    ("doubt", "page"),
    [
        (Doubt("jurisdiction.yaml", "terms.pause", "days: 0"), "terms"),
        (Doubt("jurisdiction.yaml", "closed_days.1", "x"), "closed_days"),
        (Doubt("jurisdiction.yaml", "silence", "x"), ""),
        (Doubt("topics.yaml", "", "x"), "topics"),
        (Doubt("territories.yaml", "SOAPA", "x"), ""),
    ],
)
def test_a_value_leads_to_where_it_is_changed(doubt: Doubt, page: str) -> None:
    assert find_page(doubt) == page


def test_a_file_that_changes_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("name: x\nconfirmed: false\n")
    assert find_unconfirmed(tmp_path).count == 1
    file.write_text("name: x\nconfirmed: true\n")
    assert find_unconfirmed(tmp_path).count == 0
