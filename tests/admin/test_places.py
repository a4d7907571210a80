"""The navigation shows each member what their guards let them open, and nothing else."""

from collections.abc import Callable

import pytest

from admin.places import DAILY, GROUPS, OFFICE, Place
from tests.admin.conftest import STAFF
from tests.staff import Browser

PLACES = (*DAILY, *(place for group in GROUPS for place in group.places))


@pytest.mark.parametrize("name", STAFF)
def test_what_is_shown_is_what_opens(browser: Callable[[str], Browser], name: str) -> None:
    member, role = browser(name), STAFF[name][0]
    for place in PLACES:
        is_open = member.client.get(place.href).status_code == 200
        assert not (role in place.roles and not is_open), place.href


def test_the_office_lists_an_administrators_places_with_what_they_are_for(browser: Callable[[str], Browser]) -> None:
    page = browser("administra").opens(OFFICE)
    for group in GROUPS:
        for place in group.places:
            assert f'href="{place.href}"' in page


def test_beside_a_page_of_the_office_stand_those_of_its_group(browser: Callable[[str], Browser]) -> None:
    page = browser("administra").opens("/guardia")
    assert 'href="/dias-inhabiles"' in page
    assert 'href="/modelo"' not in page


@pytest.mark.parametrize(("path", "is_held"), [("/reglas", True), ("/reglas/borrador", True), ("/reglasx", False)])
def test_a_place_holds_its_pages(path: str, is_held: bool) -> None:
    assert Place("/reglas", "rules", frozenset()).holds(path) == is_held
