"""What a person writes after an answer, in their own words: that it is solved, that it is not, or something else.

«Se arregló, gracias» and «quedó muy bien» say it whatever stands first; «gracias» alone is for the answer, and so is
«quedo al pendiente»; «gracias, pero sigue igual» and «quedó a medias» say that it is not. Whoever says both, asks, or
tells of another problem is heard as what the message is by itself.
"""

import re
from collections.abc import Sequence

VERB = "solved:"  # what the choices' data begins with
WORDS_AT_MOST, YES_WORDS = 14, 8  # a «sí» that goes on for longer speaks of something else
YES_FIRST = frozenset({"si", "sip", "simon", "claro", "listo", "perfecto", "excelente", "resuelto", "solucionado"})
NO_FIRST = frozenset({"no", "nop", "nel", "nada", "todavia", "aun", "tampoco", "nunca", "nadie"})
DONE = frozenset(
    "quedo quedamos arreglaron arreglo arreglado arreglada resolvieron resolvio resuelto resuelta repararon reparado "
    "reparada solucionaron soluciono solucionado solucionada cumplieron compusieron compuso taparon".split()
)
BACK = frozenset("tenemos tengo hay llego llega sale salio funciona sirve volvio regreso cayo vinieron pasaron".split())
LETTERS = frozenset(
    "respuesta oficio notificacion mensaje aviso informacion correo documento carta contestacion".split()
)
WELL = frozenset({"todo", "bien"})
THANKING = frozenset("gracias bendiga bendigan pague paguen amable amables".split())
WITH_THANKS = THANKING | frozenset(
    "muchas muchisimas mil muy infinitas dios diosito el la los las le les lo se me a ay ah pues usted ustedes "
    "senorita senor joven licenciado licenciada por su sus tu respuesta atencion ayuda apoyo informacion todo".split()
)
# «Gracias, quedo al pendiente», «ya vi, gracias»: the answer was read, and what it promises is waited for.
AWAITED = frozenset(
    "espero esperamos esperando esperare esperaremos espera esperar pendiente pendientes atento atenta atentos estare "
    "estaremos ojala cuando vi lei enterado enterada recibi recibida recibido anote anotado entiendo entendi "
    "avisaron dicen dijeron quedaron tanto vaya".split()
)
PERSISTS = frozenset("igual sigue siguen".split())
FAILS = frozenset(
    "no nada nadie pero sigue siguen igual todavia falta faltan falto aun tampoco nunca mal medias incompleto "
    "incompleta peor vuelve descompuso descomponer".split()
)
LACKS = frozenset(
    "sin menos poco poquito poquita apenas solo nomas otra otro feo fea horrible pesimo pesima sucio sucia turbia "
    "miedo".split()
)
# «El ingeniero quedó de venir», «quedo a sus órdenes», «quedó un hoyo»: nothing is done by that.
PROMISED = re.compile(r"\b(?:quedo|quedamos) (?:de|en|a|para|una?)\b")
BADLY = re.compile(r"\bquedo (?:muy |bien |todo |toda )*(?:feo|fea|horrible|pesimo|pesima|suci[oa]|chuec[oa])\b")
IF = re.compile(  # «si pueden venir»: a condition, no yes; «sí» has its accent or its comma
    r"^\W*si\s+(?:(?:me|nos|lo|la|los|las|le|les|se)\s+)*(?:pueden?|podr[ií]an?|quieren?|gustan?|vienen?|van?|hay"
    r"|atienden?|mandan?|es posible|fuera|hubiera)\b"
)
OTHER = re.compile(
    r"\b(?:otr[oa]s? (?:problema|cosa|asunto|queja|reporte|peticion|tema)|ahora tambien|ademas|aparte)\b"
)
OTHERS = re.compile(  # «sí, arreglaron el de mi vecino»: nothing is said of one's own
    r"\b(?:vecin[oa]s?|l[oa]s demas|de al lado|de enfrente"
    r"|otr[oa]s? (?:calle|casa|cuadra|lado|colonia|poste|barrio|familia)s?)\b"
)
OURS_TOO = re.compile(
    r"\b(?:tambien|tod[oa]s|nos|quedamos|y (?:yo|nosotros|(?:el|la|lo|los|las) (?:mi[oa]s?|nuestr[oa]s?)))\b"
)
OURS_NOT = re.compile(
    r"\b(?:(?:el|la|lo|los|las) (?:mi[oa]s?|nuestr[oa]s?)|a (?:mi|nosotros)) (?:todavia |aun |pues )?no\b"
)
_WHO = (
    "los las el la unos un del de al a mi me nos aqui ahi casa calle colonia escuela luz agua cfe drenaje basura "
    "comision municipio soapa ingeniero ingenieros trabajadores trabajador cuadrilla brigada senor senores muchachos "
    "tecnicos maestro maestra doctor doctora medico ver revisar checar hoy ayer temprano tarde manana noche por fin "
    "pues otra vez lunes martes miercoles jueves viernes sabado domingo esta en gracias muchas ya si"
)
VISITED = re.compile(  # «ya vinieron los del agua»: whether that solved it is not said
    rf"(?:(?:hola|buen[oa]s|dias|tardes|noches|oiga|oigan|si|pues|hoy|ayer|ya|por|fin) )*"
    rf"(?:vinieron|vino|pasaron|llegaron|llego|volvio|regreso|estuvieron)(?: (?:{'|'.join(_WHO.split())}))*"
)
NO_AND_MORE = re.compile(r"^\W*no\b\s*[,.;:!]")


