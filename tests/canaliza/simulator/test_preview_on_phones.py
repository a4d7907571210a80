"""What a liaison sees of an answer before it leaves is what the phone shows after, on both channels."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.messages import ChannelName
from bot.telegram import Telegram
from bot.whatsapp import WhatsApp
from intake.accounts.staff import Member, NewAccount, Role, add_account
from intake.answers.previewing import Bubble, Fate, preview_answer
from intake.clock import at, utc_now
from intake.incoming.receive import store
from intake.incoming.spool import Arrival
from intake.office import Office
from intake.outgoing.sending import Sender
from intake.petitions.case import list_matters
from intake.tables.outgoing import Reply
from intake.tables.petitions import Petition
from intake.thinking.worker import Worker
from intake.triage.referrals import Choice, answer, decide
from tests.canaliza.simulator.stage import ACCOUNT, AUTH_TOKEN, SENDER, TOKEN, Stage, until
from tests.canaliza.simulator.test_adapters_opposite import request_of, with_telegram
from tests.whatsapp_case import TEMPLATES

WATER = "no hay agua en la colonia Reforma de la ciudad de Oaxaca desde hace ocho días"
HURT = "mi esposo me golpea todos los días y hoy me amenazó con matarme con la pistola"
SHORT = "La cuadrilla reparó la fuga el martes; el agua vuelve mañana por la tarde."
LONG = "\n\n".join(
    f"{number}. La cuadrilla cambió la válvula del tramo {number} de la calle Hidalgo." for number in range(80)
)
PEOPLE = {ChannelName.WHATSAPP: "lupita", ChannelName.TELEGRAM: "beto"}


class Case:
    """A citizen with a simulated phone, and an officer who answers."""

    def __init__(self, office: Office, stage: Stage, name: ChannelName) -> None:
        self.stage, self.name, self.written = stage, name, 0
        self.office = replace(office, channels={name: self._channel()})
        if name == ChannelName.TELEGRAM:
            with_telegram(stage, lambda one: one.register_webhook(f"{stage.program.url}/webhooks/telegram"))
        with office.sessions.begin() as session:
            new = NewAccount("oficial", "Oficial", Role.OFFICER, "una frase muy larga", None)
            row = add_account(session, office.jurisdiction, new)
            self.officer = Member(row.id, row.username, row.name, Role.OFFICER, None, "")

    def _channel(self) -> WhatsApp | Telegram:
        if self.name == ChannelName.TELEGRAM:
            return Telegram(TOKEN, webhook_secret="secreto", api_url=self.stage.url)
        url, ours = self.stage.url, self.stage.program.url
        return WhatsApp(ACCOUNT, AUTH_TOKEN, sender=SENDER, api_url=url, public_url=ours)

    def writes(self, text: str) -> None:
        """The citizen does, on the phone, and the program thinks about it."""
        path, self.written = f"/webhooks/{self.name}", self.written + 1
        self.stage.post(f"/phones/{self.name}/{PEOPLE[self.name]}/messages", {"text": text})
        until(lambda: len(self.stage.program.at(path)) >= self.written)
        request = request_of(self.stage.program.at(path)[-1])
        key = self.office.channels[self.name].peek(request)
        store(self.office.sessions, [Arrival(self.name, "message", key, request, utc_now())])
        worker = Worker(self.office, lambda name, callback_id: None)
        while worker.work_once():
            pass

    def refers(self, text: str, agency: str = "SOAPA") -> int:
        """The citizen's petition is sent on; the referral's id."""
        self.writes(text)
        self.sends()
        with self.office.sessions() as session:
            petition = session.scalars(select(Petition)).one()
            folio, version, matter = petition.folio, petition.version, list_matters(petition)[0].id
        return decide(self.office, self.officer, folio, Choice(matter, agency, version))

    def sends(self) -> list[tuple[str, tuple[str, ...]]]:
        """All that is due leaves; what the phone shows of it, oldest first."""
        before = len(self._screen())
        asyncio.run(self._send())
        return self._screen()[before:]

    async def _send(self) -> None:
        office = replace(self.office, channels={self.name: self._channel()})  # connections belong to a loop
        sender = Sender(office)
        while self._has_due():  # a provider's pace keeps some back for a moment
            await sender.send_due()
            await asyncio.sleep(0.02)
        await office.channels[self.name].close()

    def _has_due(self) -> bool:
        with self.office.sessions() as session:
            return session.scalar(select(Reply.id).where(Reply.state.in_(("queued", "sending"))).limit(1)) is not None

    def _screen(self) -> list[tuple[str, tuple[str, ...]]]:
        rows = self.stage.screen(self.name, PEOPLE[self.name])
        return [(row["text"], tuple(one["text"] for line in row["buttons"] for one in line)) for row in rows]


def _shown(bubbles: tuple[Bubble, ...], *fates: Fate) -> list[tuple[str, tuple[str, ...]]]:
    return [(bubble.text, bubble.choices) for bubble in bubbles if bubble.fate in fates]


@pytest.fixture(params=PEOPLE)
def case(office: Office, stage: Stage, request: pytest.FixtureRequest) -> Case:
    return Case(office, stage, request.param)


@pytest.mark.parametrize("text", [SHORT, LONG])
def test_the_phone_shows_what_was_previewed(case: Case, text: str) -> None:
    referral = case.refers(WATER)
    case.sends()
    preview = preview_answer(case.office, case.officer, referral, text)
    answer(case.office, case.officer, referral, text)
    assert {bubble.fate for bubble in preview.bubbles} == {Fate.NOW}
    assert case.sends() == _shown(preview.bubbles, Fate.NOW)
    assert all(bubble.length <= preview.limit for bubble in preview.bubbles)


def test_of_a_reserved_answer_the_phone_shows_the_notice_and_the_rest_when_it_is_safe(case: Case) -> None:
    referral = case.refers(HURT, "MUJERES")
    case.sends()
    preview = preview_answer(case.office, case.officer, referral, SHORT)
    answer(case.office, case.officer, referral, SHORT)
    assert [bubble.fate for bubble in preview.bubbles] == [Fate.NOW, Fate.RESERVED]
    assert case.sends() == _shown(preview.bubbles, Fate.NOW)
    case.writes("Sí, leerla")
    assert case.sends()[:1] == _shown(preview.bubbles, Fate.RESERVED)


@pytest.mark.parametrize("is_invited", [False, True])
def test_after_24_hours_the_phone_shows_what_was_previewed_when_the_person_writes(
    office: Office, stage: Stage, *, is_invited: bool
) -> None:
    case = Case(office, stage, ChannelName.WHATSAPP)
    referral = case.refers(WATER)
    if is_invited:
        case.office = replace(case.office, jurisdiction=replace(office.jurisdiction, templates=TEMPLATES))
    case.sends()
    stage.clock.ahead = timedelta(hours=25)
    with at(utc_now() + timedelta(hours=25)):
        preview = preview_answer(case.office, case.officer, referral, SHORT)
        answer(case.office, case.officer, referral, SHORT)
        fates = [bubble.fate for bubble in preview.bubbles]
        assert fates == [Fate.INVITATION] * is_invited + [Fate.HELD, Fate.HELD]
        invited = [text for text, _ in case.sends()]  # the simulated phone shows a template's variables
        assert len(invited) == is_invited
        assert all(text in preview.bubbles[0].text for text in invited)
        case.writes("buenas")
        assert case.sends()[:2] == _shown(preview.bubbles, Fate.HELD)
