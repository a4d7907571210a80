"""One sender's flood: kept, told once, nobody else waits; words in danger are heard all the same (case 37)."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from bot.messages import ChannelName, WebhookRequest
from bot.telegram import Telegram
from intake.clock import at
from intake.incoming.receive import store
from intake.incoming.spool import Arrival
from intake.office import Office
from intake.petitions.states import Status
from intake.tables.base import Table
from intake.tables.citizens import Conversation
from intake.tables.incoming import Flood, InboundEvent, Message
from intake.tables.mind import Comparison
from intake.tables.outgoing import Reply
from intake.tables.petitions import Matter, Petition
from intake.thinking.flood import BURST, REFILL_S, take, written_at
from intake.thinking.quiet import HEARD_MAX, KEPT_MAX
from intake.thinking.worker import Worker
from tests.talk import Talk

NOW = datetime.fromisoformat("2026-11-25T18:00:00+00:00")
WATER = "no hay agua en la colonia Reforma desde hace ocho días"
DANGER = "mi esposo me está golpeando, ayúdenme por favor"
NOTICE = "No hace falta repetirlos"


def _conversation() -> Conversation:
    return Conversation(allowance=BURST, allowance_at=None, quiet=0)


def test_a_bucket_empties_and_fills_by_the_time_of_the_messages() -> None:
    row = _conversation()
    assert [take(row, NOW) for _ in range(int(BURST) + 3)] == [False] * int(BURST) + [True] * 3
    assert take(row, NOW + timedelta(seconds=REFILL_S))  # one drop does not end a flood
    assert not take(row, NOW + timedelta(seconds=REFILL_S * BURST))
    assert row.quiet == 0


def test_who_talks_as_people_do_is_never_counted_out() -> None:
    row = _conversation()
    assert not any(take(row, NOW + timedelta(seconds=20 * n)) for n in range(500))


@pytest.mark.parametrize("early", [timedelta(hours=25), timedelta(seconds=-1), timedelta(days=9000)])
def test_a_time_that_cannot_be_says_nothing(early: timedelta) -> None:
    assert written_at(NOW - early, NOW) == NOW
    assert written_at(NOW - timedelta(hours=3), NOW) == NOW - timedelta(hours=3)


def test_hours_of_messages_that_telegram_held_back_are_no_flood(office: Office) -> None:
    telegram = Telegram("1:invented", webhook_secret="s", api_url="http://127.0.0.1:9")
    office = replace(office, channels={ChannelName.TELEGRAM: telegram})
    with at(NOW):
        _work(office, [_update(telegram, n, NOW - timedelta(minutes=100 - n)) for n in range(100)])
    with office.sessions() as session:
        row = session.scalars(select(Conversation)).one()
        assert (row.quiet, len(session.scalars(select(Message)).all())) == (0, 100)
        assert not session.scalars(select(Reply).where(Reply.purpose == "flood")).all()


def _update(telegram: Telegram, number: int, written: datetime, kind: str = "message", text: str = "") -> Arrival:
    """An edit is always of the first message."""
    person = {"id": 5000000001, "is_bot": False, "first_name": "Ana"}
    message = {"message_id": number if kind == "message" else 1, "text": text or f"no hay agua {number}"}
    message |= {"from": person, "chat": {"id": person["id"], "type": "private"}, "date": int(written.timestamp())}
    request = WebhookRequest(json.dumps({"update_id": number, kind: message}).encode(), {})
    return Arrival(ChannelName.TELEGRAM, "message", telegram.peek(request), request, NOW)


def _work(office: Office, arrivals: list[Arrival]) -> list[str]:
    """Returns the button presses whose spinner was to stop."""
    stopped: list[str] = []
    store(office.sessions, arrivals)
    worker = Worker(office, lambda name, callback_id: stopped.append(callback_id))
    while worker.work_once():
        pass
    return stopped


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
        chat = select(Message).where(Message.conversation_id == own.conversation_id).order_by(Message.id)
        kept = session.scalars(chat).all()
        assert len(kept) == 61
        assert all(message.petition_id == own.id for message in kept[int(BURST) :])
        assert set(session.scalars(select(InboundEvent.state))) == {"processed"}


def _floods(talk: Talk, number: int = 40) -> None:
    """With what is still in the bucket used up; staff have done nothing yet."""
    for n in range(number):
        talk.sends(f"urge por favor {n}")
    talk.works()


def _flood(office: Office) -> Flood:
    with office.sessions() as session:
        return session.scalars(select(Flood)).one()


def test_words_in_danger_are_heard_in_a_flood_and_then_kept_with_the_emergency(office: Office, talk: Talk) -> None:
    with at(NOW):
        talk.says(WATER)
        _floods(talk)
        said = [talk.says(f"{DANGER} {number}") for number in range(9)]
    assert all("911" in text[0] for text in said[:HEARD_MAX])
    assert said[HEARD_MAX:] == [[]] * 4
    with office.sessions() as session:
        emergency = session.scalars(select(Petition).where(Petition.emergency == "violencia")).one()
        kept = session.scalars(select(Message).where(Message.petition_id == emergency.id)).all()
    assert len(kept) == 9
    assert _flood(office).heard == {"violencia": HEARD_MAX}


def test_another_danger_is_heard_after_many_of_one(office: Office, talk: Talk) -> None:
    with at(NOW):
        talk.says(WATER)
        _floods(talk)
        for _ in range(9):
            talk.says(DANGER)
        assert talk.says("se está quemando mi casa, hay fuego") != []


def test_danger_is_heard_past_what_is_kept(office: Office, talk: Talk) -> None:
    with at(NOW):
        talk.says(WATER)
        _floods(talk)
        _fill(office)
        assert "911" in talk.says(DANGER)[0]


def test_danger_whose_petition_was_sent_on_is_heard_again(office: Office, talk: Talk) -> None:
    with at(NOW):
        talk.says(WATER)
        _floods(talk)
        for _ in range(7):
            talk.says(DANGER)
        assert talk.says(DANGER) == []
        with office.sessions.begin() as session:
            session.scalars(select(Flood)).one().heard = {"violencia": HEARD_MAX, "no_petition": HEARD_MAX}
        _set_status(office, Status.TURNADA)
        assert "911" in talk.says(DANGER)[0]
        assert talk.says(DANGER) == []
    assert [p.status for p in talk.petitions() if p.emergency] == ["TURNADA", "RECIBIDA"]


def test_a_person_in_danger_who_floods_is_told_that_the_rest_is_kept(talk: Talk) -> None:
    with at(NOW):
        for _ in range(40):
            talk.sends(DANGER)
        talk.works()
        assert not any(NOTICE in text for text in talk.replies())
        assert [NOTICE in text for text in talk.says("urge")] == [True]


def test_buttons_of_a_flood_are_ignored(office: Office, talk: Talk) -> None:
    with at(NOW):
        talk.says(WATER)
        for _ in range(60):
            talk.sends(button="withdraw:JG-2026-AAAAA-1:yes")
        talk.works()
        assert talk.says(button="withdraw:JG-2026-AAAAA-1:yes") == []
    answered = int(BURST) - 1 + HEARD_MAX
    assert _flood(office).buttons == 61 - answered
    with office.sessions() as session:
        ignored = session.scalars(select(InboundEvent).where(InboundEvent.state == "ignored")).all()
    assert {(event.note, event.body) for event in ignored} == {("flood: button", b"")}
    assert len(ignored) == 61 - answered


def test_an_ignored_button_costs_no_call_to_the_provider(office: Office) -> None:
    telegram = Telegram("1:invented", webhook_secret="s", api_url="http://127.0.0.1:9")
    office = replace(office, channels={ChannelName.TELEGRAM: telegram})
    with at(NOW):
        stopped = _work(office, [_press(telegram, number) for number in range(60)])
    assert len(stopped) == int(BURST) + HEARD_MAX


def _press(telegram: Telegram, number: int) -> Arrival:
    press = {"id": f"press{number}", "from": {"id": 5000000001, "first_name": "Ana"}, "data": "place:20067"}
    request = WebhookRequest(json.dumps({"update_id": number, "callback_query": press}).encode(), {})
    return Arrival(ChannelName.TELEGRAM, "message", telegram.peek(request), request, NOW)


def test_who_taps_ten_buttons_is_answered_each_time(talk: Talk) -> None:
    with at(NOW):
        talk.says(WATER)
        assert all(talk.says(button="place:20067") for _ in range(10))


@pytest.mark.parametrize("status", [Status.TURNADA, Status.RESPONDIDA, Status.CONCLUIDA])
def test_what_staff_have_finished_with_is_not_flooded(office: Office, talk: Talk, status: Status) -> None:
    with at(NOW):
        _floods(talk, 25)
        _set_status(office, status)
        before = {petition.id for petition in talk.petitions()}
        _floods(talk, 40)
    with office.sessions() as session:
        quiet = session.scalars(select(Message).order_by(Message.id.desc()).limit(25)).all()
        assert {message.petition_id for message in quiet}.isdisjoint(before)
        assert None not in {message.petition_id for message in quiet}


def test_nobody_elses_petition_is_flooded(office: Office, talk: Talk) -> None:
    with at(NOW):
        other = Talk(office, "console-other")
        other.says(WATER)
        (theirs,) = other.petitions()
        for _ in range(50):
            talk.sends("hola")
        talk.works()
        with office.sessions.begin() as session:
            row = session.scalars(select(Conversation).where(Conversation.address == talk.address)).one()
            row.state = {**row.state, "latest": theirs.folio}
        _floods(talk, 20)
    with office.sessions() as session:
        kept = session.scalars(select(Message).where(Message.petition_id == theirs.id)).all()
    assert len(kept) == 1


def test_greetings_without_end_are_one_petition_that_a_person_reads(office: Office, talk: Talk) -> None:
    with at(NOW):
        for _ in range(60):
            talk.sends("hola")
        talk.works()
    (petition,) = talk.petitions()
    assert (petition.status, _flood(office).kept) == ("RECIBIDA", 60 - int(BURST) - HEARD_MAX)
    assert sum(NOTICE in text for text in talk.replies()) == 1


def test_corrections_of_a_flood_stay_with_their_message(office: Office) -> None:
    telegram = Telegram("1:invented", webhook_secret="s", api_url="http://127.0.0.1:9")
    office = replace(office, channels={ChannelName.TELEGRAM: telegram})
    edits = [_update(telegram, number, NOW, "edited_message") for number in range(3, 51)]
    with at(NOW):
        _work(office, [_update(telegram, 1, NOW)])
    with at(NOW + timedelta(hours=1)):
        _work(office, [_update(telegram, 2, NOW, text="no hay maestro en la primaria de mi hija"), *edits])
    with office.sessions() as session:
        petition, _ = session.scalars(select(Petition).order_by(Petition.id))
        versions = session.scalars(select(Message).where(Message.external_id == "1")).all()
        said = session.scalars(select(Reply).where(Reply.purpose == "petition.edited")).all()
    assert {message.petition_id for message in versions} == {petition.id}
    assert (len(versions), len(said)) == (49, int(BURST) - 2)


def test_an_edit_that_changes_nothing_is_not_counted(office: Office) -> None:
    telegram = Telegram("1:invented", webhook_secret="s", api_url="http://127.0.0.1:9")
    office = replace(office, channels={ChannelName.TELEGRAM: telegram})
    with at(NOW):
        _work(office, [_update(telegram, number, NOW, "edited_message", "no hay agua") for number in range(60)])
    with office.sessions() as session:
        row = session.scalars(select(Conversation)).one()
    assert (row.allowance, row.quiet, _count(office, Message)) == (BURST - 1, 0, 1)


def test_past_what_is_kept_only_that_it_came_remains(office: Office, talk: Talk) -> None:
    with at(NOW):
        talk.says(WATER)
        _floods(talk)
        _fill(office)
        kept = _count(office, Message)
        assert talk.says("otra vez lo mismo") == []
    with office.sessions() as session:
        last = session.scalars(select(InboundEvent).order_by(InboundEvent.id.desc())).first()
        assert last
        assert (last.state, last.note, last.body) == ("ignored", "flood", b"")
    assert (_count(office, Message), _flood(office).dropped) == (kept, 1)


def test_a_second_flood_is_counted_anew(office: Office, talk: Talk) -> None:
    with at(NOW):
        _floods(talk, 50)
    with at(NOW + timedelta(hours=1)):
        _floods(talk, 50)
    with office.sessions() as session:
        assert [flood.kept for flood in session.scalars(select(Flood).order_by(Flood.id))] == [20, 20]
    assert sum(NOTICE in text for text in talk.replies()) == 2


def _fill(office: Office) -> None:
    """As if the flood had as many messages as are kept of one."""
    with office.sessions.begin() as session:
        session.scalars(select(Flood)).one().kept = KEPT_MAX


def _set_status(office: Office, status: Status) -> None:
    """As if staff had moved every petition there is."""
    with office.sessions.begin() as session:
        for row in (*session.scalars(select(Petition)), *session.scalars(select(Matter))):
            row.status = status.value


def _count(office: Office, table: type[Table]) -> int:
    with office.sessions() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


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
