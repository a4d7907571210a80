"""Drafts of answers on both databases: kept, and never there when their referral has ended."""

import pytest

from intake.accounts.staff import Member, NewAccount, Role, add_account
from intake.answers.drafts import Kept, keep_draft, list_drafts, put_in, take_back
from intake.errors import Stale
from intake.office import Office
from intake.petitions.case import get_petition, list_matters
from intake.triage.referrals import Choice, answer, decide
from tests.talk import Talk

WORDS = "La cuadrilla va el jueves a cambiar la válvula."


@pytest.fixture
def officer(office: Office) -> Member:
    with office.sessions.begin() as session:
        row = add_account(session, office.jurisdiction, NewAccount("ofi", "ofi", Role.OFFICER, "contraseña larga"))
        return Member(row.id, "ofi", "ofi", Role.OFFICER, None, "")


@pytest.fixture
def referral(office: Office, officer: Member, talk: Talk) -> int:
    talk.says("no hay agua en la colonia Reforma de la ciudad de Oaxaca desde hace ocho días")
    folio = talk.petitions()[0].folio
    with office.sessions() as session:
        petition = get_petition(session, folio)
        choice = Choice(list_matters(petition)[0].id, "SOAPA", petition.version)
    return decide(office, officer, folio, choice)


def test_a_draft_grows_is_replaced_taken_back_and_ends_with_its_answer(
    office: Office, officer: Member, referral: int
) -> None:
    assert keep_draft(office, officer, referral, WORDS) == Kept.SAVED
    assert keep_draft(office, officer, referral, WORDS) == Kept.SAVED
    assert keep_draft(office, officer, referral, f"{WORDS} Más.") == Kept.SOON
    put_in(office, officer, referral, WORDS, f"{WORDS}\n\nPlantilla")
    [draft] = list_drafts(office, officer, referral)
    assert (draft.text, draft.may_undo) == (f"{WORDS}\n\nPlantilla", True)
    take_back(office, officer, referral)
    [draft] = list_drafts(office, officer, referral)
    assert (draft.text, draft.may_undo) == (WORDS, False)
    answer(office, officer, referral, WORDS)
    assert list_drafts(office, officer, referral) == []
    assert keep_draft(office, officer, referral, WORDS) == Kept.CLOSED
    with pytest.raises(Stale):
        put_in(office, officer, referral, WORDS, WORDS)
    assert list_drafts(office, officer, referral) == []
