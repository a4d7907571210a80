"""WhatsApp's 24 hours: free text within, an approved template after, else held until the person writes (case 27)."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.console import Console
from bot.errors import SendError
from bot.messages import ChannelName, Outbound, Sent
from intake.clock import at
from intake.office import Office
from intake.outgoing.sending import Sender, claim_due, settle_all, settle_failure
from intake.outgoing.templates import Carries, load_templates
from intake.outgoing.window import INVITATION, Way, way_of
from intake.tables.citizens import Conversation
from intake.tables.outgoing import Reply
from intake.tables.petitions import Petition
from intake.triage.tasks import Means, Outcome, close, list_open, review
from tests.whatsapp_case import ANSWER, DAY, NEW, OLD, START, TEMPLATES, WhatsAppCase


class Unlisted(Console):
    """Twilio that does not list what it is asked for. `known`: the other replies' ids that it was told."""

    name = ChannelName.WHATSAPP

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.sent, self.known = list[str](), list[str](), set[str]()

    async def find_sent(
        self, address: str, message: Outbound, *, since: datetime, known: Collection[str] = ()
    ) -> Sent | None:
        self.asked.append(message.text)
        self.known.update(known)
        return None

    async def send(self, address: str, message: Outbound, *, reply_id: str) -> Sent:
        self.sent.append(message.text)
        return Sent(reply_id)


@pytest.fixture
def case(office: Office) -> WhatsAppCase:
    return WhatsAppCase(office)


def _opened(case: WhatsAppCase) -> int:
    """A petition was received and acknowledged at START; it is sent on a day later."""
    case.writes("no hay agua en la colonia Reforma desde hace ocho días", START)
    case.drains(START)
    return case.refers(START + DAY)


def test_at_its_edge_the_window_is_closed_ten_minutes_early(case: WhatsAppCase) -> None:
    case.writes("no hay agua en la colonia Reforma desde hace ocho días", START)
    case.drains(START)
    case.refers(START + DAY - timedelta(minutes=11))
    assert [claim.message.template for claim in case.claims(START + DAY - timedelta(minutes=11))] == [None]
    with case.office.sessions() as session:
        conversation = session.scalars(select(Conversation)).one()
        ways = [
            way_of(session, case.office, conversation, "notice.answered", START + DAY - timedelta(minutes=m))
            for m in (11, 10, 9)
        ]
    assert ways == [Way.FREE, Way.HELD, Way.HELD]


def test_without_a_template_a_notice_is_held_and_leaves_when_the_person_writes(case: WhatsAppCase) -> None:
    _opened(case)
    assert case.claims(START + DAY) == []
    assert case.states()[-1] == ("notice.referred", "held")
    case.writes("buenas, ¿cómo va?", START + DAY * 2)
    assert case.claims(START + DAY * 2)[0].message.text.startswith("Su petición")
    assert "held" not in {state for _, state in case.states()}


def test_a_template_that_says_it_all_goes_in_the_notices_place(case: WhatsAppCase) -> None:
    case.with_templates()
    _opened(case)
    [claim] = case.claims(START + DAY)
    assert claim.message.template is not None
    assert claim.message.template.content_sid == "HX" + "ab" * 16
    folio, agency = claim.message.template.variables
    assert claim.message.text == f"Su petición {folio} ya está con {agency}. Le avisamos aquí."
    with case.office.sessions() as session:
        row = session.get_one(Reply, claim.reply_id)
        assert row.template is not None
        assert (row.template["language"], row.template["version"]) == ("es_MX", "3")


def test_an_answer_is_held_behind_one_invitation_however_many_there_are(case: WhatsAppCase) -> None:
    case.with_templates()
    referral = _opened(case)
    case.drains(START + DAY)
    case.answers(referral, START + DAY * 2)
    [invitation] = case.drains(START + DAY * 2)
    assert invitation.message.template is not None
    assert invitation.message.text.startswith("Hay respuesta a ")
    assert case.drains(START + DAY * 3) == []
    held = [purpose for purpose, state in case.states() if state == "held"]
    assert held == ["notice.answered", "ask.solved"]
    case.writes("sí", START + DAY * 3)
    texts = [claim.message.text for claim in case.drains(START + DAY * 3)]
    assert ANSWER in texts[0]
    assert [claim for claim in texts if claim.startswith("Hay respuesta")] == []


