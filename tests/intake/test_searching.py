"""Search on both databases: forms of words, near misses, along the index, in step with what changes."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, text

from intake.accounts.staff import Member, Role
from intake.clock import utc_now
from intake.database import found_by_words, open_engine
from intake.office import Office
from intake.petitions.case import get_petition, list_matters
from intake.petitions.search_texts import rebuild
from intake.schema import downgrade, upgrade
from intake.tables.base import Table
from intake.tables.citizens import Conversation
from intake.tables.petitions import Petition, SearchText
from intake.triage.search_words import asked_of, document_of, mark, units_of
from intake.triage.searching import Search, search
from tests.talk import Talk

OFFICER = Member(1, "oficial", "Persona oficial", Role.OFFICER, None, "")
ROAD = "el camino a mi pueblo está lleno de baches y nadie lo repara"
CLINIC = "En el hospital de Tlaxiaco no hay médicos ni vacunas para los niños"
MANY = 3_000


def _found(office: Office, words: str) -> list[str]:
    with office.sessions() as session:
        return [row.folio for row in search(session, office, OFFICER, Search(words)).rows]


def _opens(office: Office, address: str, said: str) -> str:
    talk = Talk(office, address)
    talk.says(said)
    return talk.petitions()[-1].folio


def test_words_are_found_in_any_form_and_with_small_slips(office: Office) -> None:
    road, clinic = _opens(office, "c1", ROAD), _opens(office, "c2", CLINIC)
    forms = ("HOSPITAL", "hospitales", "medico", "MÉDICA", "vacuna niño", "vacu", "ospital", "bacunas")
    slips = ("hosptal", "hospitaal", "hospiatl", "vacunqs")
    for words in (*forms, *slips):
        assert _found(office, words) == [clinic], words
    assert _found(office, "caminos") == [road]
    assert asked_of("aguas") == asked_of("Agua") == ("aua",)
    assert _found(office, "camino hospital") == []
    assert _found(office, "zanahoria") == []
    for words in ("", "%", "'", '"', "* OR NOT", "\\", "a:b & !c", "''':*", "😀", "\x00"):
        assert isinstance(_found(office, words), list)  # a question of any letters is no fault


def test_part_of_a_folio_finds_it(office: Office) -> None:
    folio, other = _opens(office, "c1", ROAD), _opens(office, "c2", CLINIC)
    part = folio.split("-")[2]
    for words in (folio, folio.lower(), part, part[2:] + folio[-2:], folio.replace("-", " ")):
        assert folio in _found(office, words), words
        assert other not in _found(office, words), words


def test_what_changes_is_found_anew_in_the_same_transaction(office: Office) -> None:
    folio = _opens(office, "c1", ROAD)
    assert _found(office, "ambulancia") == []
    Talk(office, "c1").says("y tampoco hay ambulancia")
    with office.sessions() as session:
        text_now = " ".join(matter.text for matter in list_matters(get_petition(session, folio)))
    assert ("ambulancia" in text_now) == (_found(office, "ambulancia") == [folio])


def test_names_and_numbers_of_persons_find_nothing(office: Office) -> None:
    folio = _opens(office, "c1", "soy Ana Pérez López, cel 951 123 4567, el camino está lleno de hoyos")
    assert _found(office, "hoyos") == [folio]
    assert _found(office, "Ana Pérez López") == []


def test_a_database_with_petitions_is_filled_and_rebuilt(office: Office) -> None:
    folio = _opens(office, "c1", CLINIC)
    downgrade(office.engine, "0021")
    upgrade(office.engine)
    assert _found(office, "vacunas") == [folio]
    with office.sessions.begin() as session:
        session.execute(text("DELETE FROM search_texts"))
    assert _found(office, "vacunas") == []
    assert rebuild(office) == 1
    assert _found(office, "vacunas") == [folio]


def _fill(office: Office) -> None:
    now = utc_now()
    with office.sessions.begin() as session:
        session.execute(
            text("INSERT INTO citizens (id, created_at) VALUES (1, :now)"), {"now": now.replace(tzinfo=None)}
        )
        chat = {"id": 1, "channel": "console", "address": "x", "citizen_id": 1, "created_at": now, "state": {}}
        session.execute(insert(Conversation).values(**chat, is_stopped=False, lease_number=0))
        petition = {"citizen_id": 1, "conversation_id": 1, "status": "RECIBIDA", "due_on": now.date(), "version": 1}
        rows = [
            {"id": n, "folio": f"JG-{n}", "folio_part": str(n), "opened_at": now - timedelta(minutes=n), **petition}
            for n in range(1, MANY)
        ]
        session.execute(insert(Petition), rows)
        words = [
            {"petition_id": n, "words": document_of([f"agua {'pozo' if n == 7 else 'fuga'}", CLINIC, ROAD])}
            for n in range(1, MANY)
        ]
        session.execute(insert(SearchText), words)
        session.execute(text("ANALYZE"))


def test_a_search_goes_along_the_index(office: Office) -> None:
    _fill(office)
    with office.sessions() as session:
        for words, found in (("pozos", [7]), ("elefantes", [])):
            wanted = found_by_words(session, [units_of(key, is_near=False) for key in asked_of(words)])
            (own,) = wanted.selected_columns
            page = wanted.join(Petition, Petition.id == own).order_by(own.desc()).limit(21)
            assert list(session.scalars(page)) == found
            said = page.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
            is_sqlite = office.engine.dialect.name == "sqlite"
            explain = f"EXPLAIN {'QUERY PLAN ' if is_sqlite else ''}"
            steps = session.execute(text(explain + str(said).replace(":*", r"\:*")))
            plan = "\n".join(str(tuple(step)) for step in steps)
            assert ("VIRTUAL TABLE INDEX" if is_sqlite else "Bitmap Index Scan on search_index") in plan
            assert "Seq Scan on search_texts" not in plan


def test_pages_of_a_search_go_on_where_the_last_ended(office: Office) -> None:
    folios = [_opens(office, f"c{n}", CLINIC) for n in range(3)]
    with office.sessions() as session:
        everything = search(session, office, OFFICER, Search("hospital"))
        rest = search(session, office, OFFICER, Search("hospital", after=everything.rows[0].key))
        near = search(session, office, OFFICER, Search("hosptal"))
        rest_near = search(session, office, OFFICER, Search("hosptal", after=near.rows[0].key))
    assert [row.folio for row in everything.rows] == folios[::-1]
    assert [row.folio for row in rest.rows] == folios[1::-1]
    assert [row.why for row in rest_near.rows] == ["near", "near"]


@pytest.mark.parametrize(
    ("asked", "is_near", "marked"),
    [
        ("hospitales", False, ["hospital"]),
        ("ospitl", True, ["hospital"]),
        ("zanahoria", False, []),
        ("vac", False, ["vacunas"]),
    ],
)
def test_what_answered_is_marked(asked: str, is_near: bool, marked: list[str]) -> None:
    pieces = mark("No hay <b>hospital</b> ni vacunas", asked_of(asked), is_near=is_near)
    assert "".join(piece.text for piece in pieces) == "No hay <b>hospital</b> ni vacunas"
    assert [piece.text for piece in pieces if piece.is_found] == marked


def test_tables_are_made_with_the_index_also_without_migrations(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/fresh.db")
    Table.metadata.create_all(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM search_index")).scalar() == 0
    engine.dispose()
