"""A right over one's own data is asked for in the chat: after a yes it has a folio and a term of its own."""

from datetime import datetime

import pytest

from intake.citizens.rights import list_requests
from intake.clock import at
from intake.office import Office
from intake.petitions.case import list_matters
from intake.thinking.suggestions import find_suggestion
from tests.talk import Talk

MONDAY = datetime.fromisoformat("2026-03-02T10:00:00-06:00")
ASKED = {
    "quiero que borren todos mis datos por favor": "cancellation",
    "quiero corregir mis datos": "rectification",
    "me opongo a que usen mis datos": "opposition",
}


@pytest.mark.parametrize(("text", "right"), ASKED.items())
def test_a_request_has_its_folio_and_its_term(office: Office, talk: Talk, text: str, right: str) -> None:
    with at(MONDAY):
        assert "¿Abrimos su solicitud" in talk.says(text)[-1]
        assert talk.petitions() == []
        told = talk.says("sí")[-1]
    (petition,) = talk.petitions()
    # Twenty working days after Monday 2 March; Monday the 16th is the holiday.
    assert (petition.data_right, petition.due_on.isoformat()) == (right, "2026-03-31")
    assert petition.folio in told
    assert "martes 31 de marzo (plazo por confirmar)" in told
    with office.sessions() as session:
        matter = list_matters(petition)[0]
        suggestion = find_suggestion(session, matter.id)
        assert [(one.folio, one.right, one.is_open) for one in list_requests(session)] == [
            (petition.folio, right, True)
        ]
    assert text in matter.text
    assert suggestion is not None
    assert suggestion.agency == "JGAB"


def test_a_no_opens_nothing_and_a_question_is_only_answered(office: Office, talk: Talk) -> None:
    talk.says("quiero que borren todos mis datos por favor")
    assert "no abrimos nada" in talk.says("no")[-1]
    assert "Los ve el personal" in talk.says("privacidad")[-1]
    assert talk.petitions() == []
