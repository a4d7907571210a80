"""«Intérpretes»: a request goes from asked for to done, and each step is told in the citizen's chat."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from intake.clock import utc_now
from intake.office import Office
from intake.tables.outgoing import Reply
from intake.tables.petitions import Interpretation
from tests.staff import Browser
from tests.talk import Talk

WHEN = (utc_now() + timedelta(days=3)).strftime("%Y-%m-%dT10:00")


def _asks(office: Office) -> str:
    talk = Talk(office, "c1")
    talk.says("necesito un intérprete para hablar de mi terreno")
    talk.says("zapoteco de San Blas Atempa")
    return talk.petitions()[-1].folio


def _told(office: Office) -> list[str]:
    with office.sessions() as session:
        replies = session.scalars(select(Reply).order_by(Reply.id)).all()
        return [reply.purpose for reply in replies if reply.purpose.startswith("notice.")]


def test_a_request_is_seen_with_language_and_town(office: Office, browser: Callable[[str], Browser]) -> None:
    folio = _asks(office)
    for page in (browser("audita").opens("/interpretes"), browser("oficial").opens(f"/peticiones/{folio}")):
        assert "zapoteco" in page
        assert "San Blas Atempa" in page
        assert "Solicitado" in page


def test_each_step_is_noted_and_told(office: Office, browser: Callable[[str], Browser]) -> None:
    folio, officer = _asks(office), browser("oficial")
    path = f"/peticiones/{folio}/interprete"
    assert officer.sends(path, estaba="requested", pasa_a="assigned", interprete="Na Rosalba") == "/interpretes"
    place = {"cuando": WHEN, "donde": "Casa de la Cultura"}
    officer.sends(path, estaba="assigned", pasa_a="appointment", nota="llevar acta", **place)
    officer.sends(path, estaba="appointment", pasa_a="done")
    assert _told(office) == [f"notice.interpreter_{name}" for name in ("assigned", "appointment", "done")]
    with office.sessions() as session:
        row = session.scalars(select(Interpretation)).one()
        assert (row.state, row.interpreter, row.place) == ("done", "Na Rosalba", "Casa de la Cultura")
        said = session.scalars(select(Reply.text).where(Reply.purpose == "notice.interpreter_appointment")).one()
    assert "10:00 h" in said
    assert "Casa de la Cultura" in said
    assert "llevar acta" not in said
    assert "anotó que ya hubo intérprete" in officer.opens(f"/peticiones/{folio}")


def test_what_is_missing_is_said_and_nothing_is_told(office: Office, browser: Callable[[str], Browser]) -> None:
    folio, officer = _asks(office), browser("oficial")
    path = f"/peticiones/{folio}/interprete"
    page = officer.sends(path, 422, estaba="requested", pasa_a="assigned")
    assert "Escriba quién es el intérprete." in page
    gone = {"interprete": "Na Rosalba", "cuando": "2020-01-01T10:00", "donde": "Oficina"}
    assert "que todavía no pasan" in officer.sends(path, 422, estaba="requested", pasa_a="appointment", **gone)
    assert _told(office) == []


def test_two_officers_do_not_move_it_twice(office: Office, browser: Callable[[str], Browser]) -> None:
    folio = _asks(office)
    path = f"/peticiones/{folio}/interprete"
    browser("oficial").sends(path, estaba="requested", pasa_a="assigned", interprete="Na Rosalba")
    browser("administra").sends(path, 409, estaba="requested", pasa_a="assigned", interprete="Otra persona")
    assert _told(office) == ["notice.interpreter_assigned"]
