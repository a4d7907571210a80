"""Questions about the channel itself: what it costs, when and where the office is, how long an answer takes.

Only what is known is said; hours and address of the office are no facts of the program, so a person is offered.
"""

import re

from bot.belonging import find_recent
from bot.choices import plain
from bot.effects import Say
from bot.events import Said
from bot.known import Facts
from bot.state import Awaiting, State
from bot.turn import Texts, Turn

_BEFORE = r"(?:(?:hola|oiga|oigan|disculpe|perdon|buen[oa]s?|dias?|tardes|noches|una|pregunta|y|pero|me|puede|decir) )*"
_AFTER = (
    r"(?: (?:por favor|gracias|aqui|este|esto|servicio|canal|chat|numero|escribir(?:les)?|por|el|la|usar|de|ustedes))*"
)
COST = re.compile(
    rf"{_BEFORE}(?:(?:esto |este servicio |este canal )?es gratis|es gratuito|(?:tiene|hay) (?:algun )?costo"
    rf"|cuanto (?:cuesta|cobran|vale)|cobran(?: algo)?){_AFTER}"
)
HOURS = re.compile(
    rf"{_BEFORE}(?:(?:a|en|de) que (?:hora|horario|dias?)s? "
    r"(?:atienden|abren|cierran|trabajan|contestan|responden|dan servicio)"
    rf"|(?:cual es|que) (?:su |el )?horario(?: tienen)?(?: de (?:atencion|oficina|servicio))?){_AFTER}"
)
PLACE = re.compile(
    rf"{_BEFORE}(?:(?:en )?(?:donde|adonde) (?:estan|quedan?|se encuentran|esta)"
    r"(?: ubicad[oa]s?| su oficina| la oficina| sus oficinas| las oficinas)*"
    rf"|cual es su (?:direccion|domicilio|ubicacion)){_AFTER}"
)
TERM = re.compile(
    rf"{_BEFORE}(?:(?:en )?cuanto (?:tiempo )?(?:tardan?|demoran?|se tardan?)|en cuantos dias (?:contestan|responden)"
    rf"|cuando (?:contestan|responden))(?: (?:en|responder|contestar|dar|respuesta|me|resolver|una))*{_AFTER}"
)
OFFICE = re.compile(
    r"\b(?:oficinas?|ventanillas?|modulos?|clinicas?|hospital|centro de salud|registro civil|ministerio publico|dif"
    r"|fiscalia|secretaria|transito|licencias|juzgado|delegacion|instituto|comision|direccion|procuraduria|defensoria"
    r"|dependencia|recaudacion|finanzas|palacio|ciudad judicial|ciudad administrativa|pensiones|catastro|notaria"
    r"|soapa|cfe|imss|issste|ieepo|semovi)\b"
)
_DATUM = r"(?:numero(?: de telefono)?|telefono|correo|direccion|domicilio|ubicacion|horario)"
OF_AN_OFFICE = re.compile(  # «¿dónde están las oficinas de tránsito?», «¿cuál es el teléfono de la fiscalía?»
    rf"{_BEFORE}(?:(?:en |a )?(?:donde|adonde) (?:estan?|quedan?|se encuentran?|estan? ubicad[oa]s?|encuentro)\b"
    r"|(?:a|en) que (?:hora|horario|dias?)s? (?:abren?|cierran?|atienden?|trabajan?)\b"
    r"|(?:cual es|tienen?|necesito|quiero|busco|(?:me )?(?:pueden?|podrian?) (?:dar|pasar|mandar|decir)(?:me)?"
    rf"|dar|decir|me dan?|me pasan?) (?:(?:el|su|un|la) )?{_DATUM} (?:de|del)\b)"
)
OFFICE_WORDS = 14
ASKED = {"about.cost": COST, "about.hours": HOURS, "about.place": PLACE, "about.term": TERM}
OF_THE_MATTER = frozenset(
    {"about.cost", "about.term"}
)  # after a petition «¿cuánto cuesta?» is about what was asked for


def heard(state: State, said: Said, facts: Facts, texts: Texts) -> Turn | None:
    """Answered at once; an open question stays open. None: something else, or the petition at hand is meant."""
    words = plain(said.text)
    key = next((key for key, shape in ASKED.items() if shape.fullmatch(words)), None)
    if key is None or said.has_files or said.has_location or said.is_edit or state.awaiting == Awaiting.DATUM:
        return None
    if key in OF_THE_MATTER and find_recent(state, facts):
        return None
    return Turn(state, (Say(key, texts(key, due=facts.due_on)),))


def is_of_an_office(text: str) -> bool:
    """Where it is, when it opens, how to call it: the program has no such facts of any agency, so a person answers.

    It opens a folio: without one nobody would see the question; the officer's answer in the chat closes it (ORIENTADA).
    """
    words = plain(text)
    return (
        len(words.split()) <= OFFICE_WORDS
        and OF_AN_OFFICE.match(words) is not None
        and OFFICE.search(words) is not None
    )
