"""One person on WhatsApp and Telegram: a link that is signed, good once and soon over, confirmed where it is opened."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.messages import ChannelName, WebhookRequest
from bot.telegram_updates import parse_update
from canaliza.bench.office import office_settings
from canaliza.replay.plan import Item
from canaliza.replay.script import Turn, Verb
from canaliza.replay.telegram_hand import TelegramHand
from canaliza.replay.whatsapp_hand import WhatsAppHand
from canaliza.simulator.people import Person
from intake.accounts.staff import Member, NewAccount, Role, add_account
from intake.citizens.links import CODE, LASTS
from intake.clock import at
from intake.incoming.receive import store
from intake.incoming.spool import Arrival
from intake.jurisdiction import Jurisdiction
from intake.office import Office
from intake.outgoing.reaching import find_chat
from intake.petitions.case import get_petition
from intake.settings import Settings
from intake.tables.citizens import Alias, Conversation
from intake.tables.outgoing import Reply
from intake.tables.petitions import Matter, Petition
from intake.thinking.leases import claim_conversations
from intake.thinking.process import process
from intake.thinking.worker import due_events, release
from intake.triage.referrals import Choice, answer, decide
from intake.wiring import build_office
from nlp.reader import Reader

START = datetime.fromisoformat("2026-11-25T16:00:00+00:00")
WATER = "en San Pablo Huitzo no hay agua potable desde hace ocho días"


@dataclass
class Phone:
    """A person's chat on one channel."""

    office: Office
    clock: "Clock"
    hand: TelegramHand | WhatsAppHand

    @property
    def channel(self) -> ChannelName:
        return self.hand.person.channel

    def says(self, text: str) -> list[str]:
        """What is queued for this chat in answer."""
        before = len(self.replies())
        self.clock.number += 1
        turn = Turn(number=self.clock.number, verb=Verb.SAYS, value=text)
        request = WebhookRequest(self.hand.body(Item(turn, 0, self.clock.now, 0), text), {})
        key = self.office.channels[self.channel].peek(request)
        with at(self.clock.now):
            store(self.office.sessions, [Arrival(self.channel, "message", key, request, self.clock.now)])
            leases = claim_conversations(self.office, self.clock.now)
            for lease, events in due_events(self.office, leases, self.clock.now):
                for event in events:
                    process(self.office, lease, event)
                release(self.office, lease, self.clock.now)
        self.clock.now += timedelta(seconds=60)
        return self.replies()[before:]

    def replies(self) -> list[str]:
        own = select(Reply.text).join(Conversation).where(Conversation.address == self.hand.person.address)
        with self.office.sessions() as session:
            return list(session.scalars(own.order_by(Reply.id)))


@dataclass
class Clock:
    now: datetime = START
    number: int = 0


@dataclass
class Two:
    """The office, and two phones of one person."""

    office: Office
    clock: Clock
    whatsapp: Phone
    telegram: Phone
    officer: Member

    def petition(self) -> Petition:
        with self.office.sessions() as session:
            return session.scalars(select(Petition).order_by(Petition.id)).first() or pytest.fail("none")

    def answers(self, text: str) -> None:
        folio = self.petition().folio
        with at(self.clock.now):
            with self.office.sessions() as session:
                petition = get_petition(session, folio)
                matter = session.scalars(select(Matter).where(Matter.petition_id == petition.id)).one()
                chosen = Choice(matter.id, "SOAPA", petition.version)
            answer(self.office, self.officer, decide(self.office, self.officer, folio, chosen), text)


@pytest.fixture
def two(database_url: str, tmp_path: Path, reader: Reader, jurisdiction: Jurisdiction) -> Iterator[Two]:
    settings = office_settings(Settings(), database_url, tmp_path, api_url="http://127.0.0.1:9", port=9, quiet_s=0)
    office = build_office(settings, reader=reader, jurisdiction=jurisdiction)
    account = NewAccount("oficial", "Oficial", Role.OFFICER, "una frase muy larga")
    with office.sessions.begin() as session:
        row = add_account(session, office.jurisdiction, account)
        officer = Member(row.id, "oficial", "Oficial", Role.OFFICER, None, "")
    clock = Clock()
    on_whatsapp = Person("r", ChannelName.WHATSAPP, "whatsapp:+5219510001234", "Ranulfo")
    sender, sid = settings.twilio_whatsapp_from, settings.twilio_account_sid
    whatsapp = Phone(office, clock, WhatsAppHand(on_whatsapp, sender=sender, account=sid))
    telegram = Phone(office, clock, TelegramHand(Person("r", ChannelName.TELEGRAM, "6900000001", "Ranulfo")))
    yield Two(office, clock, whatsapp, telegram, officer)
    office.engine.dispose()


def _asks(two: Two) -> str:
    """Tells on WhatsApp and asks to follow it on Telegram; the code of the link."""
    two.whatsapp.says(WATER)
    (said,) = two.whatsapp.says("puedo seguirlo por telegram?")
    assert "https://t.me/canaliza_bench_bot?start=enlace-" in said
    found = CODE.search(said)
    assert found
    return found[0]


