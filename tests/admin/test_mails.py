"""Letters to staff: who gets which, what stands in them and what never does, and a mail server that has its days."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from admin.app import STAFF_TEXTS
from bot.texts import Catalogue
from intake.accounts.staff import Member, set_active
from intake.clock import at, utc_now
from intake.database import reading
from intake.notices import escalating
from intake.notices.digests import write_digests
from intake.notices.duty import Fallback
from intake.notices.duty_roster import NewShift, add_shift, set_fallback
from intake.notices.escalating import note_overdue
from intake.notices.mail_wishes import OwnWish, Wish, set_wish
from intake.notices.posting import claim_due, post_due, send, settle
from intake.office import Office
from intake.staff_texts import load_staff_texts
from intake.tables.mind import SuggestionRow
from intake.tables.notices import Mail, MailWish
from intake.tables.petitions import Referral
from intake.triage.alarms import mark
from intake.triage.consulting import consult, reply
from intake.triage.referrals import Choice, answer, decide, give_back
from intake.triage.undoing import UNDO_FOR, undo
from tests.admin.conftest import Case, refers, says
from tests.mail_server import Post, mail_server
from tests.talk import Talk

WORDS = "no hay agua en la colonia Reforma desde hace ocho días"


@pytest.fixture
def post() -> Iterator[Post]:
    with mail_server() as one:
        yield one


@pytest.fixture
def office(office: Office, post: Post) -> Office:
    """One that has a mail server."""
    mail = {"smtp_host": "127.0.0.1", "smtp_port": post.port, "smtp_security": "none"}
    sender = {"mail_from": "avisos@canaliza.test", "staff_url": "https://personal.canaliza.test"}
    return replace(office, settings=office.settings.model_copy(update={**mail, **sender}))


@pytest.fixture
def texts(office: Office) -> Catalogue:
    loaded = load_staff_texts(STAFF_TEXTS, office)
    assert isinstance(loaded, Catalogue)
    return loaded


Wishes = Callable[..., None]


@pytest.fixture
def wishes(office: Office, members: dict[str, Member]) -> Wishes:
    """These members have an address; the letters that greet them are out of the way."""

    def wish(*names: str, of: Wish = Wish.IMMEDIATE) -> None:
        with office.sessions.begin() as session:
            for name in names:
                row = MailWish(
                    staff_id=members[name].id, address=f"{name}@soapa.test", wish=of.value, confirmed_at=utc_now()
                )
                session.merge(row)

    return wish


def _written(office: Office) -> list[tuple[str, str]]:
    """Kind and addressee of every letter that is to be sent."""
    rows = select(Mail.kind, MailWish.address).join(MailWish, MailWish.staff_id == Mail.staff_id)
    with reading(office.sessions) as session:
        found = session.execute(rows.where(Mail.state == "waiting").order_by(Mail.id))
        return [(kind, address.split("@")[0]) for kind, address in found]


def _state(office: Office) -> tuple[str, str | None]:
    with reading(office.sessions) as session:
        row = session.scalars(select(Mail).order_by(Mail.id.desc()).limit(1)).one()
        return row.state, row.outcome


def test_a_new_referral_reaches_the_agencys_people_and_tells_nothing_of_the_person(
    office: Office, members: dict[str, Member], wishes: Wishes, case: Case, post: Post, texts: Catalogue
) -> None:
    wishes("enlace-soapa", "titular-soapa", "enlace-cabien", "oficial")
    referral = refers(office, members["oficial"], case, "SOAPA")
    assert sorted(_written(office)) == [("created", "enlace-soapa"), ("created", "titular-soapa")]
    assert post_due(office, texts) == 2
    letter = next(one for one in post.letters if one["To"] == "enlace-soapa@soapa.test")
    assert letter["Subject"] == f"Turno nuevo: {case.folio}"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["List-Unsubscribe"] == "<https://personal.canaliza.test/mi-cuenta#avisos>"
    bodies = [part.get_content() for part in letter.walk() if part.get_content_maintype() == "text"]
    assert len(bodies) == 2
    for body in bodies:
        assert f"https://personal.canaliza.test/turnos/{referral}" in body
        assert "Sistema Operador" in body
        assert "Último día para responder a la persona: " in body
        assert "agua en la colonia" not in body
        assert "c1" not in body
    assert _state(office) == ("sent", "250")
    assert post_due(office, texts) == 0


@pytest.mark.parametrize("wish", [Wish.DIGEST, Wish.NONE])
def test_who_did_not_ask_for_it_gets_nothing_at_once(
    office: Office, members: dict[str, Member], wishes: Wishes, case: Case, wish: Wish
) -> None:
    wishes("enlace-soapa", of=wish)
    refers(office, members["oficial"], case, "SOAPA")
    assert _written(office) == []


def test_without_a_mail_server_nothing_is_written(
    office: Office, members: dict[str, Member], wishes: Wishes, case: Case
) -> None:
    wishes("enlace-soapa")
    without = office.settings.model_copy(update={"smtp_host": ""})
    refers(replace(office, settings=without), members["oficial"], case, "SOAPA")
    assert _written(office) == []


def test_what_was_undone_before_it_left_is_not_told(
    office: Office, members: dict[str, Member], wishes: Wishes, case: Case, texts: Catalogue
) -> None:
    wishes("enlace-soapa")
    choice = Choice(case.matter_id, "SOAPA", case.version)
    referral = decide(office, members["oficial"], case.folio, choice, hold=UNDO_FOR)
    assert _written(office) == [("created", "enlace-soapa")]
    assert post_due(office, texts) == 0
    undo(office, members["oficial"], referral)
    assert _written(office) == []


def test_a_returned_one_is_told_to_all_but_who_returned_it(
    office: Office, members: dict[str, Member], wishes: Wishes, case: Case
) -> None:
    referral = refers(office, members["oficial"], case, "SOAPA")
    wishes("enlace-soapa", "titular-soapa", "enlace-cabien", "oficial", "administra")
    give_back(office, members["enlace-soapa"], referral, "Le toca al municipio.")
    assert sorted(_written(office)) == [("returned", "oficial"), ("returned", "titular-soapa")]


def test_a_question_to_another_agency_and_its_word_are_told_to_who_is_meant(
    office: Office, members: dict[str, Member], wishes: Wishes, referral_id: int
) -> None:
    wishes("enlace-soapa", "enlace-cabien", "enlace-sego")
    asked = consult(office, members["enlace-soapa"], referral_id, "CABIEN", "¿El tubo es de su red?")
    assert _written(office) == [("consulted", "enlace-cabien")]
    reply(office, members["enlace-cabien"], asked, "No, es de la red municipal.")
    assert _written(office) == [("consulted", "enlace-cabien"), ("consultation_replied", "enlace-soapa")]


def test_an_agency_that_gets_a_copy_is_told_when_it_cannot_be_taken_back(
    office: Office, members: dict[str, Member], wishes: Wishes, case: Case
) -> None:
    wishes("enlace-cabien")
    with office.sessions.begin() as session:
        for row in session.scalars(select(SuggestionRow).where(SuggestionRow.matter_id == case.matter_id)):
            row.agency, row.trace = "SOAPA", [*row.trace, {"copies": ["CABIEN"]}]
    choice = Choice(case.matter_id, "SOAPA", case.version)
    referral = decide(office, members["oficial"], case.folio, choice, hold=timedelta(seconds=10))
    assert _written(office) == [("copied", "enlace-cabien")]
    undo(office, members["oficial"], referral)
    assert _written(office) == []


def test_a_reopened_one_is_told_to_the_office_and_to_who_had_answered_it(
    office: Office, members: dict[str, Member], wishes: Wishes, case: Case
) -> None:
    referral = refers(office, members["oficial"], case, "SOAPA")
    answer(office, members["enlace-soapa"], referral, "La cuadrilla reparó la tubería este lunes por la mañana.")
    wishes("enlace-soapa", "oficial")
    talk = Talk(office, "c1")
    talk.works()
    talk.says("no")
    assert _written(office) == [("reopened", "enlace-soapa"), ("reopened", "oficial")]


def test_an_emergency_goes_to_who_is_on_duty_whatever_their_wish(
    office: Office, members: dict[str, Member], wishes: Wishes, post: Post, texts: Catalogue
) -> None:
    wishes("oficial", "administra", of=Wish.NONE)
    now = utc_now().astimezone(office.jurisdiction.zone)
    hours = NewShift(members["administra"].id, now.date(), (now - timedelta(minutes=30)).time(), now.time())
    begins = replace(hours, day=(now - timedelta(minutes=30)).date())
    add_shift(office, members["administra"], replace(begins, ends=begins.begins))
    case = says(office, "c1", "mi marido me quiere matar")
    assert _written(office) == [("emergency", "administra")]
    mark(office, members["oficial"], case.folio, "violencia", "La señora corre peligro.")
    assert _written(office) == [("emergency", "administra")]
    post_due(office, texts)
    said = post.letters[0].as_string()
    assert case.folio in said
    assert "marido" not in said
    assert "violencia" not in said.lower()


def test_with_nobody_on_duty_it_goes_to_whom_the_roster_names(
    office: Office, members: dict[str, Member], wishes: Wishes
) -> None:
    wishes("oficial", "administra")
    says(office, "c1", "mi marido me quiere matar")
    assert _written(office) == [("emergency", "oficial")]
    set_fallback(office, members["administra"], Fallback.NOBODY)
    says(office, "c2", "mi esposo me quiere matar")
    assert _written(office) == [("emergency", "oficial")]


def test_a_term_that_is_over_is_told_once_for_each_step(
    office: Office, members: dict[str, Member], wishes: Wishes, case: Case, post: Post, texts: Catalogue
) -> None:
    referral = refers(office, members["oficial"], case, "SOAPA")
    wishes("enlace-soapa", "enlace-cabien")
    assert note_overdue(office, utc_now()) == 0
    with at(utc_now() + timedelta(days=9)):
        assert note_overdue(office, utc_now()) == 1
        assert note_overdue(office, utc_now() + timedelta(hours=1)) == 0
        post_due(office, texts)
    body = post.letters[0].get_body(("plain",))
    assert body
    assert f"{case.folio}: aceptar o devolver" in body.get_content()
    assert f"/turnos/{referral}" in body.get_content()
    with at(utc_now() + timedelta(days=90)):
        assert note_overdue(office, utc_now()) == 1
        assert note_overdue(office, utc_now()) == 0


def test_of_more_than_a_letter_lists_the_number_is_told(
    office: Office,
    members: dict[str, Member],
    wishes: Wishes,
    case: Case,
    post: Post,
    texts: Catalogue,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They are not told again: whoever is not told of them here never is."""
    monkeypatch.setattr(escalating, "ITEMS_AT_MOST", 1)
    for one in (case, says(office, "c8", WORDS), says(office, "c9", WORDS)):
        refers(office, members["oficial"], one, "SOAPA")
    wishes("enlace-soapa")
    with at(utc_now() + timedelta(days=9)):
        assert note_overdue(office, utc_now()) == 1
        post_due(office, texts)
    assert post.letters[0]["Subject"] == "3 plazos vencidos"
    body = post.letters[0].get_body(("plain",))
    assert body
    assert "Y 2 más." in body.get_content()
    assert "https://personal.canaliza.test/vencimientos" in body.get_content()


