"""Answers that wait until it is safe to read them, in the rows of both databases."""

import pytest
from sqlalchemy import select

from intake.accounts.staff import Member, NewAccount, Role, add_account
from intake.clock import utc_now
from intake.office import Office
from intake.petitions.case import list_matters
from intake.tables.outgoing import Reply, ReservedWords
from intake.tables.petitions import Petition
from intake.triage.dossier import open_dossier
from intake.triage.referrals import Choice, answer, decide
from intake.triage.speech import Delivery
from intake.triage.tasks import list_open, review
from tests.talk import Talk

WORDS = "La esperamos mañana a las 10 en el módulo."


@pytest.fixture
def officer(office: Office) -> Member:
    with office.sessions.begin() as session:
        row = add_account(session, office.jurisdiction, NewAccount("ofi", "ofi", Role.OFFICER, "contraseña larga"))
        return Member(row.id, "ofi", "ofi", Role.OFFICER, None, "")


def _in_danger(talk: Talk) -> Petition:
    replies = talk.says("mi esposo me golpea todos los días y hoy me amenazó con matarme con la pistola")
    assert "¿Es seguro escribirle por este chat?" in replies[-1]
    return talk.petitions()[0]


def _answer(office: Office, officer: Member, petition: Petition) -> None:
    with office.sessions() as session:
        current = session.get_one(Petition, petition.id)
        choice = Choice(list_matters(current)[0].id, "MUJERES", current.version)
    answer(office, officer, decide(office, officer, petition.folio, choice), WORDS)


def test_the_answer_is_told_only_after_a_yes_and_again_when_it_is_asked_for(
    office: Office, talk: Talk, officer: Member
) -> None:
    petition = _in_danger(talk)
    talk.says("sí")
    _answer(office, officer, petition)
    talk.works()
    assert "ya tiene respuesta" in talk.replies()[-1]
    assert not any(WORDS in reply for reply in talk.replies())
    assert talk.petitions()[0].status == "RESPONDIDA"
    waiting = [item for item in open_dossier(office, officer, petition.folio).speech if WORDS in item.text]
    assert [item.delivery for item in waiting] == [Delivery.RESERVED]

    told = talk.says("sí")
    assert WORDS in told[0]
    assert "¿Esta respuesta resuelve" in told[1]
    assert talk.petitions()[0].status == "NOTIFICADA"
    talk.says(f"estado {petition.folio}")
    assert WORDS in talk.says("sí")[0]
    with office.sessions() as session:
        assert session.scalars(select(ReservedWords.read_at)).one() is not None


def test_where_it_is_not_safe_nothing_leaves_and_a_person_finds_another_way(
    office: Office, talk: Talk, officer: Member
) -> None:
    petition = _in_danger(talk)
    assert talk.says("no, él revisa mi celular") == []
    before = len(talk.replies())
    _answer(office, officer, petition)
    talk.works()
    with office.sessions() as session:
        late = session.scalars(select(Reply).order_by(Reply.id)).all()[before:]
        assert [(reply.purpose, reply.state, reply.error_code) for reply in late] == [
            ("notice.ready", "failed", "unsafe")
        ]
    assert review(office, utc_now()) == 1
    assert [(task.folio, task.reason) for task in list_open(office)] == [(petition.folio, "unsafe")]
    dossier = open_dossier(office, officer, petition.folio)
    assert dossier.phone is None
    assert "person" in dossier.flags


def test_what_is_on_its_way_when_it_is_not_safe_does_not_leave(office: Office, talk: Talk, officer: Member) -> None:
    petition = _in_danger(talk)
    _answer(office, officer, petition)
    talk.sends("no es seguro")
    talk.thinks()
    with office.sessions() as session:
        assert session.scalars(select(Reply.id).where(Reply.state == "queued")).all() == []
        withheld = select(Reply.purpose).where(Reply.error_code == "unsafe").order_by(Reply.id)
        assert session.scalars(withheld).all() == ["notice.sensitive", "notice.ready"]
