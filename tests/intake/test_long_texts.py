"""A text's length slows nothing down and loses nothing: what is kept, what the mind is given, what staff see of it."""

import re

import pytest
from sqlalchemy import select

from intake.office import Office
from intake.petitions.case import list_matters
from intake.tables.incoming import InboundEvent, Message
from intake.triage.speech import list_speech
from intake.triage.veil import Veil
from nlp.reader import legible
from tests.talk import Talk

SENTENCE = "no hay agua en mi colonia desde el lunes y nadie viene a ver qué pasa. "


@pytest.mark.parametrize("text", ["😀" * 20_000, "(" * 4096, "a" * 199 + "b" * 199, "x" * 199 + " fuga " + "y" * 500])
def test_the_mind_is_given_no_unbroken_run_and_every_character_in_its_place(text: str) -> None:
    given = legible(text)
    assert len(given) == len(text)
    assert max(len(run) for run in re.findall(r"\S+", given)) <= 199
    assert {(a, b) for a, b in zip(text, given, strict=True) if a != b} <= {(char, " ") for char in text}


def test_an_ordinary_text_is_given_as_it_is() -> None:
    assert legible(SENTENCE) == SENTENCE


def test_of_a_hundred_thousand_characters_the_beginning_is_read_and_the_whole_is_kept(
    office: Office, talk: Talk
) -> None:
    text = (SENTENCE * 1500)[:99_990] + "EL FINAL"
    assert "Folio" in talk.says(text)[1]
    petition = talk.petitions()[0]
    with office.sessions() as session:
        event, message = session.scalars(select(InboundEvent)).one(), session.scalars(select(Message)).one()
        matter = list_matters(petition)[0]
        shown = list_speech(session, petition, Veil(False, False, False, None), with_rest_of_chat=True)
    assert b"EL FINAL" in event.body
    assert message.text == matter.text == text[:20_000]
    assert [item.is_cut for item in shown if item.is_citizens] == [True]


def test_a_petition_of_many_long_messages_is_read_from_its_beginning(office: Office, talk: Talk) -> None:
    talk.says(SENTENCE * 100)
    for number in (12, 30, 45):  # another number each time: what is told again in the same words is not added
        talk.says(f"y además en la calle {number} " + SENTENCE * 100)
    petition = talk.petitions()[0]
    with office.sessions() as session:
        kept = session.scalars(select(Message.text).where(Message.petition_id == petition.id)).all()
        matter = list_matters(petition)[0]
    assert sum(len(text) for text in kept) > 28_000
    assert len(matter.text) == 20_000
    assert matter.text.startswith(SENTENCE)


def test_a_message_of_four_thousand_faces_is_answered(talk: Talk) -> None:
    assert talk.says("no hay agua " + "😀" * 4000)
    assert talk.petitions()[0].status == "RECIBIDA"
