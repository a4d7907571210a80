"""Whatever people write and however they pause: nobody waits in vain, no acknowledgement is missing or said twice.

`CANALIZA_CHATS` says how many chats on each database; without it as many as `make test` has time for.
"""

import os
import random
from collections.abc import Sequence

import pytest

from intake.office import Office
from intake.petitions.states import NEEDS_TRIAGE, Status
from tests.chat import Chat

WRITTEN = (
    "hola",
    "buenas tardes",
    "no hay agua",
    "en la colonia Reforma",
    "tlaxiaco",
    "san juan mixtepec",
    "es que llevamos quince días sin agua en la agencia y nadie viene a ver qué pasa",
    "en Ciudad Ixtepec se fue la luz en toda la manzana desde ayer",
    "también falta el maestro de quinto grado en la primaria",
    "gracias",
    "sí",
    "no",
    "2",
    "MIS FOLIOS",
    "AYUDA",
    "CANCELAR",
    "se está quemando la casa de al lado hay gente adentro",
    "👍",
    "perdón, es en Santa Lucía del Camino",
    "quiero hablar con una persona",
    "la bomba del pozo se quemó y por eso no hay agua en toda la agencia desde hace quince días",
    "es de lo mismo",
    "es otro problema",
    "que no sepan quién soy",
    "tengo 13 años y en mi secundaria no hay baños",
    "mi curp es XEXX010101HNEXXXA4",
    "puedo seguirlo por telegram?",
    "desenlazar",
)
PAUSES_S = (0.0, 1.0, 3.0, 4.5, 5.0, 9.0, 12.0, 19.0, 25.0, 70.0, 400.0)  # exact in binary
Written = tuple[float, str]
ENOUGH_S = 3 * 60 + 30


@pytest.mark.parametrize("seed", range(int(os.environ.get("CANALIZA_CHATS", "5"))))
def test_everybody_is_answered_and_each_petition_acknowledged_once(office: Office, seed: int) -> None:
    chance, chat, second = random.Random(seed), Chat.at(office), 0.0
    written: list[Written] = []
    for _ in range(14):
        chat.sees(second)
        text = chance.choice(WRITTEN)
        chat.says(text, second)
        written.append((second, text))
        second += chance.choice(PAUSES_S)
    chat.sees(second + ENOUGH_S)
    _nobody_waited_in_vain(chat, written)
    _each_petition_was_acknowledged_once(chat, written)
    _each_petition_has_a_next_step(chat, written)


def _nobody_waited_in_vain(chat: Chat, written: Sequence[Written]) -> None:
    for second, text in written:
        is_answered = any(second <= seen <= second + ENOUGH_S for seen, _, _ in chat.seen)
        assert is_answered, f"«{text}» at {second}\n{_transcript(chat, written)}"


def _each_petition_was_acknowledged_once(chat: Chat, written: Sequence[Written]) -> None:
    for petition in chat.talk.petitions():
        told = [purpose for _, purpose, text in chat.seen if petition.folio in text]
        acknowledged = sum(purpose in ("petition.received", "emergency.folio") for purpose in told)
        assert acknowledged >= 1 or "human" in told, f"{petition.folio}\n{_transcript(chat, written)}"
        assert acknowledged <= 1 or petition.emergency, f"{petition.folio}\n{_transcript(chat, written)}"


def _each_petition_has_a_next_step(chat: Chat, written: Sequence[Written]) -> None:
    """An officer's, while nobody has sent it on; none only when its citizen withdrew it."""
    for petition in chat.talk.petitions():
        status = Status(petition.status)
        assert status in NEEDS_TRIAGE or petition.closing_reason == "desistida", _transcript(chat, written)


def _transcript(chat: Chat, written: Sequence[Written]) -> str:
    lines = [(second, f"> {text}") for second, text in written] + [(s, f"  {p}: {t[:60]!r}") for s, p, t in chat.seen]
    return "\n".join(f"{second:7.1f} {line}" for second, line in sorted(lines, key=lambda line: line[0]))
