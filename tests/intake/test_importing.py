"""An older register comes in: guessed, tried, brought, found, taken back; no frozen figure moves and nobody hears."""

import csv
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile
from zoneinfo import ZoneInfo

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select

from intake.accounts.staff import Member, NewAccount, Role, add_account
from intake.boards.keeping import refresh
from intake.boards.sums import read_counted
from intake.carrying import stepping
from intake.carrying.dates import is_month_first, read_moment
from intake.carrying.imports import State, begin_import, bring_in, get_import, map_columns, undo
from intake.carrying.judging import Judge
from intake.carrying.mapping import Reading
from intake.carrying.old_folios import key_of
from intake.carrying.stepping import work_once
from intake.carrying.tabular import Row, read_heading, read_rows
from intake.clock import at
from intake.errors import FormRefused
from intake.indicators.period import get_period
from intake.indicators.report import report
from intake.indicators.snapshots import freeze, list_frozen
from intake.office import Office
from intake.petitions.history import find_break, list_entries
from intake.tables import Table
from intake.tables.boards import CountMark
from intake.tables.carrying import Import, Imported
from intake.tables.outgoing import Reply, Task, Timer
from intake.tables.petitions import Petition
from intake.terms.pressing import list_pressing
from tests.carrier import PlainTexts
from tests.talk import Talk

ZONE = ZoneInfo("America/Mexico_City")
HEAD = (
    "No. Folio,Fecha de recepción,Petición,Peticionario,Municipio,Turnado a,Estatus,"
    "Fecha de turno,Fecha de respuesta,Respuesta,Fecha de conclusión"
)
ROWS = (
    "JG/0045/2023,05/03/2023,Solicita agua para la colonia,Persona Uno,Xoxocotlan,SOAPA,Concluido,"
    "07/03/2023,15/03/2023,Se reparó la bomba.,20/03/2023",
    "JG/0046/2023,6 de marzo de 2023,Camino de saca dañado,Persona Dos,Santa Cruz Xoxocotlán,"
    "Caminos que no existen,En trámite,,,,",
    "JG/0047/2023,2023-03-07,Pide un maestro,Persona Tres,un lugar sin nombre,,Recibida,,,,",
    "JG-45-2023,08/03/2023,La misma otra vez,,,,Recibida,,,,",
    "JG/0048/2023,31/02/2023,Fecha que no hay,,,,,,,,",
    "JG/0049/2023,09/03/2023,Bache en la calle,,Oaxaca de Juárez,MUNICIPIO,Contestado,10/03/2023,01/03/2023,,",
)


TEXTS = PlainTexts()


@pytest.fixture
def boss(office: Office) -> Member:
    with office.sessions.begin() as session:
        account = NewAccount("administra", "Administra", Role.ADMINISTRATOR, "una frase muy larga")
        row = add_account(session, office.jurisdiction, account)
    return Member(row.id, row.username, row.name, Role.ADMINISTRATOR, None, "")


def file_of(folder: Path, rows: tuple[str, ...] = ROWS, name: str = "registro.csv") -> Path:
    path = folder / name
    path.write_text("\n".join((HEAD, *rows)) + "\n", encoding="cp1252")
    return path


def tried(office: Office, boss: Member, path: Path, **changes: object) -> int:
    number = begin_import(office, boss, path.name, path)
    with office.sessions() as session:
        guessed = get_import(session, number).reading
    map_columns(office, boss, number, Reading(**{**guessed.as_values(), **changes}))  # type: ignore[arg-type]
    assert work_once(office, TEXTS)
    return number


def brought(office: Office, boss: Member, path: Path, **changes: object) -> int:
    number = tried(office, boss, path, **changes)
    bring_in(office, boss, number)
    assert work_once(office, TEXTS)
    return number


def test_dates_in_several_forms_are_the_same_day() -> None:
    told = ["2024-03-05", "05/03/2024", "5-mar-24", "5 de marzo de 2024", "5.3.24", "45356", "05/03/2024 13:30"]
    assert {read_moment(words, ZONE).date() for words in told} == {date(2024, 3, 5)}  # type: ignore[union-attr]
    assert read_moment("05/03/2024 1:30 p. m.", ZONE) == datetime(2024, 3, 5, 13, 30, tzinfo=ZONE)
    assert [read_moment(words, ZONE) for words in ("31/02/2024", "mañana", "", "05/03/1924")] == [None] * 4
    assert is_month_first(["03/25/2024", "03/05/2024"])
    assert not is_month_first(["25/03/2024", "03/05/2024"])


