"""One sender's flood: kept, told once, nobody else waits; words in danger are heard all the same (case 37)."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from bot.messages import ChannelName, WebhookRequest
from bot.telegram import Telegram
from intake.clock import at
from intake.flood import BURST, QUIET_MAX, REFILL_S, Measure, take, written_at
from intake.office import Office
from intake.receive import store
from intake.spool import Arrival
from intake.tables import Comparison, Conversation, InboundEvent, Message, Petition, Reply
from intake.worker import Worker
from tests.talk import Talk

NOW = datetime.fromisoformat("2026-11-25T18:00:00+00:00")
WATER = "no hay agua en la colonia Reforma desde hace ocho días"
NOTICE = "No hace falta repetirlos"


def _conversation() -> Conversation:
    return Conversation(allowance=BURST, allowance_at=None, quiet=0)


def test_a_bucket_empties_and_fills_by_the_time_of_the_messages() -> None:
    row = _conversation()
    measures = [take(row, NOW) for _ in range(int(BURST) + 3)]
    assert measures == [Measure.HEARD] * int(BURST) + [Measure.FIRST_QUIET, Measure.QUIET, Measure.QUIET]
    assert take(row, NOW + timedelta(seconds=REFILL_S)) == Measure.QUIET  # one drop does not end a flood
    assert take(row, NOW + timedelta(seconds=REFILL_S * BURST)) == Measure.HEARD
    assert row.quiet == 0


def test_who_talks_as_people_do_is_never_counted_out() -> None:
    row = _conversation()
    assert {take(row, NOW + timedelta(seconds=20 * n)) for n in range(500)} == {Measure.HEARD}


@pytest.mark.parametrize("early", [timedelta(hours=25), timedelta(seconds=-1), timedelta(days=9000)])
def test_a_time_that_cannot_be_says_nothing(early: timedelta) -> None:
    assert written_at(NOW - early, NOW) == NOW
    assert written_at(NOW - timedelta(hours=3), NOW) == NOW - timedelta(hours=3)


def test_hours_of_messages_that_telegram_held_back_are_no_flood(office: Office) -> None:
    telegram = Telegram("1:invented", webhook_secret="s", api_url="http://127.0.0.1:9")
    office = replace(office, channels={ChannelName.TELEGRAM: telegram})
    arrivals = [_held_back(telegram, number, NOW - timedelta(minutes=100 - number)) for number in range(100)]
    with at(NOW):
        store(office.sessions, arrivals)
        worker = Worker(office, lambda name, callback_id: None)
        while worker.work_once():
            pass
    with office.sessions() as session:
        row = session.scalars(select(Conversation)).one()
        assert (row.quiet, len(session.scalars(select(Message)).all())) == (0, 100)
        assert not session.scalars(select(Reply).where(Reply.purpose == "flood")).all()


def _held_back(telegram: Telegram, number: int, written: datetime) -> Arrival:
    person = {"id": 5000000001, "is_bot": False, "first_name": "Ana"}
    message = {"message_id": number + 1, "date": int(written.timestamp()), "text": f"no hay agua {number}"}
    message |= {"from": person, "chat": {"id": person["id"], "type": "private"}}
    body = json.dumps({"update_id": number + 1, "message": message}).encode()
    request = WebhookRequest(body, {})
    return Arrival(ChannelName.TELEGRAM, "message", telegram.peek(request), request, NOW)


def test_a_flood_without_end_is_not_kept_without_end() -> None:
    row = _conversation()
    measures = [take(row, NOW) for _ in range(int(BURST) + QUIET_MAX + 5)]
    assert measures[-5:] == [Measure.DROPPED] * 5
    assert measures.count(Measure.FIRST_QUIET) == 1


def test_a_flood_is_told_once_and_every_message_is_in_the_petition(office: Office, talk: Talk) -> None:
    with at(NOW):
        talk.says(WATER)
        for number in range(60):
            talk.sends(f"urge por favor {number}")
        talk.works()
        other = Talk(office, "console-other").says("falta maestro en la primaria de mi pueblo")
    assert sum(NOTICE in text for text in talk.replies()) == 1
    assert any("Folio" in text for text in other)
    with office.sessions() as session:
        own = session.scalars(select(Petition).order_by(Petition.id)).first()
        assert own
        kept = session.scalars(select(Message).where(Message.conversation_id == own.conversation_id)).all()
        assert len(kept) == 61
        assert all(message.petition_id == own.id for message in kept[int(BURST) :])
        assert set(session.scalars(select(InboundEvent.state))) == {"processed"}


def test_words_in_danger_are_heard_in_a_flood(office: Office, talk: Talk) -> None:
    with at(NOW):
        talk.says(WATER)
        for number in range(40):
            talk.sends(f"urge {number}")
        talk.works()
        said = talk.says("mi esposo me está golpeando, ayúdenme por favor")
    assert any("911" in text or "079" in text for text in said)


def test_past_what_is_kept_only_that_it_came_remains(office: Office, talk: Talk) -> None:
    with at(NOW):
        talk.says(WATER)
        with office.sessions.begin() as session:
            row = session.scalars(select(Conversation)).one()
            row.allowance, row.quiet = 0.0, QUIET_MAX
        assert talk.says("otra vez lo mismo") == []
    with office.sessions() as session:
        last = session.scalars(select(InboundEvent).order_by(InboundEvent.id.desc())).first()
        assert last
        assert (last.state, last.note, last.body) == ("ignored", "flood", b"")
        assert len(session.scalars(select(Message)).all()) == 1


def test_a_text_of_a_hundred_thousand_characters_is_one_petition(office: Office, talk: Talk) -> None:
    arrival = talk.arrival("no hay agua " * 9_000)
    store(office.sessions, [arrival])
    talk.works()
    with office.sessions() as session:
        message = session.scalars(select(Message)).one()
        assert len(message.text) == 20_000
        assert len(session.scalars(select(InboundEvent)).one().body) > 100_000  # the event keeps it whole
    assert len(talk.petitions()) == 1


def test_whoever_guesses_folios_is_told_so_many_and_no_more(office: Office, talk: Talk) -> None:
    other = Talk(office, "console-other")
    other.says(WATER)
    folio = other.petitions()[0].folio
    talk.says("hola")
    with at(NOW):
        answers = [talk.says(f"¿cómo va {folio}?") for _ in range(12)]
    assert [any("solo damos detalles" in text for text in said) for said in answers] == [True] * 10 + [False] * 2
    with at(NOW + timedelta(hours=1, minutes=1)):
        assert any("solo damos detalles" in text for text in talk.says(f"¿cómo va {folio}?"))
    with at(NOW):
        assert any(folio in text for text in other.says(f"¿cómo va {folio}?"))  # the own one always


def test_a_petition_is_compared_when_nothing_else_waits(office: Office, talk: Talk) -> None:
    talk.says(WATER)
    with office.sessions() as session:
        assert session.scalars(select(Comparison)).all() == []