def meaning(text: str, words: Sequence[str], kind: str) -> str | None:
    """`yes`, `no` or None. `words`: the text without accents and punctuation; `kind`: as the mind reads it."""
    answer = _meaning(text, words, kind)
    line = " ".join(words)
    if DONE & set(words) and OURS_NOT.search(line):
        return "no"
    return None if answer == "yes" and is_of_others(words) else answer


def is_of_others(words: Sequence[str]) -> bool:
    """It tells of what was done at somebody else's."""
    line = " ".join(words)
    return OTHERS.search(line) is not None and OURS_TOO.search(line) is None


def is_news(words: Sequence[str]) -> bool:
    """«Ya vinieron», «arreglaron el de mi vecino»: of the petition that has its answer, and no word on whether it is
    solved."""
    is_others = len(words) <= WORDS_AT_MOST and bool(DONE & set(words)) and is_of_others(words)
    return is_others or VISITED.fullmatch(" ".join(words)) is not None


def _meaning(text: str, words: Sequence[str], kind: str) -> str | None:
    said = set(words)
    if not words or only_thanks(words) or OTHER.search(" ".join(words)):
        return None
    if kind in ("yes", "no"):
        is_doubted = is_conditional(text) or (len(words) > 1 and bool(said & (AWAITED | FAILS)))
        is_doubted = is_doubted or PROMISED.search(" ".join(words)) is not None
        return None if kind == "yes" and is_doubted else kind
    if len(words) > WORDS_AT_MOST or "?" in text:
        return None
    return "no" if _is_not(text, words) else "yes" if _is_done(text, words) else None


def is_conditional(text: str) -> bool:
    return IF.match(text.lower()) is not None


def only_thanks(words: Sequence[str]) -> bool:
    """For the answer, whatever it says: nobody has said that it is solved."""
    return bool(THANKING & set(words)) and set(words) <= WITH_THANKS


def _is_not(text: str, words: Sequence[str]) -> bool:
    """«No, nadie ha venido», «viene igual de sucia», «quedó a medias». Never «no hay problema, ya quedó»."""
    said, line = set(words), " ".join(words)
    is_well = bool(said & (DONE | THANKING | {"bien"}))
    if (words[0] in NO_FIRST and not is_well) or BADLY.search(line):
        return True
    if "ya no" in line or (words[0] in NO_FIRST and "ya" in said):
        return False
    persists = bool(said & PERSISTS) and ("pero" in said or not (is_well or words[0] in YES_FIRST | {"ya"}))
    return persists or NO_AND_MORE.match(text.lower()) is not None or bool(said & DONE and said & FAILS)


def _is_done(text: str, words: Sequence[str]) -> bool:
    said = set(words)
    is_promised = PROMISED.search(" ".join(words)) is not None and not said & {"bien", "perfecto", "excelente"}
    if said & (FAILS | AWAITED | LACKS) or is_promised or is_conditional(text):
        return False
    is_back = "ya" in said and bool(said & BACK) and bool(said & THANKING)
    if said & BACK and said & LETTERS:  # «ya me llegó su respuesta, gracias»: it was read
        return False
    is_yes = words[0] in YES_FIRST and len(words) <= YES_WORDS
    return is_yes or bool(said & DONE) or is_back or _says_done(words)


def _says_done(words: Sequence[str]) -> bool:
    """«Ya», and thanks with a «ya» or with all being well: by themselves they are for the answer."""
    said = set(words)
    if words[0] in ("ya", "todo"):
        return len(words) == 1 or bool(said & (THANKING | {"bien"}))
    return bool(said & THANKING) and ("ya" in said or said >= WELL)
