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
    r"|(?:son|fueron|se portaron|trataron|tratan|atendieron) (?:muy |bien |re |unos )*"
    r"(?:groser[oa]s?|prepotentes|mal|pesimo|feo))(?: (?:la verdad|gracias|de veras))?"
)


def is_bad(words: str) -> bool:
    """`words`: lower case, without accents and punctuation."""
    return len(words.split()) <= WORDS_AT_MOST and BAD.fullmatch(words) is not None
