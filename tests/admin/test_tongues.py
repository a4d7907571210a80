"""Invitations in the language that the person named, where people wrote them; the words here are invented."""

import shutil
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from intake.accounts.staff import Member
from intake.clock import at, utc_now
from intake.configuration.translated import list_translations
from intake.database import reading
from intake.meetings.bringing import bring_petition
from intake.meetings.inviting import invite, tell_change
from intake.meetings.kinds import Kind
from intake.meetings.planning import Plan, cancel_meeting, plan_meeting
from intake.meetings.reading_meetings import read_meeting
from intake.office import Office
from intake.petitions.case import get_petition
from intake.tables.outgoing import Reply
from intake.tables.petitions import Interpretation
from intake.thinking.languages import Languages
from tests.admin.conftest import Case
from tests.models import JURISDICTION

HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Last-Translator: Inventada\\n"\n\n'
INVITED = 'msgid "notice.meeting_invited"\nmsgstr "{words} {{folio}} / {{when}} / {{where}}"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two invented catalogues: the language's and a variant's."""
    texts = Path(shutil.copytree(JURISDICTION / "texts", tmp_path / "pueblo" / "texts"))
    (texts / "zapoteco.po").write_text(HEAD + INVITED.format(words="lalala"), "utf-8")
    (texts / "zapoteco-valle.po").write_text(HEAD + INVITED.format(words="lololo"), "utf-8")
    return texts.parent


@pytest.fixture
def translated(office: Office, folder: Path) -> Office:
    own = office.jurisdiction.languages
    languages = Languages(own.names, own.shapes, {"zapoteco-valle": frozenset({"teotitlan del valle"})})
    translations = {one.key: one for one in list_translations(folder, languages)}
    return replace(office, jurisdiction=replace(office.jurisdiction, languages=languages, translations=translations))


@pytest.fixture
def noon(office: Office) -> datetime:
    zone = office.jurisdiction.zone
    return datetime.combine(utc_now().astimezone(zone).date() + timedelta(days=1), time(12), zone)


def _speaks(office: Office, folio: str, language: str, town: str | None = None) -> None:
    with office.sessions.begin() as session:
        petition = get_petition(session, folio)
        now = utc_now()
        row = Interpretation(petition_id=petition.id, state="requested", requested_at=now, moved_at=now)
        row.language, row.town = language, town
        session.add(row)


def _planned(office: Office, member: Member, noon: datetime, folio: str) -> int:
    with at(noon):
        number = plan_meeting(office, member, Plan(Kind.TABLE, "Mesa", noon + timedelta(hours=5), "Casa del pueblo"))
        bring_petition(office, member, number, folio, consents=True)
    return number


def _told(office: Office) -> list[str]:
    with reading(office.sessions) as session:
        told = select(Reply.text).where(Reply.purpose.like("notice.meeting_%")).order_by(Reply.id)
        return list(session.scalars(told))


def test_who_named_a_language_is_invited_in_it_and_in_spanish(
    translated: Office, members: dict[str, Member], noon: datetime, case: Case
) -> None:
    _speaks(translated, case.folio, "zapoteco", "San Blas Atempa")
    number = _planned(translated, members["oficial"], noon, case.folio)
    with reading(translated.sessions) as session:
        (brought,) = read_meeting(session, translated, members["oficial"], number).brought
    assert brought.tongue == "zapoteco"
    with at(noon):
        assert invite(translated, members["oficial"], number) == 1
    (told,) = _told(translated)
    own, spanish = told.split("\n\n")
    assert own.startswith(f"lalala {case.folio} / ")
    assert own.endswith("17:00 h / Casa del pueblo")
    assert spanish.startswith(f"Su petición {case.folio} se va a tratar en una reunión.")


def test_the_town_that_was_told_chooses_its_variant(
    translated: Office, members: dict[str, Member], noon: datetime, case: Case
) -> None:
    _speaks(translated, case.folio, "zapoteco", "Teotitlán del Valle")
    number = _planned(translated, members["oficial"], noon, case.folio)
    with at(noon):
        invite(translated, members["oficial"], number)
    assert _told(translated)[0].startswith(f"lololo {case.folio} / ")


def test_what_nobody_wrote_in_that_language_is_said_in_spanish(
    translated: Office, members: dict[str, Member], noon: datetime, case: Case
) -> None:
    _speaks(translated, case.folio, "mixe")
    number = _planned(translated, members["oficial"], noon, case.folio)
    with at(noon):
        invite(translated, members["oficial"], number)
    assert _told(translated)[0].startswith(f"Su petición {case.folio} se va a tratar")


def test_a_sentence_without_a_translation_is_said_in_spanish(
    translated: Office, members: dict[str, Member], noon: datetime, case: Case
) -> None:
    _speaks(translated, case.folio, "zapoteco")
    number = _planned(translated, members["oficial"], noon, case.folio)
    with at(noon):
        invite(translated, members["oficial"], number)
        cancel_meeting(translated, members["oficial"], number, "Se cerró el camino")
        assert tell_change(translated, number) == 1
    assert _told(translated)[1].startswith("La reunión donde se iba a tratar")
