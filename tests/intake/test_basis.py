"""What a turn was decided on, as it is kept: whole when it comes back, and small."""

import json

import pytest
from hypothesis import given
from sqlalchemy import select

from bot.state import State
from intake.office import Office
from intake.tables.incoming import Message
from intake.thinking.basis import pack, unpack
from nlp.reading import MessageKind, Reading, Suggestion
from tests.bot.test_dialogue import FACTS, HELD, STATES, facts
from tests.talk import Talk

READING = Reading(MessageKind.PETITION, 0.9, None, (Suggestion("CEABIEN", 0.81239),), None, "m-1")


@given(state=STATES, known=FACTS)
def test_state_and_facts_come_back_as_they_were(state: State, known: object) -> None:
    basis = unpack(json.loads(json.dumps(pack(state, known, READING))))  # type: ignore[arg-type]
    assert basis
    assert (basis.state, basis.facts) == (state, known)
    assert (basis.ranking, basis.model_version) == ((("CEABIEN", 0.8124),), "m-1")


@pytest.mark.parametrize("kept", [None, {}, {"facts": {"now": "ayer"}, "state": {}, "ranking": [], "model": None}])
def test_what_is_not_understood_any_more_is_nothing(kept: dict[str, object] | None) -> None:
    assert unpack(kept) is None


def test_a_fact_that_a_later_version_dropped_is_left_out() -> None:
    kept = pack(State(), facts(petitions=HELD), READING)
    kept["facts"]["weather"] = "rain"
    basis = unpack(kept)
    assert basis
    assert basis.facts == facts(petitions=HELD)


def test_every_message_that_the_dialogue_hears_keeps_it(office: Office, talk: Talk) -> None:
    talk.says("no hay agua en mi colonia desde el lunes, nadie nos dice nada")
    talk.says("xoxocotlan")
    with office.sessions() as session:
        kept = session.scalars(select(Message.basis).order_by(Message.id)).all()
    first, second = (unpack(one) for one in kept)
    assert first
    assert second
    assert (first.facts.kind, first.state.awaiting) == ("petition", None)
    assert (second.facts.petitions[0].folio, second.state.folio) == (talk.petitions()[0].folio,) * 2
    assert max(len(json.dumps(one)) for one in kept) < 2_000
