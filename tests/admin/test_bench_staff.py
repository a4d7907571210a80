"""`canaliza bench staff` in small: the pages that it measures come, each so many times, from the real app."""

import asyncio
from dataclasses import replace

import pytest

from canaliza.bench.staff import LIAISONS_PAGES, WARMING, Accounts, tell, visit_pages
from intake.office import Office
from tests.staff import PASSWORD

ACCOUNTS = Accounts("oficial", "enlace-soapa", PASSWORD)


@pytest.mark.usefixtures("referral_id")
def test_each_page_comes_and_is_timed(office: Office) -> None:
    times = asyncio.run(visit_pages(office, ACCOUNTS, samples=WARMING + 2))
    assert {"triage queue", "petition's page", "board", *LIAISONS_PAGES} <= set(times)
    assert {len(taken) for taken in times.values()} == {2}
    names = [figure.name for figure in tell({"page": [0.010, 0.010, 0.030]})]
    assert names == ["page, p50", "page, p95"]


@pytest.mark.usefixtures("referral_id")
def test_whoever_is_not_let_in_measures_nothing(office: Office) -> None:
    with pytest.raises(RuntimeError, match="was not let in"):
        asyncio.run(visit_pages(office, replace(ACCOUNTS, password="otra frase muy larga")))
