"""«Canalizar sola»: off until it is switched on, sure and plain petitions alone, and nothing is learnt from it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from intake.accounts.staff import Member
from intake.errors import Stale
from intake.mind import curves
from intake.mind.curves import list_cases
from intake.office import Office
from intake.petitions.case import get_petition
from intake.tables.incoming import InboundEvent
from intake.tables.mind import Decision, SuggestionRow
from intake.tables.outgoing import Reply
from intake.triage import promises
from intake.triage.promises import look
from intake.triage.referrals import Choice, decide
from intake.triage.undoing import UNDO_FOR, undo
from tests.admin.conftest import refers, says
from tests.staff import Browser
from tests.talk import Talk

WATER = "no hay agua en la colonia Reforma de Oaxaca de Juárez desde hace ocho días"
REASON = "Acuerdo de la coordinación"


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(curves, "CASES_MIN", 1)  # one decision instead of twenty,
    monkeypatch.setattr(curves, "DOUBT", 0)
    monkeypatch.setattr(promises, "WAITS", -timedelta(minutes=1))  # and nobody waits


def _sure(office: Office, *, is_sure: bool = True) -> None:
    with office.sessions.begin() as session:
        for row in session.query(SuggestionRow):
            row.is_sure = is_sure


def _status(office: Office, folio: str) -> str:
    with office.sessions() as session:
        return get_petition(session, folio).status


def test_it_is_off_until_an_administrator_switches_it_on(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member]
) -> None:
    refers(office, members["oficial"], says(office, "c1", WATER), "SOAPA")
    folio = says(office, "c2", WATER).folio
    _sure(office)
    assert look(office) == 0
    administrator = browser("administra")
    administrator.sends("/modelo/promesas/SOAPA", precision="0.95", encendida="true", motivo=REASON, vigente=0)
    assert "Encendida: canaliza sola" in administrator.opens("/modelo")
    assert look(office) == 1
    assert _status(office, folio) == "TURNADA"
    assert "la canalizó por la promesa" in browser("oficial").opens(f"/peticiones/{folio}")
    with office.sessions() as session:
        assert [row.is_machine for row in session.query(Decision).order_by(Decision.id)] == [False, True]
        assert len(list_cases(session)) == 1
    administrator.sends("/modelo/promesas/SOAPA", precision="0.95", motivo=REASON, vigente=1)
    other = says(office, "c3", WATER).folio
    _sure(office)
    assert look(office) == 0
    assert _status(office, other) == "RECIBIDA"


def test_what_is_unsure_or_pressing_waits_for_a_person(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member]
) -> None:
    refers(office, members["oficial"], says(office, "c1", WATER), "SOAPA")
    browser("administra").sends("/modelo/promesas/SOAPA", precision="0.95", encendida="true", motivo=REASON, vigente=0)
    folio = says(office, "c2", WATER).folio
    _sure(office, is_sure=False)
    assert look(office) == 0
    _sure(office)
    marks = ("is_urgent", "is_sensitive", "is_blocked", "is_minor", "wants_person", "needs_interpreter")
    for mark in marks:
        with office.sessions.begin() as session:
            setattr(get_petition(session, folio), mark, True)
        assert look(office) == 0, mark
        with office.sessions.begin() as session:
            setattr(get_petition(session, folio), mark, False)
    assert look(office) == 1


def test_a_promise_that_was_not_kept_cannot_be_made(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member]
) -> None:
    refers(office, members["oficial"], says(office, "c1", WATER), "CABIEN")
    administrator = browser("administra")
    administrator.sends("/modelo/promesas/SOAPA", precision="0.95", encendida="true", motivo=REASON, vigente=0)
    assert "todavía no muestran esa precisión" in administrator.opens("/modelo")
    assert promises.list_promises(office) == {}


def _with_promise(office: Office, browser: Callable[[str], Browser], members: dict[str, Member]) -> None:
    refers(office, members["oficial"], says(office, "c1", WATER), "SOAPA")
    browser("administra").sends("/modelo/promesas/SOAPA", precision="0.95", encendida="true", motivo=REASON, vigente=0)


@pytest.mark.parametrize(
    "text",
    [
        "no hay agua en la colonia Reforma desde hace ocho días",  # where is asked, and nobody has said it yet
        WATER + ", y aparte el camino está lleno de hoyos",
    ],
)
def test_an_open_question_and_several_matters_wait_for_a_person(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member], text: str
) -> None:
    _with_promise(office, browser, members)
    says(office, "c2", text)
    _sure(office)
    assert look(office) == 0


def test_copies_an_answered_doubt_and_what_is_still_said_wait_for_a_person(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member]
) -> None:
    _with_promise(office, browser, members)
    folio, talk = says(office, "c2", WATER).folio, Talk(office, "c2")
    _sure(office)
    with office.sessions.begin() as session:
        row = session.scalars(select(SuggestionRow).order_by(SuggestionRow.id.desc())).first()
        assert row is not None
        row.trace = [*row.trace, {"copies": ["CEABIEN"]}]
    assert look(office) == 0
    with office.sessions.begin() as session:
        for row in session.scalars(select(SuggestionRow)):
            row.trace = []
        get_petition(session, folio).matters[0].told = "SOAPA"
    assert look(office) == 0
    with office.sessions.begin() as session:
        get_petition(session, folio).matters[0].told = None
    talk.sends("ya son nueve días")
    assert look(office) == 0
    with office.sessions.begin() as session:
        session.execute(update(InboundEvent).values(state="processed"))
        session.execute(update(Reply).where(Reply.purpose == "petition.received").values(state="queued"))
    assert look(office) == 0
    with office.sessions.begin() as session:
        session.execute(update(Reply).values(state="accepted"))
    assert look(office) == 1


def test_what_may_be_a_complaint_waits_for_a_person(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member]
) -> None:
    _with_promise(office, browser, members)
    says(office, "c2", WATER)
    _sure(office)
    with office.sessions.begin() as session:
        row = session.scalars(select(SuggestionRow).order_by(SuggestionRow.id.desc())).first()
        assert row is not None
        row.ranking = [row.ranking[0], {"agency": "SHTFP", "probability": 0.06, "because": []}]
    assert look(office) == 0
    with office.sessions.begin() as session:
        row = session.scalars(select(SuggestionRow).order_by(SuggestionRow.id.desc())).first()
        assert row is not None
        row.ranking = [row.ranking[0], {"agency": "SHTFP", "probability": 0.04, "because": []}]
    assert look(office) == 1


def test_what_an_officer_took_back_is_not_sent_again(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member]
) -> None:
    _with_promise(office, browser, members)
    case = says(office, "c2", WATER)
    _sure(office)
    choice = Choice(case.matter_id, "SOAPA", case.version)
    undo(office, members["oficial"], decide(office, members["oficial"], case.folio, choice, hold=UNDO_FOR))
    assert look(office) == 0


def test_what_was_read_anew_meanwhile_is_left(office: Office, members: dict[str, Member]) -> None:
    case = says(office, "c2", WATER)
    with pytest.raises(Stale):
        decide(office, members["administra"], case.folio, Choice(case.matter_id, "SOAPA", case.version, None, 99))