def _working_day(office: Office, hour: int) -> datetime:
    """A Wednesday without anything to celebrate."""
    return datetime(2027, 3, 3, hour, 30, tzinfo=office.jurisdiction.zone)


def test_the_digest_comes_on_working_days_from_its_hour_on_and_once(
    office: Office, members: dict[str, Member], wishes: Wishes, post: Post, texts: Catalogue
) -> None:
    with at(_working_day(office, 7) - timedelta(days=7)):
        refers(office, members["oficial"], says(office, "c1", WORDS), "SOAPA")
        says(office, "c2", WORDS)
    wishes("enlace-soapa", "oficial", of=Wish.DIGEST)
    wishes("enlace-cabien")
    for moment in (_working_day(office, 7), _working_day(office, 9) + timedelta(days=3)):
        with at(moment):
            assert write_digests(office, moment) == 0
    moment = _working_day(office, 9)
    with at(moment):
        assert write_digests(office, moment) == 2
        assert write_digests(office, moment + timedelta(hours=3)) == 0
        assert post_due(office, texts) == 2
    told = {str(letter["To"]).split("@")[0]: letter for letter in post.letters}
    assert told.keys() == {"enlace-soapa", "oficial"}  # the other agency has nothing open
    assert told["enlace-soapa"]["Subject"] == "Sus plazos de hoy: 1 vencido"
    assert told["oficial"]["Subject"] == "Sus plazos de hoy: 2 vencidos"
    body = told["enlace-soapa"].get_body(("plain",))
    assert body
    assert "Plazos abiertos al miércoles 3 de marzo:" in body.get_content()
    assert "agua" not in body.get_content()


