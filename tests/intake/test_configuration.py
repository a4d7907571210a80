"""What staff change of the folder: checked, published, followed by another process, confirmed by two, undone."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import event

from bot.console import Console
from bot.messages import ChannelName
from intake.accounts.staff import Member, NewAccount, Role, add_account
from intake.configuration import in_force
from intake.configuration.changing import go_back
from intake.configuration.drafts import Written, discard_draft, find_draft, list_drafts, save_draft
from intake.configuration.in_force import Subject
from intake.configuration.sentences import check_sentence, get_sentence, list_sentences, preview_sentence
from intake.configuration.variables import Wrong
from intake.configuration.versions import Change, give_verdict, list_versions, list_waiting, publish
from intake.configuration.where_said import Part
from intake.errors import FormRefused, NotAllowed, NotFound, Stale
from intake.jurisdiction import Jurisdiction
from intake.office import Office
from intake.settings import Settings
from intake.tables.audit import AuditWaiting
from intake.wiring import build_office
from nlp.reader import Reader
from tests.admin.keyword_reader import keyword_reader
from tests.talk import Talk

PASSWORD = "una frase muy larga"
REASON = "Lo pidió la coordinación"
HELLO = "Buen día. ¿En qué le ayudamos? Cuéntenos qué pasa y en qué lugar."


@dataclass
class Desk:
    """The office, another process of it, and three people."""

    office: Office
    other: Office
    member: Member
    second: Member
    auditor: Member

    def publishes(self, key: str, text: str, over: int = 0) -> int:
        change = Change(Subject.SENTENCE, key, {"text": text, "confirmed": True})
        return publish(self.office, self.member, change, REASON, over)


@pytest.fixture(scope="module")
def mind() -> Reader:
    return keyword_reader(Settings().jurisdiction_dir / "places")


@pytest.fixture
def desk(
    database_url: str, tmp_path: Path, mind: Reader, jurisdiction: Jurisdiction, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    monkeypatch.setattr(in_force, "KEPT_S", -1.0)  # each question looks: no test waits five seconds
    office, other = (_office(database_url, mind, tmp_path, jurisdiction) for _ in range(2))
    roles = {"administra": Role.ADMINISTRATOR, "oficial": Role.OFFICER, "audita": Role.AUDITOR}
    with office.sessions.begin() as session:
        accounts = [NewAccount(name, f"Persona {name}", role, PASSWORD) for name, role in roles.items()]
        rows = [add_account(session, office.jurisdiction, account) for account in accounts]
        people = [Member(row.id, row.username, row.name, Role(row.role), None, "") for row in rows]
    yield Desk(office, other, *people)
    for one in (office, other):
        one.engine.dispose()


def _office(url: str, reader: Reader, folder: Path, jurisdiction: Jurisdiction) -> Office:
    settings = Settings(database_url=url, secret_key="k" * 32, files_url=f"file://{folder}/files", quiet_s=0)
    return build_office(settings, further={ChannelName.CONSOLE: Console()}, reader=reader, jurisdiction=jurisdiction)


def test_a_published_sentence_is_said_by_every_process(desk: Desk) -> None:
    desk.publishes("ask.municipality", HELLO)
    assert desk.other.texts("ask.municipality") == HELLO
    assert HELLO in "".join(Talk(desk.other, "c1").says("no hay agua en la colonia Reforma"))
    assert get_sentence(desk.other, "ask.municipality").is_own is False
    with desk.office.sessions() as session:
        noted = session.query(AuditWaiting).filter_by(act="config_published").one()
    assert noted.data == {"version": 1, "subject": "sentence", "key": "ask.municipality"}


def test_asking_again_costs_no_query(
    desk: Desk, tmp_path: Path, mind: Reader, jurisdiction: Jurisdiction, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(in_force, "KEPT_S", 60.0)
    office = _office(desk.office.settings.database_url, mind, tmp_path, jurisdiction)
    office.texts("greeting")
    asked: list[str] = []
    event.listen(office.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    for _ in range(100):
        office.texts("greeting")
        office.jurisdiction.find_agency("SOAPA")
    office.engine.dispose()
    assert asked == []


def test_going_back_is_a_further_version(desk: Desk) -> None:
    own = desk.office.texts("greeting")
    first = desk.publishes("greeting", HELLO)
    second = go_back(desk.office, desk.member, Subject.SENTENCE, "greeting", 0, REASON, first)
    assert desk.office.texts("greeting") == own
    go_back(desk.office, desk.member, Subject.SENTENCE, "greeting", first, REASON, second)
    assert desk.office.texts("greeting") == HELLO
    versions = list_versions(desk.office, Subject.SENTENCE, "greeting")
    assert [(one.number, one.of_number, one.author) for one in versions] == [
        (3, 1, "Persona administra"),
        (2, 0, "Persona administra"),
        (1, None, "Persona administra"),
    ]
    with pytest.raises(NotFound):
        go_back(desk.office, desk.member, Subject.SENTENCE, "greeting", 9, REASON, 3)


def test_a_safety_sentence_counts_when_another_person_has_confirmed_it(desk: Desk) -> None:
    key, own = "emergency.incendio", desk.office.texts("emergency.incendio")
    number = desk.publishes(key, "Salga de ahí y llame al {line_emergency}.")
    assert desk.office.texts(key) == own
    assert [one.key for one in list_waiting(desk.office, Subject.SENTENCE)] == [key]
    with pytest.raises(NotAllowed):
        give_verdict(desk.office, desk.member, number, is_confirmed=True)
    with pytest.raises(NotAllowed):
        give_verdict(desk.office, desk.auditor, number, is_confirmed=True)
    give_verdict(desk.office, desk.second, number, is_confirmed=True)
    assert desk.other.texts(key) == "Salga de ahí y llame al 911."
    with pytest.raises(Stale):
        give_verdict(desk.office, desk.second, number, is_confirmed=False)
    refused = desk.publishes(key, "Corra. Llame al {line_emergency}.", number)
    give_verdict(desk.office, desk.second, refused, is_confirmed=False)
    assert desk.office.texts(key) == "Salga de ahí y llame al 911."
    assert list_waiting(desk.office, Subject.SENTENCE) == []


def test_what_cannot_be_said_is_named(desk: Desk) -> None:
    def wrongs(key: str, text: str) -> list[tuple[Wrong, str]]:
        return [(fault.wrong, fault.what) for fault in check_sentence(desk.office, key, text).faults]

    assert wrongs("petition.added", "Gracias.") == [(Wrong.MISSING, "folio")]
    assert wrongs("petition.added", "Gracias, {folio} {nadie}.") == [(Wrong.UNKNOWN, "nadie")]
    for braces in ("{folio", "{folio.__class__}", "{folio!r}", "{folio:>9}", "{}", "{0}"):
        assert wrongs("petition.added", braces)[0][0] == Wrong.BRACES
    assert wrongs("greeting", "Cuéntanos tú.") == [(Wrong.FAMILIAR, "tú")]
    assert wrongs("greeting", "una " * 21)[0][0] == Wrong.LONG_SENTENCE
    assert wrongs("greeting", " \n") == [(Wrong.EMPTY, "")]
    assert wrongs("emergency.incendio", "Llame al {line_emergency}. " * 40)[0][0] == Wrong.TOO_LONG


def test_every_sentence_of_the_folder_passes_its_own_check(desk: Desk) -> None:
    views = list_sentences(desk.office)
    assert len(views) > 250
    assert [(view.key, f) for view in views for f in check_sentence(desk.office, view.key, view.text).faults] == []
    assert {view.part for view in views} == set(Part)


def test_sentences_are_found_by_words_and_place(desk: Desk) -> None:
    assert [one.key for one in list_sentences(desk.office, "podemos ayudarle")] == ["greeting"]
    assert "greeting" in [one.key for one in list_sentences(desk.office, "telefono nota de VOZ cuentenos".split()[-1])]
    assert {one.part for one in list_sentences(desk.office, part="emergency")} == {Part.EMERGENCY}
    assert list_sentences(desk.office, "zzz") == []


def test_a_preview_is_cut_as_it_is_sent(desk: Desk) -> None:
    whatsapp, telegram = preview_sentence(desk.office, "Su folio es {folio}. " * 150, {"folio": "JG-1"})
    assert (len(whatsapp.messages), len(telegram.messages)) == (2, 1)
    assert "JG-1" in whatsapp.messages[0]
    assert preview_sentence(desk.office, "{folio", {}) == ()


def test_a_sentence_that_the_program_cannot_fill_any_more_stops_nobody(desk: Desk) -> None:
    own = desk.office.texts("greeting")
    publish(desk.office, desk.member, Change(Subject.SENTENCE, "greeting", {"text": "Hola {nadie}"}), REASON, 0)
    publish(desk.office, desk.member, Change(Subject.SENTENCE, "no.more", {"text": "Hola"}), REASON, 0)
    publish(desk.office, desk.member, Change(Subject.SENTENCE, "thanks", {}), REASON, 0)
    assert desk.office.texts("thanks")
    assert desk.office.texts("greeting") == own
    assert not desk.office.texts.has("no.more")


def test_two_at_once_and_who_may_not(desk: Desk) -> None:
    desk.publishes("greeting", HELLO)
    with pytest.raises(Stale):
        desk.publishes("greeting", "Otra cosa.", 0)
    change = Change(Subject.SENTENCE, "greeting", {"text": "Otra."})
    with pytest.raises(NotAllowed):
        publish(desk.office, desk.second, change, REASON, 1)
    with pytest.raises(FormRefused, match="no_reason"):
        publish(desk.office, desk.member, change, "corto", 1)


def _keeps(desk: Desk, text: str, over: int = 0, now: str = "") -> bool:
    written = Written({"text": text, "confirmed": True}, "Porque sí", over)
    return save_draft(desk.office, desk.member, Subject.SENTENCE, "greeting", written, {"text": now, "confirmed": True})


def test_a_draft_is_its_writers_own_and_says_whose_and_over_what(desk: Desk) -> None:
    assert _keeps(desk, "Ho")
    assert _keeps(desk, "Hola")
    own = find_draft(desk.office, desk.member, Subject.SENTENCE, "greeting")
    assert own is not None
    assert own.written == Written({"text": "Hola", "confirmed": True}, "Porque sí", 0)
    assert (own.author, own.is_overtaken) == ("Persona administra", False)
    assert find_draft(desk.office, desk.second, Subject.SENTENCE, "greeting") is None
    desk.publishes("greeting", HELLO)
    [still] = list_drafts(desk.other, Subject.SENTENCE)
    assert (still.key, still.newest, still.is_overtaken) == ("greeting", 1, True)
    with pytest.raises(NotAllowed):
        save_draft(desk.office, desk.second, Subject.SENTENCE, "greeting", Written({}))
    with pytest.raises(NotAllowed):
        discard_draft(desk.office, desk.second, Subject.SENTENCE, "greeting")
    discard_draft(desk.office, desk.member, Subject.SENTENCE, "greeting")
    assert list_drafts(desk.office, Subject.SENTENCE) == []


def test_the_draft_that_is_published_ends_and_a_late_copy_of_it_is_not_kept(desk: Desk) -> None:
    _keeps(desk, HELLO)
    change = Change(Subject.SENTENCE, "greeting", {"text": HELLO, "confirmed": True}, draft="greeting")
    publish(desk.office, desk.member, change, REASON, 0)
    assert list_drafts(desk.office, Subject.SENTENCE) == []
    assert not _keeps(desk, HELLO)
    assert list_drafts(desk.office, Subject.SENTENCE) == []


def test_what_is_written_back_to_what_is_in_force_is_no_draft(desk: Desk) -> None:
    _keeps(desk, "Hola")
    assert not _keeps(desk, "Bienvenida", now="Bienvenida")
    assert find_draft(desk.office, desk.member, Subject.SENTENCE, "greeting") is None
