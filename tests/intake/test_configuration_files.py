"""The whole configuration out and in as files: the same again, said in words first, refused as a whole."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console as Screen

from bot.console import Console
from bot.messages import ChannelName
from canaliza.configuring import bring_in, export
from intake.accounts.staff import Member, NewAccount, Role, add_account
from intake.configuration import in_force
from intake.configuration.bringing_in import apply, plan
from intake.configuration.folder import (
    AGENCIES,
    LINES,
    PROMISES,
    RULES,
    SENTENCES,
    SERIES,
    TEMPLATES,
    TERMS,
    TOPICS,
    files_of,
    read_folder,
)
from intake.configuration.in_force import Subject
from intake.configuration.versions import Change, list_waiting, publish
from intake.configuration.zipped import pack, unpack
from intake.errors import FormRefused, SettingsError, Stale
from intake.jurisdiction import Jurisdiction
from intake.office import Office
from intake.settings import Settings
from intake.wiring import build_office
from nlp.reader import Reader
from tests.admin.keyword_reader import keyword_reader

REASON = "Se trae de la otra instalación"
SECRET = "no-debe-salir-" + "s" * 24
TEMPLATE = {
    "content_sid": "HX" + "a" * 32,
    "language": "es_MX",
    "version": "1",
    "approved_on": "2026-11-20",
    "carries": "notice",
    "body": "Ya hay respuesta a su petición {{1}}. Escríbanos.",
    "variables": ["folio"],
    "confirmed": True,
}


@pytest.fixture(scope="module")
def mind() -> Reader:
    return keyword_reader(Settings().jurisdiction_dir / "places")


@pytest.fixture
def office(
    database_url: str, tmp_path: Path, mind: Reader, jurisdiction: Jurisdiction, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Office]:
    monkeypatch.setattr(in_force, "KEPT_S", -1.0)
    settings = Settings(database_url=database_url, secret_key=SECRET, files_url=f"file://{tmp_path}/files")
    built = build_office(settings, further={ChannelName.CONSOLE: Console()}, reader=mind, jurisdiction=jurisdiction)
    yield built
    built.engine.dispose()


@pytest.fixture
def member(office: Office) -> Member:
    with office.sessions.begin() as session:
        row = add_account(session, office.jurisdiction, NewAccount("ada", "Ada", Role.ADMINISTRATOR, "x" * 20))
        return Member(row.id, "ada", "Ada", Role.ADMINISTRATOR, None, "")


def _changed(office: Office) -> dict[str, bytes]:
    """Files that another installation brought: a sentence, an agency, a number, a template, the rules."""
    files = files_of(office)
    files[SENTENCES] = files[SENTENCES].replace("¿En qué podemos ayudarle?".encode(), "¿Qué necesita?".encode())
    rows = json.loads(files[AGENCIES])
    rows[0] |= {"name": "Oficina del Gobernador", "contact": "Ext. 12"}
    files[AGENCIES] = json.dumps(rows).encode()
    files[LINES] = files[LINES].replace(b"800 911 2000", b"800 000 0000")
    files[RULES] += b"# de la otra\n"
    return files


def test_what_goes_out_comes_in_as_the_same(office: Office, member: Member) -> None:
    publish(office, member, Change(Subject.TEMPLATE, "notice.answered", TEMPLATE), REASON, 0)
    publish(office, member, Change(Subject.SENTENCE, "thanks", {"text": "Gracias.", "confirmed": False}), REASON, 0)
    files = files_of(office)
    assert files_of(office) == files
    assert b"#. por confirmar" in files[SENTENCES]
    found = plan(office, unpack(pack(files)))
    assert found.is_empty
    assert found.troubles == found.fixed == ()


def test_a_folder_of_another_installation_is_applied_as_versions(office: Office, member: Member) -> None:
    files, first = _changed(office), office.jurisdiction.agencies["JGAB"].name
    found = plan(office, files)
    assert {(one.subject, one.part) for one in found.differences} == {
        ("sentence", "text"),
        ("agency", "name"),
        ("agency", "contact"),
        ("line", "number"),
        ("rules", "text"),
    }
    assert first in [one.before for one in found.differences]
    assert apply(office, member, found, REASON) == 4
    assert office.texts("greeting").startswith("¿Qué necesita?")
    assert office.jurisdiction.agencies["JGAB"].contact == "Ext. 12"
    assert office.rules.version == 1
    assert [one.key for one in list_waiting(office, Subject.LINE)] == ["life"]
    with pytest.raises(Stale):
        apply(office, member, found, REASON)
    left = plan(office, files)
    assert {one.subject for one in left.differences} == {"line"}  # it waits for a second person


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        (SENTENCES, b'msgid "greeting"\nmsgstr "Dinos t\xc3\xba"\n', "familiar tú"),
        (SENTENCES, b'msgid "no.such"\nmsgstr "Hola"\n', "no sentence of that key"),
        (AGENCIES, b"[]x", "Extra data"),
        (LINES, b"life: {number: ninguno, name: x, source: y, confirmed: true, checked_on: 2026-01-01}", "a number"),
        (TEMPLATES, b"templates: {notice.answered: {confirmed: true}}", "approved_on"),
        (PROMISES, b"promises: {SOAPA: {is_on: true, share: 0.5}}", "a share of"),
        (RULES, b"- x\n", ""),
        (TERMS, b"answer: [{from: 2026-01-01, days: 0, business: true, source: Ley de 2026, confirmed: true}]", "days"),
        (TERMS, b"answer: [{from: 2026-01-01, days: 9, hours: 3}]", "'hours' is no part"),
        (TERMS, b"answer: 9", ""),
        (TERMS, b"lunch: [{from: 2026-01-01, days: 9}]", "lunch"),
        (SERIES, b"SERIE-A: {name: Peticiones, source: x}", "confirmed_by"),
        (SERIES, b"SERIE-A: {name: Peticiones, active_years: [2]}", ""),
        (LINES, b"life: {name: x}", "number"),
        (LINES, b"life: {number: &a [1], name: [*a, *a]}", "another shape"),
        (AGENCIES, b'[{"key": "SOAPA", "name": "x\\u0000", "acronym": "x", "order": "estatal"}]', "cannot be kept"),
        (AGENCIES, b"[" * 100_000, "too deep"),
        (PROMISES, b"promises: {SOAPA: {is_on: true, share: 0.95, note: x}}", "'note' is no part"),
        (SENTENCES, b'msgid ""\nmsgstr "Content-Type: text/plain; charset=none-such"\n\nmsgid "x"\nmsgstr "x"\n', ""),
        ("../x.yaml", b"x", "no file of a configuration"),
    ],
)
def test_one_fault_keeps_all_of_it_out(office: Office, member: Member, name: str, content: bytes, why: str) -> None:
    found = plan(office, {name: content})
    assert [one.name for one in found.troubles] == [name] * len(found.troubles) != []
    assert why in found.troubles[0].why
    with pytest.raises(FormRefused, match="faulty"):
        apply(office, member, found, REASON)


def test_terms_and_series_come_in_as_versions(office: Office, member: Member) -> None:
    files = files_of(office)
    files[TERMS] = files[TERMS].replace(b"days: 10", b"days: 12")
    files[SERIES] = files[SERIES].replace(b"active_years: 2", b"active_years: 6", 1)
    found = plan(office, files)
    told = {(one.subject, one.key, one.part) for one in found.differences}
    assert told == {("term", "answer", "entries"), ("series", "SERIE-A", "active_years")}
    assert "days 12" in next(one.after for one in found.differences if one.subject == "term")
    assert apply(office, member, found, REASON) == 2
    assert office.jurisdiction.terms.answer_days == 12
    assert office.jurisdiction.records.series["SERIE-A"].active_years == 6
    assert plan(office, files).is_empty


def test_nothing_secret_goes_out(office: Office) -> None:
    everything = b"".join(files_of(office).values())
    assert SECRET.encode() not in everything
    assert str(office.engine.url).encode() not in everything


def test_the_command_line_says_it_first(office: Office, member: Member, tmp_path: Path) -> None:
    folder, screen = tmp_path / "out", Screen(record=True, width=200)
    export(office, folder, screen)
    assert read_folder(folder) == files_of(office)
    (folder / SENTENCES).write_bytes(_changed(office)[SENTENCES])
    assert bring_in(office, folder, screen, by="", reason="", only_look=True)
    said = screen.export_text()
    assert "sentence greeting, text: «¿En qué podemos ayudarle?" in said
    assert office.texts("greeting").startswith("¿En qué")
    with pytest.raises(SettingsError, match="--by"):
        bring_in(office, folder, screen, by="nadie", reason=REASON, only_look=False)
    assert bring_in(office, folder, screen, by="ada", reason=REASON, only_look=False)
    assert office.texts("greeting").startswith("¿Qué necesita?")


@pytest.mark.parametrize(("content", "fault"), [(b"", "no_file"), (b"PKx", "not_zip"), (b"x" * 2_000_001, "too_large")])
def test_what_is_no_zip_is_refused(content: bytes, fault: str) -> None:
    with pytest.raises(FormRefused, match=fault):
        unpack(content)


def test_a_zip_that_lies_about_its_sizes_unpacks_no_more_than_is_kept() -> None:
    honest = pack({"rules.yaml": b"x" * 30_000_000})
    with pytest.raises(FormRefused, match="too_large"):
        unpack(honest)
    size, told = (30_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little")
    with pytest.raises(FormRefused, match="not_zip"):
        unpack(honest.replace(size, told))
    broken = bytearray(pack({"rules.yaml": bytes(range(256)) * 40}))
    broken[45:60] = b"\xff" * 15
    with pytest.raises(FormRefused, match="not_zip"):
        unpack(bytes(broken))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("rules.yaml", b"x" * 1000)
    with pytest.raises(FormRefused, match="not_zip"):
        unpack(buffer.getvalue())


def test_a_zip_of_anything_else_is_refused() -> None:
    with pytest.raises(FormRefused, match="nothing"):
        unpack(pack({"photo.jpg": b"x"}))
    assert unpack(pack({"oaxaca/rules.yaml": b"x", "../../etc/passwd": b"y"})) == {"rules.yaml": b"x"}


def test_a_topic_does_not_take_the_address_of_the_page_for_a_new_one(office: Office) -> None:
    own = files_of(office)[TOPICS].decode()
    first = next(iter(office.jurisdiction.topics.table))
    wanted = plan(
        office, {TOPICS: own.replace(f"\n{first}:", "\nnuevo:").replace(f"\n  {first}:", "\n  nuevo:").encode()}
    )
    assert [(one.name, one.key) for one in wanted.troubles] == [(TOPICS, "nuevo")]
    assert "no topic's key" in wanted.troubles[0].why
    with pytest.raises(FormRefused, match="faulty"):
        apply(office, Member(0, "", "", Role.ADMINISTRATOR, None, ""), wanted, REASON)
