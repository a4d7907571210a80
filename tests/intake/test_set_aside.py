"""What may be of an open petition is kept apart until its writer says so, or for ten minutes."""

from datetime import timedelta

from sqlalchemy import select

from intake.clock import at, utc_now
from intake.office import Office
from intake.tables.citizens import Conversation
from intake.tables.incoming import Message, SetAsideMessage
from intake.tables.outgoing import Timer
from intake.thinking.timers import UNDECIDED, fire_due
from tests.talk import Talk

FIRST = "en Tlacolula de Matamoros falta el maestro de quinto grado en la primaria"
DETAIL = "mi niña lleva dos meses sin clases y la directora no da razón"
LATER = timedelta(hours=3)


def asked(office: Office) -> Talk:
    """The question is open."""
    talk = Talk(office, "console-apart")
    talk.says(FIRST)
    with at(utc_now() + LATER):
        (question,) = talk.says(DETAIL)
    assert "¿Esto es de lo mismo o es otro problema?" in question
    return talk


def left(office: Office) -> tuple[int, int]:
    """Messages that are kept apart, and timers that would end it."""
    with office.sessions() as session:
        timers = session.scalars(select(Timer).where(Timer.kind == "aside")).all()
        return len(session.scalars(select(SetAsideMessage)).all()), len(timers)


def test_meanwhile_it_belongs_to_no_petition(office: Office) -> None:
    talk = asked(office)
    assert len(talk.petitions()) == 1
    assert left(office) == (1, 1)


def test_of_the_same_it_is_the_petitions_and_read_with_it(office: Office) -> None:
    talk = asked(office)
    with at(utc_now() + LATER + timedelta(minutes=2)):
        talk.says("1")
    (petition,) = talk.petitions()
    with office.sessions() as session:
        texts = session.scalars(select(Message.text).where(Message.petition_id == petition.id)).all()
    assert texts == [FIRST, DETAIL]
    assert left(office) == (0, 0)


def test_without_an_answer_it_has_its_own_folio_by_night_too(office: Office) -> None:
    talk = asked(office)
    due = utc_now() + LATER + UNDECIDED
    with at(due + timedelta(hours=9)):
        assert fire_due(office, due - timedelta(minutes=1)) == 0
        assert fire_due(office, due + timedelta(minutes=1)) == 1
        assert fire_due(office, due + timedelta(minutes=2)) == 0
    first, second = talk.petitions()
    assert second.folio in talk.replies()[-2]
    with office.sessions() as session:
        own = session.scalars(select(Message.text).where(Message.petition_id == second.id)).all()
    assert own == [DETAIL]
    assert first.folio != second.folio
    assert left(office) == (0, 0)


def test_who_blocked_the_channel_has_the_petition_all_the_same(office: Office) -> None:
    talk = asked(office)
    with office.sessions.begin() as session:
        session.scalars(select(Conversation)).one().is_stopped = True
    fire_due(office, utc_now() + LATER + UNDECIDED + timedelta(minutes=1))
    assert len(talk.petitions()) == 2


def test_an_answer_in_time_leaves_nothing_for_the_timer(office: Office) -> None:
    talk = asked(office)
    with at(utc_now() + LATER + timedelta(minutes=2)):
        talk.says("es otro problema")
    assert len(talk.petitions()) == 2
    assert fire_due(office, utc_now() + LATER + UNDECIDED + timedelta(minutes=1)) == 0
    assert len(talk.petitions()) == 2


def test_the_same_words_again_are_the_petitions_and_no_second_text(office: Office) -> None:
    talk = Talk(office, "console-again")
    talk.says(FIRST)
    with at(utc_now() + timedelta(days=1)):
        (told,) = talk.says(FIRST.capitalize())
    (petition,) = talk.petitions()
    assert petition.folio in told
    assert "Si esta vez es otro problema, díganos." in told
    with office.sessions() as session:
        texts = session.scalars(select(Message.text).where(Message.petition_id == petition.id)).all()
    assert len(texts) == 2


def test_another_number_is_not_the_same_again(office: Office) -> None:
    talk = Talk(office, "console-number")
    talk.says("en Tlacolula de Matamoros no sirve la lámpara del poste número 12 de la calle Hidalgo")
    with at(utc_now() + timedelta(days=1)):
        (told,) = talk.says("en Tlacolula de Matamoros no sirve la lámpara del poste número 31 de la calle Hidalgo")
    assert "ya lo tenemos" not in told
