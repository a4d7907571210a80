"""Searching the queues on both databases: the newest are looked through, older ones are found by the index of words."""

import pytest
from sqlalchemy import select, text

from intake.database import WORD_INDEX, has_word_index, is_sqlite
from intake.office import Office
from intake.tables.petitions import Matter
from intake.triage import queue
from intake.triage.lists import Wish
from intake.triage.queue import list_queue
from tests.talk import Talk

RARE = "falta una maestra en la escuela primaria desde hace tres semanas"
USUAL = "no hay agua en la colonia Reforma desde hace ocho días"


@pytest.fixture
def folios(office: Office, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Of six petitions, the oldest of which alone holds the rare words; a search looks through two at once."""
    for name in ("LOOKED_AT", "LOOKED_AT_WITHOUT_INDEX"):  # patched: the real ones need as many petitions
        monkeypatch.setattr(queue, name, 2)
    return [_asks(office, number, RARE if number == 0 else USUAL) for number in range(6)]


def _asks(office: Office, number: int, words: str) -> str:
    talk = Talk(office, f"c{number}")
    talk.says(words)
    return talk.petitions()[0].folio


def _searches(office: Office, words: str) -> list[list[str]]:
    """The folios of each look, from one to the next until nothing is left."""
    looks, after = [], ""
    with office.sessions() as session:
        while not looks or after:
            page = list_queue(session, office, Wish(words=words, after=after))
            looks.append([row.folio for row in page.rows])
            after = page.next_after or ""
    return looks


def test_rare_words_are_found_at_once_where_there_is_an_index_else_look_by_look(
    office: Office, folios: list[str]
) -> None:
    looks = _searches(office, "ESCUELA prim")
    assert looks == ([[], [], [folios[0]], []] if is_sqlite(office.engine) else [[folios[0]]])


def test_words_of_many_are_found_in_order_and_none_twice(
    office: Office, folios: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "FEW", 3)  # patched: so many matches need more petitions
    newest_first = folios[:0:-1]
    assert _searches(office, "colonia") == [newest_first[:2], newest_first[2:4], newest_first[4:], []]


def test_words_of_none_and_signs_of_a_pattern_find_nothing(office: Office, folios: list[str]) -> None:
    for words in ("xilófono", "%", "a_u"):
        assert [folio for look in _searches(office, words) for folio in look] == []


def test_without_its_extension_postgresql_looks_through_in_order(office: Office, folios: list[str]) -> None:
    if is_sqlite(office.engine):
        pytest.skip("SQLite has no such index")
    with office.sessions.begin() as session:
        assert has_word_index(session)
        session.execute(text("DROP INDEX ix_matters_words"))
    assert _searches(office, "maestra") == [[], [], [folios[0]], []]


def test_the_index_is_one_that_the_search_can_use(office: Office) -> None:
    if is_sqlite(office.engine):
        pytest.skip("SQLite has no such index")
    wanted = select(Matter.petition_id).where(Matter.text.icontains("maestra", autoescape=True))
    with office.sessions() as session:
        session.execute(text("SET LOCAL enable_seqscan = off"))
        asked = wanted.compile(office.engine, compile_kwargs={"literal_binds": True})
        plan = session.scalars(text(f"EXPLAIN {asked}".replace(":", "\\:"))).all()
    assert any(WORD_INDEX in line for line in plan)
