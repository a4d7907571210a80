"""What people say that is neither a matter nor an answer: who writes here, good-bye, «otra», «enterado», a number that
nobody asked for, a question about the petition at hand. Each is answered for what it is; none opens a petition."""

import re
from dataclasses import replace

from bot import alarm_talk, burst, channel_talk, follow_up, rating_talk
from bot.choices import plain
from bot.effects import Say
from bot.events import Said
from bot.known import Facts, PetitionFacts
from bot.place_talk import FRESH
from bot.state import Awaiting, State
from bot.turn import Texts, Turn

_HELLO = r"(?:(?:hola|oiga|disculpe|perdon|buen[oa]s?|dias?|tardes|noches|y|pero|entonces|gracias|muchas|ok|bueno) )*"
_END = r"(?: (?:por favor|gracias|muchas|a todos|senorita|joven|de verdad|real|aqui|ahi|verdad|usted|ustedes|o que))*"
_THING = r"(?:robot|bot|maquina|programa|persona|humano|humana|computadora|contestadora|ia|inteligencia artificial)"
WHO = re.compile(
    rf"{_HELLO}(?:(?:con|a) quien (?:hablo|estoy hablando|tengo el gusto|me comunico|le escribo|escribo|chateo)"
    r"|quien (?:es|eres|me contesta|me atiende|me escribe|me responde|contesta|responde|atiende)"
    rf"|(?:esto |usted )?(?:es|eres|sera|son|hablo con|estoy hablando con|me contesta|contesta)(?: ustedes| usted| tu)?"
    rf"(?: un| una)? {_THING}(?: o (?:un |una )?{_THING})?"
    r"|(?:ustedes |usted )(?:son|es)(?: (?:los|las|la|el))? (?:de|del)(?: la| los)?"
    rf" (?:cfe|soapa|agua|luz|municipio|ayuntamiento|gobierno|imss|bienestar|policia|presidencia)){_END}"
)
STATES = re.compile(rf"(?:esto |usted )?(?:es|eres|sera|son) (?:un |una )?{_THING}")
BYE = re.compile(
    rf"{_HELLO}(?:adios|hasta (?:luego|pronto|manana|la proxima|despues)|nos vemos|bye|salir|me despido|ya me voy"
    r"|que (?:tengan?|pasen?|este|esten) (?:un |una |muy )*(?:buen|buena|excelente|bonito|bonita|lindo|linda|bien)"
    rf"(?: (?:dia|tarde|noche|semana|fin de semana))?|que (?:le|les|te) vaya (?:muy )?bien){_END}"
)
_CASE = r"(?:peticion|queja|reporte|problema|asunto|cosa|solicitud|tema)"
ANOTHER = re.compile(
    rf"{_HELLO}(?:(?:quiero|quisiera|necesito|deseo|puedo|tengo|hacer|poner|reportar|levantar|meter|es|seria|ahora"
    r"|una?) )*"
    rf"(?:(?:otr[oa]|nuev[oa])(?: {_CASE})?|{_CASE} nuev[oa])(?: (?:mas|tambien|aparte|diferente|distint[oa]))?{_END}"
)
BEGIN = re.compile(  # «quiero poner una queja»: what about comes next
    rf"{_HELLO}(?:(?:(?:quiero|quisiera|necesito|deseo|vengo a|me gustaria|puedo|como puedo|como le hago para) )?"
    r"(?:hacer(?:les)?|poner(?:les)?|levantar|meter|presentar|reportar|pedir|tengo|quiero|necesito) (?:una? )?"
    rf"(?:{_CASE}|denuncia|pregunta|duda|consulta|algo)"
    rf"|(?:(?:pido|quiero|quisiera|necesito) )?(?:una )?(?:informes|informacion)){_END}"
)
FOLIO = re.compile(  # «perdí mi boleta con folio 123» and «en la fiscalía no me dan folio» speak of another one
    r"(?<!no )(?<!no me )\b(?:cual (?:es|era|seria)"
    r"|como (?:se|saco|consulto|veo|encuentro)|donde (?:veo|esta|encuentro|viene)"
    r"|(?:me )?(?:da|dan|pued[ae]n?(?: usted)? (?:dar|proporcionar|decir|mandar|pasar|enviar))(?:me)?|deme|dame|denme"
    r"|proporcion\w+|no (?:tengo|encuentro|me acuerdo|recuerdo|se)|perdi|se me perdio|olvide)\b"
    r"(?: (?:el|mi|su|un|de|del|numero|num|por|favor|a|que|cual|es|otra|vez))* folio\b"
)
FOLIO_WORDS, QUESTION_WORDS, FEW = 14, 6, 3
PRESSING, PRESSING_WORDS = frozenset({Awaiting.DATUM, Awaiting.SOLVED}), 12  # «¿dónde viene ese número?» asks back
READ = frozenset(  # the acknowledgement was read
    "enterado enterada entendido entendida espero esperamos esperare pendiente atento atenta recibido "
    "tanto ordenes".split()
)
AGREED = frozenset("ok okey oki va sale vale perfecto acuerdo excelente bien".split())
SEEN = READ | AGREED
WITH_SEEN = SEEN | frozenset(
    "esta muy aqui quedo quedamos al de gracias muchas listo claro si bueno pues entonces su respuesta por para favor "
    "le les los la lo el noticias a sus cualquier aclaracion duda hasta lunes martes miercoles jueves viernes sabado "
    "domingo manana".split()
)
WORDLESS = re.compile(r"[^\w?¿]+")  # «👍», «😡», «...»: nothing to keep
NUMBER = re.compile(r"^\W*(?!(?:911|089|066)\b)\d{1,6}\W*$")  # who writes 911 may be in danger: a person reads it
ASKS = re.compile(
    r"^(?:y |pero |oiga )*(?:a que|a q|que|cuando|cuanto|cuanta|cuantos|quien|como|porque|por que|para que)\b"
)