def test_an_invitation_that_has_not_left_is_dropped_when_the_person_writes(case: WhatsAppCase) -> None:
    case.with_templates()
    referral = _opened(case)
    case.drains(START + DAY)
    case.answers(referral, START + DAY * 2)
    [claim] = claim_due(case.office, START + DAY * 2)  # the answer is held, the invitation meets a busy Twilio
    with at(START + DAY * 2):
        settle_failure(case.office, claim, SendError("20429", "too many at once", retryable=True))
    assert (INVITATION, "queued") in case.states()
    case.writes("¿ya hay algo?", START + DAY * 2)
    assert INVITATION not in {purpose for purpose, _ in case.states()}


def test_a_message_from_the_numbers_other_spelling_opens_the_window(case: WhatsAppCase) -> None:
    _opened(case)
    assert case.claims(START + DAY) == []
    case.writes("buenos días", START + DAY, NEW)
    gone = case.drains(START + DAY)
    assert {claim.address for claim in gone} == {OLD, NEW}


def test_a_window_that_whatsapp_calls_closed_is_closed(case: WhatsAppCase) -> None:
    case.writes("no hay agua en la colonia Reforma desde hace ocho días", START)
    [claim] = claim_due(case.office, START)
    with at(START):
        settle_failure(case.office, claim, SendError("63016", "outside", window_closed=True))
    assert claim_due(case.office, START + timedelta(minutes=5)) == []
    assert case.states()[0][1] == "held"
    case.writes("hola", START + timedelta(hours=1))
    assert case.drains(START + timedelta(hours=1))


@pytest.mark.parametrize("is_reported", [False, True])
def test_a_template_that_is_refused_as_too_late_is_not_sent_again_and_again(
    case: WhatsAppCase, *, is_reported: bool
) -> None:
    _opened(case.with_templates())
    late = START + DAY * 2
    [claim] = claim_due(case.office, late)
    assert claim.message.template is not None
    if is_reported:
        settle_all(case.office, [(claim, f"SM{claim.reply_id:032x}")])
        [reply] = case.replies("notice.referred")
        case.reports(reply, "undelivered", late, sid=f"SM{claim.reply_id:032x}", code="63016")
    else:
        with at(late):
            settle_failure(case.office, claim, SendError("63016", "outside", window_closed=True))
    assert case.states()[-1] == ("notice.referred", "failed")
    assert case.drains(late + DAY) == []


def test_out_of_the_window_a_doubtful_message_is_looked_for_and_not_sent_again(case: WhatsAppCase) -> None:
    case.writes("no hay agua en la colonia Reforma desde hace ocho días", START)
    [claim] = claim_due(case.office, START)  # Twilio's answer never came
    twilio = Unlisted()
    outside = replace(case.office, channels={ChannelName.WHATSAPP: twilio})
    with at(START + DAY):
        assert asyncio.run(Sender(outside).send_due()) == 1
    assert (twilio.asked, twilio.sent) == ([claim.message.text], [])
    assert case.claims(START + DAY) == []
    assert case.states()[0][1] == "held"
    case.writes("¿me leyeron?", START + DAY)
    assert claim.reply_id in {again.reply_id for again in case.drains(START + DAY)}


def test_a_doubtful_reply_is_not_taken_for_an_earlier_one_in_the_same_words(case: WhatsAppCase) -> None:
    """Twilio's list tells two thanks within five seconds apart only by the ids that it gave before."""
    case.writes("muchas gracias", START)
    first = {f"SM{claim.reply_id:032x}" for claim in case.drains(START)}
    case.writes("gracias, muy amables", START)
    [claim] = claim_due(case.office, START)  # Twilio's answer never came
    twilio = Unlisted()
    again = replace(case.office, channels={ChannelName.WHATSAPP: twilio})
    with at(START + timedelta(minutes=1)):
        assert asyncio.run(Sender(again).send_due()) == 1
    assert (twilio.asked, twilio.known) == ([claim.message.text], first)


def test_a_template_that_did_not_leave_in_time_gives_the_word_back(case: WhatsAppCase) -> None:
    case.with_templates()
    _opened(case)
    [claim] = claim_due(case.office, START + DAY)
    assert claim.message.template
    with at(START + DAY):
        settle_failure(case.office, claim, SendError("20429", "too many at once", retryable=True))
    case.writes("buenas, ¿cómo va?", START + DAY)
    again = next(c for c in case.drains(START + DAY + timedelta(minutes=1)) if c.reply_id == claim.reply_id)
    assert again.message.template is None
    assert again.message.text.startswith("Su petición")
    assert case.replies("notice.referred")[0].words == again.message.text


