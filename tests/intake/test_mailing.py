"""Letters, told terms and the roster on both databases: written once, leased once, with every kind of value in them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from admin.app import STAFF_TEXTS
from bot.channels import Channel
from bot.console import Console
from bot.messages import ChannelName
from intake.accounts.staff import Member, NewAccount, Role, add_account
from intake.clock import at, utc_now
from intake.database import reading
from intake.jurisdiction import Jurisdiction
from intake.meetings.agreeing import NewAgreement, agree
from intake.meetings.kinds import Kind as MeetingKind
from intake.meetings.planning import Plan, hold_meeting, plan_meeting
from intake.meetings.writing_to_liaisons import note_due_agreements
from intake.notices.calendar_links import find_owner, make_link
from intake.notices.digests import write_digests
from intake.notices.duty import on_duty
from intake.notices.duty_roster import NewShift, add_shift, copy_week
from intake.notices.escalating import note_escalated, note_overdue
from intake.notices.letters import write_letter
from intake.notices.mail_wishes import OwnWish, Wish, set_wish
from intake.notices.mailing import Kind, put
from intake.notices.posting import Outcome, claim_due, post_due, settle, tend
from intake.office import Office
from intake.petitions.case import get_petition, list_matters
from intake.settings import Settings
from intake.staff_texts import load_staff_texts
from intake.tables.notices import Mail, MailWish, ToldTerm
from intake.tables.petitions import Referral
from intake.terms.term_events import list_events
from intake.triage.referrals import Choice, accept, decide
from intake.wiring import build_office
from tests.admin.keyword_reader import keyword_reader
from tests.mail_server import Post, mail_server
from tests.talk import Talk

MONDAY = datetime(2027, 3, 1, 17, tzinfo=UTC)  # 11:00 in Oaxaca


@pytest.fixture
def post() -> Iterator[Post]:
    with mail_server() as one:
        yield one


@pytest.fixture
def office(database_url: str, post: Post, jurisdiction: Jurisdiction, tmp_path: Path) -> Iterator[Office]:
    """One that has a mail server, and a mind that knows a few words."""
    mail: dict[str, Any] = {"smtp_host": "127.0.0.1", "smtp_port": post.port, "smtp_security": "none"}
    settings = Settings(
        database_url=database_url,
        secret_key="k" * 32,
        files_url=f"file://{tmp_path}/files",
        model_dir=str(tmp_path / "model"),
        quiet_s=0,
        mail_from="avisos@canaliza.test",
        **mail,
    )
    mind = keyword_reader(settings.jurisdiction_dir / "places")
    further: dict[ChannelName, Channel] = {ChannelName.CONSOLE: Console()}
    built = build_office(settings, further=further, reader=mind, jurisdiction=jurisdiction)
    yield built
    built.engine.dispose()


def _member(office: Office, name: str, role: Role, agency: str | None = None) -> Member:
    with office.sessions.begin() as session:
        account = NewAccount(name, name, role, "una frase muy larga", agency)
        return Member(add_account(session, office.jurisdiction, account).id, name, name, role, agency, "")


@pytest.fixture
def officer(office: Office) -> Member:
    return _member(office, "oficial", Role.OFFICER)


@pytest.fixture
def liaison(office: Office) -> Member:
    member = _member(office, "enlace", Role.LIAISON, "SOAPA")
    set_wish(office, member, OwnWish("enlace@soapa.test", Wish.IMMEDIATE))
    with office.sessions.begin() as session:
        session.get_one(MailWish, member.id).confirmed_at = utc_now()
    return member


def _wants(office: Office, member: Member) -> Member:
    with office.sessions.begin() as session:
        address = f"{member.username}@canaliza.test"
        session.merge(MailWish(staff_id=member.id, address=address, wish=Wish.IMMEDIATE.value, confirmed_at=utc_now()))
    return member


def _refers(office: Office, officer: Member) -> str:
    talk = Talk(office, "c1")
    talk.says("no hay agua en la colonia Reforma desde hace ocho días")
    petition = talk.petitions()[0]
    with reading(office.sessions) as session:
        matter = list_matters(get_petition(session, petition.folio))[0].id
    decide(office, officer, petition.folio, Choice(matter, "SOAPA", petition.version))
    return petition.folio


def test_all_letters_of_a_referrals_life_arrive_once(
    office: Office, officer: Member, liaison: Member, post: Post
) -> None:
    texts = load_staff_texts(STAFF_TEXTS, office)
    with at(MONDAY):
        folio = _refers(office, officer)
        tend(office)
    for days in (8, 8, 60, 60):
        with at(MONDAY + timedelta(days=days)):
            write_digests(office, utc_now())
            note_overdue(office, utc_now())
    with at(MONDAY + timedelta(days=8)):
        while post_due(office, texts):
            pass
    with at(MONDAY + timedelta(days=60)):
        while post_due(office, texts):
            pass
    subjects = sorted(str(letter["Subject"]) for letter in post.letters)
    assert subjects == [  # the greeting was months old by then
        "Sus plazos de hoy: 1 en verde",
        "Sus plazos de hoy: 1 vencido",
        "Sus plazos de hoy: 1 vencido",
        f"Turno nuevo: {folio}",
        "Un plazo vencido",
        "Un plazo vencido",
    ]


def test_one_key_makes_one_letter_and_two_processes_lease_it_once(office: Office, liaison: Member) -> None:
    texts, now = load_staff_texts(STAFF_TEXTS, office), utc_now()
    data = {"folio": "JG-2026-ABCDEF-1", "agency": None, "due_on": "2027-03-01", "path": "/turnos/1"}
    for _ in range(2):
        with office.sessions.begin() as session:
            put(session, office, Kind.CREATED, [liaison.id], data, now, key="created-1")
    with reading(office.sessions) as session:
        assert session.scalars(select(Mail.data).where(Mail.key == "created-1")).all() == [data]
    with ThreadPoolExecutor(4) as pool:
        claims = list(pool.map(lambda _: claim_due(office, texts, now + timedelta(seconds=1)), range(4)))
    assert sum(len(claim) for claim in claims) == 2  # the greeting and the letter


def test_a_term_is_noted_as_told_once_though_two_look_at_once(office: Office, officer: Member, liaison: Member) -> None:
    with at(MONDAY):
        _refers(office, officer)

    def look(_: int) -> int:
        with at(MONDAY + timedelta(days=8)):
            return note_overdue(office, utc_now())

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(look, range(4))) == 1
    with reading(office.sessions) as session:
        assert session.scalars(select(ToldTerm.step)).all() == ["acceptance"]


def test_a_term_goes_up_to_the_head_and_to_the_office_by_letter_and_each_is_told_once(
    office: Office, officer: Member, liaison: Member, post: Post
) -> None:
    """Turned on Monday 1 March: two days to accept, five to answer, the whole until Tuesday the 16th."""
    texts = load_staff_texts(STAFF_TEXTS, office)
    for member in (officer, _member(office, "titular", Role.HEAD, "SOAPA"), _member(office, "ajena", Role.HEAD, "DIF")):
        _wants(office, member)
    with at(MONDAY):
        folio = _refers(office, officer)
    told: dict[int, list[tuple[str, str]]] = {}
    for day in (1, 2, 3, 5, 11, 12, 16, 17):
        now = MONDAY + timedelta(days=day - 1)
        with at(now):
            first, again = note_escalated(office, now), note_escalated(office, now)
            assert again == 0
            before = len(post.letters)
            while post_due(office, texts):
                pass
            letters = [(str(one["To"]).split("@")[0], str(one["Subject"])) for one in post.letters[before:]]
            told[day] = sorted(one for one in letters if "a punto" in one[1] or "le toca" in one[1])
            assert len(told[day]) == first
            if day == 5:
                with reading(office.sessions) as session:
                    referral = session.scalars(select(Referral.id)).one()
                accept(office, liaison, referral)
    assert told == {
        1: [],
        2: [],
        3: [("enlace", "Un plazo a punto de vencer")],
        5: [],  # over: that is another letter
        11: [("titular", "Un plazo que ya le toca a usted como titular")],
        12: [("enlace", "Un plazo a punto de vencer")],
        16: [("oficial", "Un plazo que ya le toca a la oficina")],
        17: [],
    }
    to_office = next(one for one in post.letters if "oficina" in one["Subject"]).get_body(("plain",))
    assert to_office
    assert f"{folio}: responder, viernes 12 de marzo (vencida); ya le toca a la oficina" in to_office.get_content()
    assert f"/peticiones/{folio}" in to_office.get_content()


def test_the_mornings_digest_says_what_has_gone_up(office: Office, officer: Member, post: Post) -> None:
    texts = load_staff_texts(STAFF_TEXTS, office)
    _wants(office, officer)
    with at(MONDAY):
        folio = _refers(office, officer)
    with at(MONDAY + timedelta(days=15)):
        assert write_digests(office, utc_now()) == 1
        while post_due(office, texts):
            pass
    digest = next(one for one in post.letters if "Sus plazos de hoy" in one["Subject"]).get_body(("plain",))
    assert digest
    line = f"{folio}: aceptar o devolver, miércoles 3 de marzo (vencida); ya le toca a la oficina"
    assert line in digest.get_content()


def test_a_calendar_is_found_by_its_link_and_lists_the_agencys_terms(
    office: Office, officer: Member, liaison: Member
) -> None:
    with at(MONDAY):
        folio = _refers(office, officer)
        token = make_link(office, liaison)
        with reading(office.sessions) as session:
            owner = find_owner(session, token)
            assert owner == liaison
            assert find_owner(session, token + "x") is None
            events = list_events(session, office, owner)
            assert [(event.folio, event.step) for event in events] == [(folio, "acceptance"), (folio, "whole")]
            assert [event.folio for event in list_events(session, office, officer)] == [folio]


def test_a_shift_is_found_at_its_hours_and_a_week_later_when_it_was_copied(office: Office, officer: Member) -> None:
    keeper = replace(officer, role=Role.ADMINISTRATOR)
    week = timedelta(days=7)
    with at(MONDAY):
        add_shift(office, keeper, NewShift(officer.id, MONDAY.date(), time(10), time(12)))
        assert copy_week(office, keeper, MONDAY.date() + week) == 1
        assert copy_week(office, keeper, MONDAY.date() + week) == 0
    with reading(office.sessions) as session:
        there = [len(on_duty(session, MONDAY + later)) for later in (timedelta(), timedelta(hours=1), week)]
    assert there == [1, 0, 1]


def test_a_letter_that_was_settled_is_not_settled_again(office: Office, liaison: Member, post: Post) -> None:
    texts, now = load_staff_texts(STAFF_TEXTS, office), utc_now()
    (errand,) = claim_due(office, texts, now)
    settle(office, errand, Outcome("451"), now)
    (again,) = claim_due(office, texts, now + timedelta(hours=1))
    settle(office, again, Outcome("250"), now)
    settle(office, errand, Outcome("550", is_final=True), now)
    with reading(office.sessions) as session:
        assert session.execute(select(Mail.state, Mail.outcome)).one() == ("sent", "250")


def test_a_letter_that_cannot_be_written_keeps_none_back(office: Office, liaison: Member, post: Post) -> None:
    """A later version of the program may have put it there."""
    texts, now = load_staff_texts(STAFF_TEXTS, office), utc_now()
    with office.sessions.begin() as session:
        row = session.scalars(select(Mail)).one()
        row.kind = "of_tomorrow"
    with office.sessions.begin() as session:
        put(session, office, Kind.GREETING, [liaison.id], {}, now, key="greeting-2")
    with at(now + timedelta(seconds=1)):
        while post_due(office, texts):
            pass
    assert len(post.letters) == 1
    with reading(office.sessions) as session:
        assert session.scalars(select(Mail.state).order_by(Mail.id)).all() == ["waiting", "sent"]


def test_the_responsible_liaison_is_written_to_before_an_agreements_day_and_once_when_it_is_over(
    office: Office, officer: Member, liaison: Member
) -> None:
    plan = Plan(MeetingKind.POLITICAL, "Reunión", MONDAY - timedelta(hours=1), "Palacio")
    with at(MONDAY):
        number = plan_meeting(office, officer, plan)
        hold_meeting(office, officer, number)
        agree(office, officer, number, NewAgreement("Reparar la bomba", date(2027, 3, 5), ["SOAPA"]))
        agree(office, officer, number, NewAgreement("Pintar", date(2027, 3, 5), ["CABIEN"]))
    for days in (0, 2, 3, 8, 9):  # Monday, Wednesday, Thursday; then the Tuesday and Wednesday after its Friday
        with at(MONDAY + timedelta(days=days)):
            note_due_agreements(office, utc_now())
    with reading(office.sessions) as session:
        rows = session.scalars(select(Mail).where(Mail.kind == Kind.AGREEMENT.value).order_by(Mail.id)).all()
    assert [(row.staff_id, row.data["step"]) for row in rows] == [(liaison.id, "soon"), (liaison.id, "late")]
    letter = write_letter(
        load_staff_texts(STAFF_TEXTS, office), office.jurisdiction, "https://x", Kind.AGREEMENT, rows[0].data
    )
    assert "El acuerdo 1" in letter.text
    assert "https://x/acuerdos/1" in letter.text
    assert "bomba" not in letter.text