def heard(state: State, said: Said, facts: Facts, texts: Texts) -> Turn | None:
    """Words that mean one thing at any moment, whatever kind they look like; an open question stays open."""
    for beside in (alarm_talk.heard, alarm_talk.where, channel_talk.heard, follow_up.bad_service):
        if turn := beside(state, said, facts, texts):
            return turn
    words = plain(said.text)
    if said.has_files or said.has_location or said.is_edit:
        return None
    if facts.petitions and WORDLESS.fullmatch(said.text) and not rating_talk.is_answer(state, said, facts):
        key = "thanks" if facts.kind in ("thanks", "yes") else "sticker"
        return burst.small_talk(Turn(state, (Say(key, texts(key)),)), facts)
    if not words or facts.is_command:
        return None
    is_datum = state.awaiting == Awaiting.DATUM and "?" not in said.text  # «es una persona», «nueva» may answer that
    if WHO.fullmatch(words) and not (is_datum and STATES.match(words)):
        return Turn(state, (Say("who", texts("who")),))
    if BYE.fullmatch(words):
        return _farewell(state, facts, texts)
    if ANOTHER.fullmatch(words) and not (is_datum and re.search(_CASE, words) is None):
        free = replace(state.settle(), latest=None, latest_agency=None)
        return Turn(free, (Say("another", texts("another")),))
    if BEGIN.fullmatch(words) and not state.awaiting:
        return Turn(state, (Say("begin", texts("begin")),))
    is_folio = FOLIO.search(words) and not (is_datum and " mi folio" not in words)
    if is_folio and len(words.split()) <= FOLIO_WORDS and not facts.mentioned:
        return follow_up.status(state, facts, texts)
    return None


def small(state: State, said: Said, facts: Facts, texts: Texts) -> Turn | None:
    """What answers no open question and tells of no matter. None: it may tell of one."""
    if said.has_files or said.has_location or not said.text or facts.is_command:
        return None
    if is_number(said):
        return Turn(state, (Say("number", texts("number", number=said.text.strip())),))
    if is_seen(said):
        return burst.small_talk(Turn(state, (Say("thanks", texts("thanks")),)), facts)
    petition = facts.find(state.latest)
    if petition is None or not petition.is_open or not _asks_about_it(state, petition, said, facts):
        return None
    return follow_up.question_noted(state, petition, texts)


def is_number(said: Said) -> bool:
    return NUMBER.match(said.text) is not None


def is_seen(said: Said) -> bool:
    """«Enterado», «está bien, espero»."""
    words = set(plain(said.text).split())
    return bool(words & SEEN) and words <= WITH_SEEN


def is_only_read(said: Said) -> bool:
    """«Enterado, quedo al pendiente»: no yes to anything, which «ok» and «está bien» may be."""
    words = set(plain(said.text).split())
    return is_seen(said) and bool(words & READ) and not words & (AGREED | {"si"})


def is_question(said: Said, facts: Facts) -> bool:
    """It asks something: it is no datum and no place, unless it names one."""
    if facts.place or facts.place_options:
        return False
    return facts.kind == "info" and (said.text.rstrip().endswith("?") or ASKS.match(plain(said.text)) is not None)


def _asks_about_it(state: State, petition: PetitionFacts, said: Said, facts: Facts) -> bool:
    """«¿A qué hora vienen?», «cuánto tarda»: too little to be a matter, and the last talk was about that petition."""
    words = len(said.text.split())
    is_over = state.heard_at is None or facts.now - state.heard_at > FRESH
    if state.folio == petition.folio and is_question(said, facts):
        is_of_it = state.awaiting == Awaiting.DATUM and facts.understood in (None, petition.agency)
        return is_of_it or words <= (PRESSING_WORDS if state.awaiting in PRESSING else QUESTION_WORDS)
    if facts.kind != "info" or is_over or words > QUESTION_WORDS or facts.place or facts.place_options:
        return False
    return words <= FEW or facts.understood in (None, petition.agency)


def _farewell(state: State, facts: Facts, texts: Texts) -> Turn:
    petition = facts.find(state.latest)
    if petition and petition.is_open:
        return Turn(state, (Say("farewell.petition", texts("farewell.petition", folio=petition.folio)),))
    return Turn(state, (Say("farewell", texts("farewell")),))