def test_the_digest_counts_copies_that_nobody_opened_and_is_not_written_for_them_alone(
    office: Office, members: dict[str, Member], wishes: Wishes, post: Post, texts: Catalogue
) -> None:
    moment = _working_day(office, 9)
    with at(moment - timedelta(days=7)):
        refers(office, members["oficial"], says(office, "c1", WORDS), "CABIEN")
        case = says(office, "c2", WORDS)
        with office.sessions.begin() as session:
            own = select(SuggestionRow).where(SuggestionRow.matter_id == case.matter_id)
            row = session.scalars(own.order_by(SuggestionRow.id.desc())).first()
            assert row
            row.agency, row.trace = "SOAPA", [*row.trace, {"copies": ["CABIEN", "SEGO"]}]
        referral = refers(office, members["oficial"], case, "SOAPA")
    wishes("enlace-cabien", "enlace-sego", of=Wish.DIGEST)
    with at(moment):
        assert write_digests(office, moment) == 1
        post_due(office, texts)
    [letter] = post.letters
    assert str(letter["To"]).startswith("enlace-cabien@")  # the other one has nothing open: copies ask nothing of it
    body = letter.get_body(("plain",))
    assert body
    assert "hay una copia sin abrir" in body.get_content()
    assert "https://personal.canaliza.test/copias" in body.get_content()
    with at(moment + timedelta(days=1)):
        answer(office, members["enlace-soapa"], referral, "Una cuadrilla reparó la fuga el lunes por la tarde.")
        assert write_digests(office, moment + timedelta(days=1)) == 1
        post_due(office, texts)
    body = post.letters[1].get_body(("plain",))
    assert body
    assert "sin abrir" not in body.get_content()