def test_nothing_is_held_while_the_person_is_writing(case: WhatsAppCase) -> None:
    """On PostgreSQL a worker and a sender meet; SQLite has one writer at a time."""
    if case.office.engine.dialect.name == "sqlite":
        pytest.skip("one writer at a time")
    _opened(case)
    with case.office.sessions.begin() as session:
        conversation = session.scalars(select(Conversation).with_for_update()).one()
        conversation.last_inbound_at = START + DAY
        session.flush()
        assert case.claims(START + DAY) == []
        assert case.states()[-1] == ("notice.referred", "queued")
    assert len(case.claims(START + DAY)) == 1


def test_what_fills_a_template_is_one_line() -> None:
    filled = TEMPLATES["notice.referred"].fill({"folio": "JG-2026-1", "agency": "Sistema\nde   Agua\t"})
    assert filled
    assert filled[0].variables == ("JG-2026-1", "Sistema de Agua")


def test_an_empty_variable_is_no_template(case: WhatsAppCase) -> None:
    template = TEMPLATES["notice.referred"]
    assert template.fill({"folio": "JG-2026-1", "agency": " "}) is None


def test_an_answer_that_waits_for_two_days_is_a_task_once_and_ends_with_a_call(case: WhatsAppCase) -> None:
    referral = _opened(case)
    case.answers(referral, START + DAY)
    assert case.claims(START + DAY) == []
    assert review(case.office, START + DAY * 2) == 0
    assert review(case.office, START + DAY * 3) == 1
    assert review(case.office, START + DAY * 4) == 0
    [task] = list_open(case.office)
    assert task.reason == "held"
    close(case.office, case.officer, task.id, Outcome.TOLD, Means.CALL, "contestó su hija")
    assert list_open(case.office) == []
    with case.office.sessions() as session:
        assert session.scalars(select(Petition.status)).one() == "NOTIFICADA"


def test_a_refused_answer_is_a_task_and_one_that_came_after_all_is_none(case: WhatsAppCase) -> None:
    case.writes("no hay agua en la colonia Reforma desde hace ocho días", START)
    case.drains(START)
    referral = case.refers(START)
    case.answers(referral, START)
    for claim in claim_due(case.office, START + timedelta(seconds=5)):
        settle_all(case.office, [(claim, "SM1")])
    [claim] = claim_due(case.office, START + timedelta(seconds=10))
    settle_failure(case.office, claim, SendError("63005", "content rejected"))
    assert review(case.office, START + timedelta(minutes=1)) == 1
    assert [task.reason for task in list_open(case.office)] == ["failed"]
    with case.office.sessions.begin() as session:
        _answer(session).delivery = "delivered"
    review(case.office, START + timedelta(minutes=2))
    assert list_open(case.office) == []


def _answer(session: Session) -> Reply:
    return session.scalars(select(Reply).where(Reply.purpose == "notice.answered")).one()


GOOD = """
templates:
  notice.answered:
    content_sid: HX00000000000000000000000000000000
    language: es_MX
    version: 1
    approved_on: 2026-01-15
    carries: notice
    body: "Hay respuesta a {{1}} aquí."
    variables: [folio]
"""


def test_a_template_is_read_as_it_stands(tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_text(GOOD, encoding="utf-8")
    template = load_templates(tmp_path / "t.yaml")["notice.answered"]
    assert (template.version, template.carries, template.variables) == ("1", Carries.NOTICE, ("folio",))
    assert load_templates(tmp_path / "none.yaml") == {}


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ("notice.whatever", "notice.answered", "no notice of that name"),
        ("HX0\n", "HX00000000000000000000000000000000\n", "content_sid"),
        ("[name]", "[folio]", "unknown variables"),
        ("respuesta aquí", "respuesta a {{1}} aquí", "needs {{1}}"),
        ("a {{1}}.", "a {{1}} aquí.", "neither first nor last"),
        ("    lang: es", "    language: es", "language is missing"),
        ("soon", "2026-01-15", "approved_on must be a day"),
        ("everything", "notice", "everything"),
        ("- a", "  notice.answered:", "no YAML"),
        ("templates: [1]\nx:", "templates:", "one entry for each purpose"),
        ("templates: {notice.answered: 7}\nx:", "templates:", "not the entries"),
    ],
)
def test_a_template_that_twilio_would_refuse_is_refused_at_start(
    tmp_path: Path, wrong: str, right: str, said: str
) -> None:
    assert right in GOOD
    (tmp_path / "t.yaml").write_text(GOOD.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(ValueError, match=said.replace("{", r"\{")):
        load_templates(tmp_path / "t.yaml")


def test_the_jurisdictions_own_file_can_be_read(office: Office) -> None:
    assert isinstance(office.jurisdiction.templates, Mapping)
