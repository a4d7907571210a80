"""What says that somebody was attended badly, and nothing else: it is no thanks, whatever it looks like to the mind."""

import re

WORDS_AT_MOST = 10
_BEFORE = r"(?:(?:y|pero|pues|oiga|oigan|la verdad|ay|uy|hola|gracias|bueno|ya|me|nos|se) )*"
_BAD = r"(?:mal(?:[oa]s?)?|pesim[oa]s?|horribles?|fe[oa]s?|lent[oa]s?)"
_ATTENTION = r"(?:servicio|atencion|trato)"
_LONG = r"(?:mucho|muchisimo|demasiado|bastante|un monton|una eternidad|siglos|anos|meses|semanas)"
_TO_COME = r"(?: (?:tiempo|en|para|venir|responder\w*|contestar\w*|atender\w*|arreglar\w*|resolver\w*|hacer\w*|caso))*"
BAD = re.compile(
    rf"{_BEFORE}(?:(?:que|un|una|el|la|su|muy|tan) )*(?:{_BAD} {_ATTENTION}"
    rf"|{_ATTENTION} (?:(?:es|fue|esta|muy|tan|bien|de lo mas) )*{_BAD}"
    rf"|(?:tardaron|tardan|tardaste|demoraron|demoran) {_LONG}{_TO_COME}"
    rf"|hasta que (?:por fin )?se (?:dignaron|acordaron|les ocurrio){_TO_COME}"
    r"|(?:son|fueron|se portaron|trataron|tratan|trato|atendieron|atendio|hablaron|hablo|contestaron|contesto)"
    r" (?:muy |bien |re |unos )*(?:groser[oa]s?|prepotentes|mal|pesimo|feo))"
    r"(?: (?:la verdad|gracias|de veras"
    r"|(?:cuando|los que|el que|la que) (?:vinieron|vino|hablaron|hablo|llamaron|llamo)"
    r"|(?:los|el|la|sus|su) (?:ingenieros?|trabajador(?:es)?|senorita|senor|licenciad[oa])(?: que vino)?))*"
)
LONG = re.compile(r"\b(?:tardaron|tardan|tardaste|demoraron|demoran|hasta que)\b")
COUNTER = re.compile(  # of an office that is not named
    r"(?:(?:hola|buen[oa]s|dias|tardes|noches|oiga|quiero decir que|fijese que|hoy|ayer) )*(?:(?:me|nos) )?"
    r"(?:trataron|trato|atendieron|atendio|hablaron|hablo|gritaron|grito|humillaron|corrieron)"
    r"(?: (?:muy|bien|re|mal|feo|pesimo|horrible|con groserias))* en (?:la|una|su|sus|las|el|un) "
    r"(?:ventanillas?|oficinas?|mostrador|modulo|caja|dependencia)"
)


def is_bad(words: str) -> bool:
    """`words`: lower case, without accents and punctuation."""
    return len(words.split()) <= WORDS_AT_MOST and BAD.fullmatch(words) is not None


def is_of_waiting(words: str) -> bool:
    """It took long: while an answer is waited for that is the complaint."""
    return LONG.search(words) is not None


def is_of_a_counter(words: str) -> bool:
    """«Me trataron mal en la ventanilla»: of which office has to be asked."""
    return COUNTER.fullmatch(words) is not None