def _joined(two: Two) -> str:
    code = _asks(two)
    assert "¿Ese chat también es de usted?" in two.telegram.says(f"/start {code}")[-1]
    assert "ya están enlazados" in two.telegram.says("sí")[0]
    return code


def test_after_a_yes_both_chats_know_the_petition_and_the_first_is_told(two: Two) -> None:
    _joined(two)
    assert "quedó enlazado con un chat de Telegram" in two.whatsapp.replies()[-1]
    folio = two.petition().folio
    for phone in (two.telegram, two.whatsapp):
        assert folio in phone.says("mis folios")[0]


def test_before_the_yes_and_after_a_no_nothing_is_known(two: Two) -> None:
    code = _asks(two)
    two.telegram.says(f"/start {code}")
    assert "no enlazamos nada" in two.telegram.says("no")[0]
    assert two.petition().folio not in two.telegram.says("mis folios")[0]


def test_the_answer_arrives_once_where_the_person_wrote_last(two: Two) -> None:
    _joined(two)
    two.telegram.says("mis folios")
    two.answers("Mañana jueves pasa la pipa por su calle a las nueve.")
    assert sum("pasa la pipa" in text for text in two.telegram.replies()) == 1
    assert not any("pasa la pipa" in text for text in two.whatsapp.replies())


def test_a_sensitive_matters_news_stay_where_it_was_told(two: Two) -> None:
    _joined(two)
    with two.office.sessions.begin() as session:
        session.scalars(select(Petition)).one().is_sensitive = True
    two.telegram.says("mis folios")
    with two.office.sessions() as session:
        assert find_chat(session, session.scalars(select(Petition)).one()).channel == "whatsapp"


def test_parted_each_chat_has_its_own_petitions_again(two: Two) -> None:
    _joined(two)
    two.telegram.says("no hay maestro en la primaria de Asunción Nochixtlán desde agosto")
    assert "Quitamos el enlace" in two.whatsapp.says("desenlazar")[0]
    assert "Quitamos el enlace" in two.telegram.replies()[-1]
    folios = _folios(two)
    for phone, own, others in ((two.whatsapp, *folios), (two.telegram, *reversed(folios))):
        told = phone.says("mis folios")[0]
        assert own in told
        assert others not in told
    with two.office.sessions() as session:
        assert len(set(session.scalars(select(Alias.citizen_id)))) == 2
    assert "no está enlazado" in two.whatsapp.says("desenlazar")[0]


@pytest.mark.parametrize(
    "spoiled",
    [
        pytest.param(lambda two, code: code[:-1] + ("0" if code[-1] != "0" else "1"), id="forged"),
        pytest.param(lambda two, code: f"enlace-ffff-{code.rsplit('-', 1)[1]}", id="another row"),
        pytest.param(lambda two, code: _later(two, code), id="over"),
    ],
)
def test_a_link_that_is_not_good_joins_nothing(two: Two, spoiled: Callable[[Two, str], str]) -> None:
    code = spoiled(two, _asks(two))
    assert "ya no sirve" in two.telegram.says(f"/start {code}")[-1]
    assert two.petition().folio not in two.telegram.says("mis folios")[0]


def test_a_link_is_good_once_and_not_in_its_own_chat(two: Two) -> None:
    code = _asks(two)
    assert "ya no sirve" in two.whatsapp.says(code)[0]
    two.telegram.says(f"/start {code}")
    two.telegram.says("sí")
    assert "ya no sirve" in two.telegram.says(f"/start {code}")[0]
    other = Phone(two.office, two.clock, TelegramHand(Person("x", ChannelName.TELEGRAM, "6900000002", "Otro")))
    assert "ya no sirve" in other.says(f"/start {code}")[-1]


def test_a_link_that_ran_out_between_question_and_yes_joins_nothing(two: Two) -> None:
    code = _asks(two)
    two.telegram.says(f"/start {code}")
    two.clock.now += LASTS
    assert "ya no sirve" in two.telegram.says("sí")[0]


def test_a_day_has_so_many_links(two: Two) -> None:
    two.whatsapp.says(WATER)
    said = [two.whatsapp.says("puedo seguirlo por telegram?")[0] for _ in range(6)]
    assert ["t.me" in text for text in said] == [True] * 5 + [False]


def test_any_other_start_is_a_greeting(two: Two) -> None:
    body = two.telegram.hand.body(Item(Turn(1, Verb.SAYS, "x"), 0, START, 0), "/start amigo")
    assert getattr(parse_update(body), "text", None) == "hola"


def _later(two: Two, code: str) -> str:
    two.clock.now += LASTS + timedelta(minutes=1)
    return code


def _folios(two: Two) -> list[str]:
    with two.office.sessions() as session:
        return list(session.scalars(select(Petition.folio).order_by(Petition.id)))