def test_a_dry_run_says_of_each_row_what_becomes_of_it_and_changes_nothing(
    office: Office, boss: Member, tmp_path: Path
) -> None:
    number = tried(office, boss, file_of(tmp_path))
    with office.sessions() as session:
        view = get_import(session, number)
        assert session.scalar(select(func.count()).select_from(Petition)) == 0
    assert view.state == State.TRIED
    assert view.reading.columns["received"] == "Fecha de recepción"
    assert view.reading.columns["agency"] == "Turnado a"
    faults = {f"fault_{name}": 1 for name in ("agency", "twice", "date", "order")}
    assert view.counts == {"comes": 2, "refused": 4, "unsure": 1} | faults
    assert view.unsure == {
        "agency": {"Caminos que no existen": 1},
        "municipality": {"un lugar sin nombre": 1},
    }
    content = b"".join(office.files.chunks(view.report_key or "")).decode("utf-8-sig")
    lines = list(csv.reader(content.splitlines()))
    assert [line[3] for line in lines[1:]] == [
        "",
        "import.fault_agency",
        "",
        "import.fault_twice",
        "import.fault_date",
        "import.fault_order",
    ]


def test_what_comes_in_keeps_folio_dates_state_and_answer_and_nobody_hears_of_it(
    office: Office, boss: Member, tmp_path: Path
) -> None:
    number = brought(office, boss, file_of(tmp_path), agencies={"caminos que no existen": "CABIEN"})
    with office.sessions() as session:
        view = get_import(session, number)
        rows = session.execute(
            select(Petition, Imported.old_folio)
            .join(Imported, Imported.petition_id == Petition.id)
            .order_by(Imported.row)
        ).all()
        assert (view.state, view.counts["comes"], view.counts["refused"]) == (State.DONE, 3, 3)
        assert [(row[0].status, row[1]) for row in rows] == [
            ("CONCLUIDA", "JG/0045/2023"),
            ("TURNADA", "JG/0046/2023"),
            ("RECIBIDA", "JG/0047/2023"),
        ]
        first = rows[0][0]
        assert first.opened_at.astimezone(ZONE).date() == date(2023, 3, 5)
        assert (first.municipality, first.folio[:8]) == ("20385", "JG-2023-")
        entries = list_entries(session, first.id)
        assert find_break(entries) is None
        assert [entry.name for entry in entries] == [
            "opened",
            "CLASIFICADA",
            "TURNADA",
            "ACEPTADA",
            "RESPONDIDA",
            "CONCLUIDA",
        ]
        for table in (Reply, Task, Timer):
            assert session.scalar(select(func.count()).select_from(table)) == 0
        assert list_pressing(session, office, None) == []
        assert list_pressing(session, office, "CABIEN") == []


def test_the_same_file_and_the_same_folio_add_nothing(office: Office, boss: Member, tmp_path: Path) -> None:
    number = brought(office, boss, file_of(tmp_path))
    assert begin_import(office, boss, "otra vez.csv", file_of(tmp_path)) == number
    again = brought(office, boss, file_of(tmp_path, (ROWS[0].replace("0045", "45"), ROWS[2]), "b.csv"))
    with office.sessions() as session:
        assert get_import(session, again).counts["known"] == 2
        assert session.scalar(select(func.count()).select_from(Petition)) == 2
    assert key_of("jg 45-2023") == key_of("JG/0045/2023") == "JG.45.2023"


def _fails(*args: object) -> object:
    raise OSError("gone")


