"""Words that mean one thing whatever the model thinks: what the help text offers, a bare yes or no, a bare folio.

Language only. Called by the reader before the model.
"""

import re

from nlp.normalise import read_words
from nlp.reading import MessageKind

WORDS_AT_MOST = 4
FOLIO = re.compile(
    r"\b[a-z]{2,4}[\s\-–—_./]*20\d\d[\s\-–—_./]*(?:[0-9a-z][\s\-–—_.]?){5}[0-9a-z](?:[\s\-–—_./]*[0-9a-z])?\b"
    r"|\b(?=[a-z]*\d)[0-9a-z]{6}(?:-[0-9a-z])?\b",
    re.IGNORECASE,
)
SPOKEN = {
    MessageKind.STATUS_QUERY: "estado|estatus|status|folio|mi folio|mis folios|folios|mis peticiones|mi peticion"
    "|estado de mi peticion|estado del folio|ver folios|consultar folio|seguimiento|avance|como va|que paso",
    MessageKind.HELP: "ayuda|menu|opciones|help|instrucciones|inicio|informacion|info",
    MessageKind.HUMAN: "persona|humano|asesor|agente|operador|una persona|hablar con una persona|hablar con alguien",
    MessageKind.CANCEL: "cancelar|cancela|cancelo|alto|baja|parar|stop|cancelar peticion|retirar",
    MessageKind.PRIVACY: "privacidad|mis datos|aviso de privacidad|aviso|datos personales|derechos arco|arco",
    MessageKind.INTERPRETER: "interprete|traductor|traductora|necesito interprete|quiero interprete",
    MessageKind.YES: "si|sip|simon|claro|claro que si|asi es|aja|correcto|acepto|de acuerdo|ok|okey|sale|va"
    "|si por favor",
    MessageKind.NO: "no|nop|nel|para nada|no gracias|tampoco|negativo|no acepto",
}
COMMANDS = {tuple(words.split()): kind for kind, spoken in SPOKEN.items() for words in spoken.split("|")}


def find_command(text: str) -> MessageKind | None:
    """The kind that a text means by itself, None for all others. A folio counts as no word: «estado 004K7Q»."""
    if len(text) > 120:
        return None
    rest = FOLIO.sub(" ", text)
    words = [word.text for word in read_words(rest) if word.text not in "?!" and word.text.isalnum()]
    if not words and rest != text:
        return MessageKind.STATUS_QUERY
    return COMMANDS.get(tuple(words)) if len(words) <= WORDS_AT_MOST else None