def test_a_letter_whose_receipt_was_lost_goes_again_under_the_same_id(
    office: Office, members: dict[str, Member], wishes: Wishes, case: Case, post: Post, texts: Catalogue
) -> None:
    wishes("enlace-soapa")
    refers(office, members["oficial"], case, "SOAPA")
    now = utc_now()
    (first,) = claim_due(office, texts, now)
    assert claim_due(office, texts, now) == []
    send(office.settings, [first])
    later = now + timedelta(minutes=11)
    (second,) = claim_due(office, texts, later)
    (outcome,) = send(office.settings, [second])
    settle(office, first, outcome, later)
    assert _state(office)[0] == "waiting"  # the lease was the second one's by then
    settle(office, second, outcome, later)
    assert _state(office) == ("sent", "250")
    assert len({str(letter["Message-ID"]) for letter in post.letters}) == 1
    assert len(post.letters) == 2


def test_a_server_that_cannot_now_is_asked_again_until_the_day_is_over(
    office: Office, members: dict[str, Member], wishes: Wishes, case: Case, post: Post, texts: Catalogue
) -> None:
    wishes("enlace-soapa")
    refers(office, members["oficial"], case, "SOAPA")
    post.answers["DATA"] = ["451 luego", "451 luego"]
    assert post_due(office, texts) == 1
    assert _state(office) == ("waiting", "451")
    assert post_due(office, texts) == 0  # not at once
    with at(utc_now() + timedelta(hours=24)):
        post_due(office, texts)
    assert _state(office) == ("dead", "451")


def test_an_address_that_the_server_refuses_is_dead_and_keeps_no_other_letter(
    office: Office, members: dict[str, Member], wishes: Wishes, case: Case, post: Post, texts: Catalogue
) -> None:
    wishes("enlace-soapa", "titular-soapa")
    refers(office, members["oficial"], case, "SOAPA")
    post.answers["RCPT"] = ["550 nadie"]
    assert post_due(office, texts) == 2
    with reading(office.sessions) as session:
        assert sorted(session.scalars(select(Mail.state))) == ["dead", "sent"]


def test_no_password_is_given_to_a_server_that_does_not_seal_the_way(
    office: Office, members: dict[str, Member], wishes: Wishes, case: Case, post: Post, texts: Catalogue
) -> None:
    wishes("enlace-soapa")
    refers(office, members["oficial"], case, "SOAPA")
    settings = office.settings.model_copy(update={"smtp_security": "starttls", "smtp_user": "u", "smtp_password": "p"})
    post_due(replace(office, settings=settings), texts)
    assert _state(office) == ("waiting", "SMTPNotSupportedError")
    assert post.letters == []


def test_whose_account_was_closed_gets_nothing_any_more(
    office: Office, members: dict[str, Member], wishes: Wishes, case: Case, texts: Catalogue
) -> None:
    wishes("enlace-soapa")
    refers(office, members["oficial"], case, "SOAPA")
    set_active(office, members["administra"], members["enlace-soapa"].id, is_active=False)
    assert post_due(office, texts) == 0


def test_without_an_address_what_waited_is_not_sent(
    office: Office, members: dict[str, Member], wishes: Wishes, case: Case, texts: Catalogue
) -> None:
    wishes("enlace-soapa")
    refers(office, members["oficial"], case, "SOAPA")
    set_wish(office, members["enlace-soapa"], OwnWish("", Wish.NONE))
    assert post_due(office, texts) == 0
    assert _state(office) == ("skipped", "no_address")


def test_a_referral_of_another_agency_is_of_no_concern(
    office: Office, members: dict[str, Member], wishes: Wishes, case: Case
) -> None:
    wishes("enlace-cabien", "enlace-sego")
    refers(office, members["oficial"], case, "SOAPA")
    with reading(office.sessions) as session:
        assert session.scalars(select(Referral.agency)).all() == ["SOAPA"]
    assert _written(office) == []