def test_a_folio_that_is_taken_is_drawn_again(
    office: Office, boss: Member, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Talk(office, "c-1").says("no hay agua en Santa Cruz Xoxocotlán desde hace ocho días")
    with office.sessions() as session:
        taken = session.scalars(select(Petition.folio)).one()
    drawn = iter([taken, "JG-2023-AAAAA1-1", "JG-2023-AAAAA1-1", "JG-2023-AAAAA2-1"])
    monkeypatch.setattr("intake.petitions.past.new_folio", lambda *_: next(drawn))  # chance does it once in 80,000
    brought(office, boss, file_of(tmp_path))
    with office.sessions() as session:
        folios = set(session.scalars(select(Petition.folio)))
    assert folios == {taken, "JG-2023-AAAAA1-1", "JG-2023-AAAAA2-1"}


def test_a_whole_import_is_taken_back_and_leaves_nothing(office: Office, boss: Member, tmp_path: Path) -> None:
    before = _counts(office)
    number = brought(office, boss, file_of(tmp_path))
    undo(office, boss, number)
    assert work_once(office, TEXTS)
    with office.sessions() as session:
        assert get_import(session, number).state == State.UNDONE
    after = _counts(office)
    assert {name for name in after if after[name] != before[name]} <= {"imports", "audit_waiting", "audit_entries"}
    assert brought(office, boss, file_of(tmp_path)) != number


def test_the_boards_know_of_what_was_taken_back(office: Office, boss: Member, tmp_path: Path) -> None:
    def received() -> int:
        with office.sessions() as session:
            return read_counted(session, office, get_period("2023-03"), date(2026, 11, 27)).total("received")

    now = datetime(2026, 11, 27, 16, tzinfo=UTC)
    number = brought(office, boss, file_of(tmp_path))
    refresh(office, now, budget_s=60)
    assert received() == 2
    undo(office, boss, number)
    assert work_once(office, TEXTS)
    assert received() == 0
    with office.sessions() as session:
        mark = session.get_one(CountMark, 1)
        assert (mark.before, mark.newest) == (0, 0)


def test_what_is_taken_back_half_way_leaves_no_file(office: Office, boss: Member, tmp_path: Path) -> None:
    number = tried(office, boss, file_of(tmp_path))
    bring_in(office, boss, number)
    with office.sessions() as session:
        row = session.get_one(Import, number)
        keys = [row.storage_key, row.report_key or ""]
    assert all(map(office.files.holds, keys))
    undo(office, boss, number)
    assert work_once(office, TEXTS)
    assert not any(map(office.files.holds, keys))


def test_a_file_that_breaks_off_goes_back_and_holds_up_no_other(office: Office, boss: Member, tmp_path: Path) -> None:
    rows = tuple(f"A-{n},05/03/2023,Pide agua,,,,Recibida,,,," for n in range(1, 60))
    broken = tried(office, boss, file_of(tmp_path, (*rows, f'A-60,05/03/2023,"{"x" * 140_000}"'), "rota.csv"))
    with office.sessions() as session:
        view = get_import(session, broken)
    assert (view.state, view.fault, view.unsure) == (State.MAPPING, "format", {})
    assert brought(office, boss, file_of(tmp_path)) != broken


def test_what_breaks_here_holds_up_no_other_import(
    office: Office, boss: Member, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(stepping, "write_report", _fails)
        ours = tried(office, boss, file_of(tmp_path, name="uno.csv"))
    with office.sessions() as session:
        view = get_import(session, ours)
    assert (view.state, view.fault) == (State.MAPPING, "failed")


def test_a_last_day_before_the_first_or_after_ten_years_is_a_slip(office: Office) -> None:
    heading = ("Folio", "Fecha", "Asunto", "Vence")
    columns = {"folio": "Folio", "received": "Fecha", "text": "Asunto", "due": "Vence"}
    judge = Judge(office, Reading(columns), heading, datetime(2026, 11, 27, tzinfo=UTC))
    told = [
        judge.judge(1, ("A-1", "05/03/2023", "Pide agua", due)) for due in ("19/03/2203", "19/03/2013", "19/03/2023")
    ]
    assert [one.faults for one in told] == [("date",), ("order",), ()]


def test_a_state_or_an_agency_that_there_is_not_is_no_mapping(office: Office, boss: Member, tmp_path: Path) -> None:
    number = begin_import(office, boss, "a.csv", file_of(tmp_path))
    with office.sessions() as session:
        guessed = get_import(session, number).reading
    for wrong in ({"states": {"x": "FELIZ"}}, {"agencies": {"x": "NADIE"}}):
        with pytest.raises(FormRefused, match="mapping"):
            map_columns(office, boss, number, replace(guessed, **wrong))  # type: ignore[arg-type]


def _counts(office: Office) -> dict[str, int]:
    with office.sessions() as session:
        tables = Table.metadata.sorted_tables
        return {t.name: session.scalar(select(func.count()).select_from(t)) or 0 for t in tables}


def test_what_somebody_has_worked_with_is_not_taken_back(office: Office, boss: Member, tmp_path: Path) -> None:
    from intake.triage.referrals import Choice, decide

    number = brought(office, boss, file_of(tmp_path))
    with office.sessions() as session:
        petition = session.scalars(select(Petition).where(Petition.status == "RECIBIDA")).one()
        choice = Choice(petition.matters[0].id, "IEEPO", petition.version)
    decide(office, boss, petition.folio, choice)
    with pytest.raises(FormRefused, match="touched"):
        undo(office, boss, number)


def test_a_citizen_and_an_officer_find_it_by_the_old_folio(office: Office, boss: Member, tmp_path: Path) -> None:
    from intake.triage.searching import Search, search

    brought(office, boss, file_of(tmp_path))
    with office.sessions() as session:
        folio = session.scalars(select(Petition.folio).where(Petition.status == "CONCLUIDA")).one()
        page = search(session, office, boss, Search("jg 45/2023"))
    assert [row.folio for row in page.rows] == [folio]
    talk = Talk(office, "c-1")
    said = " ".join(talk.says("buenas, cómo va mi folio JG/45/2023"))
    assert folio in said
    assert "bomba" not in said


def test_old_folios_are_guessed_ten_times_an_hour_and_say_their_state_alone(
    office: Office, boss: Member, tmp_path: Path
) -> None:
    brought(office, boss, file_of(tmp_path))
    talk = Talk(office, "c-1")
    for number in (45, 47, *range(901, 909)):
        said = " ".join(talk.says(f"cómo va mi folio JG/{number}/2023"))
        assert "Estado: " in said if number < 900 else f"No encontramos el folio JG/{number}/2023" in said
        assert not any(word in said for word in ("bomba", "saca", "maestro", "Bache", "Persona", "Caminos"))
    enough = ["Ya revisamos varios folios que no son de este chat. Intente de nuevo en una hora, por favor."]
    assert talk.says("cómo va mi folio JG/47/2023") == enough
    assert talk.says("cómo va mi folio JG/999/2023") == enough


def test_a_frozen_figure_stays_and_the_live_one_counts_what_came_at_its_date(
    office: Office, boss: Member, tmp_path: Path
) -> None:
    march = get_period("2023-03")
    with at(datetime(2023, 3, 5, 16, tzinfo=UTC)):
        Talk(office, "c-2").says("no hay agua en Santa Cruz Xoxocotlán desde hace ocho días, manden una pipa")
    freeze(office, march, datetime(2023, 5, 1, tzinfo=UTC))
    with office.sessions() as session:
        frozen = dict(list_frozen(session, march))
        before = report(session, office, office.matrix, march, date(2023, 6, 1))
    brought(office, boss, file_of(tmp_path))
    with office.sessions() as session:
        assert dict(list_frozen(session, march)) == frozen
        after = report(session, office, office.matrix, march, date(2023, 6, 1))
    received = [
        {
            (line.indicator.id, line.reading.key): len(line.live.denominator)
            for line in lines
            if line.live and line.reading
        }
        for lines in (before, after)
    ]
    assert received[1]["C3.A1", "A"] == received[0]["C3.A1", "A"] + 2


def test_a_workbook_is_read_as_the_same_rows(office: Office, boss: Member, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Folio", "Fecha", "Asunto"])
    sheet.append([45, datetime(2023, 3, 5, 9, 30), "Pide una barda para la escuela"])  # noqa: DTZ001 — a cell has no zone
    book.save(tmp_path / "libro.xlsx")
    number = brought(office, boss, tmp_path / "libro.xlsx")
    with office.sessions() as session:
        assert get_import(session, number).counts["comes"] == 1
        opened = session.scalars(select(Petition.opened_at)).one()
    assert opened == datetime(2023, 3, 5, 9, 30, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("content", "heading", "row"),
    [
        (b"Folio,Asunto\n1,Caf\xe9\x81\n", ("Folio", "Asunto"), ("1", "Café�")),
        ("Folio,Asunto\n1,Oaxaca\u00a0de\tJuárez\n".encode(), ("Folio", "Asunto"), ("1", "Oaxaca de Juárez")),
        (b"\n\nFolio;Fecha;Fecha\n1;a;b\n", ("Folio", "Fecha", "Fecha #3"), ("1", "a", "b")),
        (b"sep=;\nFolio;Asunto\n1;a,b\n", ("Folio", "Asunto"), ("1", "a,b")),
    ],
)
def test_what_spreadsheets_write_is_read_whole(content: bytes, heading: Row, row: Row) -> None:
    assert read_heading(lambda: BytesIO(content), rows=2) == (heading, [row])
    assert list(read_rows(lambda: BytesIO(content))) == [(1, row)]


def test_a_sheet_of_a_wrong_size_is_read_whole_and_a_damaged_one_is_refused() -> None:
    book, plain, told = Workbook(), BytesIO(), BytesIO()
    for one in (["Folio", "Asunto"], ["1", "Pide agua"]):
        book.active.append(one)  # type: ignore[union-attr]
    book.save(plain)
    with ZipFile(plain) as before, ZipFile(told, "w") as after:
        for name in before.namelist():
            after.writestr(name, before.read(name).replace(b'ref="A1:B2"', b'ref="A1"'))
    assert list(read_rows(lambda: BytesIO(told.getvalue()))) == [(1, ("1", "Pide agua"))]
    damaged = bytearray(plain.getvalue())
    at_sheet = damaged.find(b"sheet1.xml") + 20
    damaged[at_sheet : at_sheet + 40] = bytes(b ^ 0x55 for b in damaged[at_sheet : at_sheet + 40])
    with pytest.raises(FormRefused, match="workbook"):
        read_heading(lambda: BytesIO(bytes(damaged)), rows=2)


def test_what_is_no_table_is_refused(office: Office, boss: Member, tmp_path: Path) -> None:
    for name, content in {"a.csv": b"Folio,Fecha\n", "b.xlsx": b"PK\x03\x04rubbish", "c.csv": b"\x00\x01\x02"}.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(FormRefused):
            begin_import(office, boss, name, tmp_path / name)
