"""What a voice note says becomes the petition's words, on both databases, and the record says that it was heard."""

from pathlib import Path

import pytest
from sqlalchemy import select

from intake.accounts.staff import Member, NewAccount, Role, add_account
from intake.errors import NotAllowed, NotFound, Stale
from intake.office import Office
from intake.petitions.case import get_petition, list_matters
from intake.petitions.history import list_entries
from intake.tables.incoming import Message, Transcription
from intake.tables.mind import SuggestionRow
from intake.thinking.messages import petition_text
from intake.thinking.suggestions import find_suggestion
from intake.triage.lists import Wish
from intake.triage.queue import list_queue
from intake.triage.referrals import Choice, decide
from intake.triage.speech import list_speech
from intake.triage.takeovers import enter
from intake.triage.transcriptions import transcribe
from intake.triage.veil import Veil
from tests.talk import Talk
from tests.voice_notes import add_voice_note

WATER = "buenas tardes, no sale agua de la llave desde hace una semana y la pipa no llega, aquí en Zaachila"
ROAD = "el camino a mi pueblo está lleno de hoyos"


@pytest.fixture
def officer(office: Office) -> Member:
    return _member(office, Role.OFFICER)


@pytest.fixture
def folio(talk: Talk) -> str:
    talk.says("falta un maestro en la primaria desde agosto")
    return talk.petitions()[0].folio


@pytest.fixture
def note(office: Office, folio: str, tmp_path: Path) -> int:
    return add_voice_note(office, folio, tmp_path, is_alone=True)


def _member(office: Office, role: Role, agency: str | None = None) -> Member:
    with office.sessions.begin() as session:
        account = NewAccount(role.value, f"Persona {role}", role, "contraseña larga", agency)
        row = add_account(session, office.jurisdiction, account)
        return Member(row.id, row.username, row.name, role, agency, "")


def _text(office: Office, folio: str) -> str:
    with office.sessions() as session:
        return petition_text(session, get_petition(session, folio).id)


def _suggestions(office: Office) -> list[str | None]:
    with office.sessions() as session:
        return [row.ranking[0]["agency"] for row in session.scalars(select(SuggestionRow).order_by(SuggestionRow.id))]


def test_its_words_are_the_petitions(office: Office, talk: Talk, folio: str, note: int, officer: Member) -> None:
    assert transcribe(office, officer, folio, note, WATER, 0) is None
    with office.sessions() as session:
        petition = get_petition(session, folio)
        (matter,) = list_matters(petition)
        suggestion = find_suggestion(session, matter.id)
        found = list_queue(session, office, Wish(words="la pipa no llega")).rows
        (heard,) = [
            one.files[0].transcript
            for one in list_speech(session, petition, Veil(False, False, False, None), with_rest_of_chat=False)
            if one.files
        ]
        entries = [(entry.actor, entry.name) for entry in list_entries(session, petition.id)]
    assert matter.text == WATER
    assert suggestion
    assert suggestion.ranking[0]["agency"] in ("CEABIEN", "MUNICIPIO")
    assert _suggestions(office)[0] == "IEEPO"
    assert [row.folio for row in found] == [folio]
    assert heard
    assert (heard.text, heard.author) == (WATER, "Persona officer")
    assert (f"staff:{officer.id}", "transcribed") in entries


def test_the_place_in_it_is_noted_and_asked_for_no_more(
    office: Office, talk: Talk, folio: str, note: int, officer: Member
) -> None:
    transcribe(office, officer, folio, note, WATER, 0)
    assert talk.petitions()[0].municipality == "20565"
    assert "Anotamos el municipio: Villa de Zaachila" in talk.replies()[-1]
    assert talk.says("gracias") == ["Con gusto. Aquí estamos para lo que necesite."]


def test_beside_a_person_who_talks_the_place_is_noted_in_silence(
    office: Office, talk: Talk, folio: str, note: int, officer: Member
) -> None:
    enter(office, officer, folio, 0)
    before = len(talk.replies())
    transcribe(office, officer, folio, note, WATER, 0)
    assert (talk.petitions()[0].municipality, len(talk.replies())) == ("20565", before)


def test_a_correction_takes_its_place_and_both_are_kept(office: Office, folio: str, note: int, officer: Member) -> None:
    transcribe(office, officer, folio, note, ROAD, 0)
    with pytest.raises(Stale):
        transcribe(office, officer, folio, note, WATER, 0)
    with office.sessions() as session:
        first = session.scalars(select(Transcription.id)).one()
    transcribe(office, officer, folio, note, WATER, first)
    assert WATER in _text(office, folio)
    assert ROAD not in _text(office, folio)
    with office.sessions() as session:
        assert session.scalars(select(Transcription.text).order_by(Transcription.id)).all() == [ROAD, WATER]


def test_a_corrected_caption_keeps_what_was_heard(
    office: Office, talk: Talk, folio: str, note: int, officer: Member
) -> None:
    transcribe(office, officer, folio, note, WATER, 0)
    talk.says("fue en agosto")
    with office.sessions() as session:
        first, second = session.scalars(select(Message).order_by(Message.id)).all()
        second.petition_id, second.external_id, second.version = first.petition_id, first.external_id, 2
        assert petition_text(session, get_petition(session, folio).id) == f"fue en agosto\n{WATER}"


def test_danger_in_it_puts_the_petition_first_and_says_nothing(
    office: Office, talk: Talk, folio: str, note: int, officer: Member
) -> None:
    before = len(talk.replies())
    kind = transcribe(office, officer, folio, note, "mi marido me quiere matar, ayúdenme, estoy en Zaachila", 0)
    petition = talk.petitions()[0]
    assert (kind, petition.emergency, petition.is_urgent, petition.is_sensitive) == (
        "violencia",
        "violencia",
        True,
        True,
    )
    assert (petition.municipality, len(talk.replies())) == ("20565", before)


def test_what_is_with_an_agency_keeps_its_matter_as_it_was_sent(
    office: Office, folio: str, note: int, officer: Member
) -> None:
    with office.sessions() as session:
        petition = get_petition(session, folio)
        choice = Choice(list_matters(petition)[0].id, "CABIEN", petition.version)
    decide(office, officer, folio, choice)
    before = _suggestions(office)
    transcribe(office, officer, folio, note, ROAD, 0)
    assert _suggestions(office) == before
    assert ROAD in _text(office, folio)
    with office.sessions() as session:
        assert ROAD not in list_matters(get_petition(session, folio))[0].text


def test_only_a_voice_note_of_that_petition_and_only_by_who_decides(
    office: Office, talk: Talk, folio: str, note: int, officer: Member, tmp_path: Path
) -> None:
    photo = add_voice_note(office, folio, tmp_path, kind="photo")
    other = Talk(office, "console-2")
    other.says(ROAD)
    for wrong_folio, wrong_file in ((other.petitions()[0].folio, note), (folio, photo), (folio, 10**6)):
        with pytest.raises(NotFound):
            transcribe(office, officer, wrong_folio, wrong_file, WATER, 0)
    for stranger in (_member(office, Role.LIAISON, "SOAPA"), _member(office, Role.AUDITOR)):
        with pytest.raises(NotAllowed):
            transcribe(office, stranger, folio, note, WATER, 0)
    with office.sessions() as session:
        assert session.scalars(select(Transcription)).all() == []
