"""Whether a message goes on with a petition of the person's or is one by itself. Asks nobody: `same_talk` does."""

import re
from datetime import timedelta

from bot import burst
from bot.choices import plain
from bot.events import Said
from bot.known import Facts, PetitionFacts
from bot.place_talk import FRESH, SAME_TALK, is_only_where
from bot.state import State

FEW_WORDS, CAPTION_WORDS = 3, 8
NAME = re.compile(
    r"(?:(?:hola|disculpe|y|a nombre de|soy|yo) )*(?:mi nombre(?: completo)? es|me llamo)(?: [a-z]{2,}){1,5}"
)
HOME = re.compile(
    r"(?:(?:yo|y|pues) )*(?:(?:vivo|vivimos) en|mi (?:domicilio|direccion|casa) (?:es|esta)(?: en)?)(?: la| el)?"
    r" (?:calle|privada|andador|avenida|av|callejon|cerrada|calzada|prolongacion)(?: \w+){1,6} \d+\w?"
    r"(?: (?:altos|bajos|casa|color|porton|verde|azul|blanc[oa]|roj[oa]|amarill[oa]))*"
)
TELEPHONE = re.compile(r"(?<!\d)(?:\+?52[\s-]?)?(?:1[\s-]?)?\d(?:[\s.-]?\d){9}(?!\d)")
NUMBER_WORDS, NAME_WORDS = 10, 3
BESIDE_A_NUMBER = frozenset(  # «mi número de celular es…»; a name beside it is short
    "mi mis su el la es son este de del numero num cel celular tel telefono whatsapp whats contacto casa fijo movil a "
    "al para por favor me pueden puede llamar llamen llame marquen marcar localizar comunicarse y o en lada le les "
    "dejo paso aqui con que gracias".split()
)
# «Anexo oficio firmado y sellado», «aquí está la foto»: words that only name what is sent say nothing of whose it is.
PAPERS = frozenset(
    "oficio oficios anexo anexos adjunto adjunta documento documentos archivo pdf jpg foto fotos fotografia evidencia "
    "evidencias video videos copia escrito carta acta minuta recibo".split()
)
WITH_PAPERS = PAPERS | frozenset(
    "firmado firmada sellado sellada de del la el las los un una unas y con mi mis su aqui ahi esta estan este va van "
    "le les mando envio adjunto por favor otra otro mas tambien".split()
)


def find_recent(state: State, facts: Facts) -> PetitionFacts | None:
    """The petition that a message means: named in it, else that of the message which it answers, else the latest one
    while it is open and fresh."""
    named = facts.named or facts.find(facts.quoted)
    latest = named or facts.find(state.latest)
    if latest and latest.is_open and (named or facts.now - latest.opened_at <= FRESH):
        return latest
    return None


def find_continued(state: State, said: Said, facts: Facts) -> PetitionFacts | None:
    """The petition that a text continues, or None when it is a problem of its own."""
    recent = find_recent(state, facts)
    if not recent:
        return None
    is_meant = facts.kind == "correction" or any(m.is_own for m in facts.mentioned) or recent.folio == facts.quoted
    if is_meant or facts.shows_papers:  # «mi INE» is not a matter for the INE
        return recent
    if said.group_id and said.group_id == state.latest_group:
        return recent
    if _is_telephone(said.text) or _is_name(said.text) or (_is_beside(said.text) and _since(state, facts) <= SAME_TALK):
        return recent
    return recent if recent.is_in_triage and _continues(state, said, facts) else None


def is_another_day(state: State, facts: Facts) -> bool:
    """Long after the question a petition that surely is another agency's is told for itself."""
    is_late = state.heard_at is not None and facts.now - state.heard_at > FRESH
    return is_late and facts.kind == "petition" and facts.understood is not None and facts.agency != state.latest_agency


def _continues(state: State, said: Said, facts: Facts) -> bool:
    """Said in the same breath, or too little to be a problem of its own; surely another agency's is another one.

    Never the few words of a file in that breath: «oficio sellado» says nothing of whose the matter is.
    """
    if state.heard_at is None:
        return False
    since, words = _since(state, facts), len(said.text.split())
    if facts.understood and facts.agency != state.latest_agency:
        return said.has_files and words <= FEW_WORDS and since <= burst.BREATH
    is_little = words <= (CAPTION_WORDS if said.has_files else FEW_WORDS)
    return since <= burst.BREATH or (is_little and since <= SAME_TALK)


def _since(state: State, facts: Facts) -> timedelta:
    return facts.now - state.heard_at if state.heard_at else timedelta.max


def _is_telephone(text: str) -> bool:
    """«Mi cel es 951 123 4567»: how to reach who told it."""
    rest, count = TELEPHONE.subn(" ", text)
    words = plain(rest).split()
    is_name = len(words) <= NAME_WORDS and not {"me", "nos", "no", "hay", "se"} & set(words)
    return count > 0 and len(words) <= NUMBER_WORDS and (is_name or set(words) <= BESIDE_A_NUMBER)


def _is_name(text: str) -> bool:
    """«Mi nombre es Rosa Hernández», «vivo en la calle Héroes 12»: of whom, and nothing of a matter."""
    return NAME.fullmatch(plain(text)) is not None or HOME.fullmatch(plain(text)) is not None


def _is_beside(text: str) -> bool:
    """It says only where it is, or what is sent."""
    return is_only_where(text) or _names_papers(text)


def _names_papers(text: str) -> bool:
    words = set(plain(text).split())
    return bool(words & PAPERS) and words <= WITH_PAPERS
