"""Recognises an offered choice in what the citizen typed or pressed: its number, its label, yes or no."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from bot.messages import Choice

NUMBER = re.compile(r"^\W*(?:opci[oó]n|la|el|n[uú]mero)?\W*(\d{1,2})\W*$", re.IGNORECASE)
WORDS = {"uno": 1, "una": 1, "primera": 1, "primero": 1, "dos": 2, "segunda": 2, "segundo": 2, "tres": 3, "tercera": 3}
SOLVED = "solved:"  # «ya, gracias» says yes to it; whether to withdraw a petition it does not answer
ANSWER_WORDS = 8
YES_FIRST = frozenset({"si", "sip", "simon", "claro", "listo", "perfecto", "excelente", "resuelto", "solucionado"})
YES_WITH_MORE = frozenset({"ya", "gracias", "muchas", "todo"})
DONE = frozenset(
    "quedo quedamos arreglaron arreglo arreglado resolvieron resolvio resuelto repararon solucionaron soluciono "
    "cumplieron".split()
)
WELL = frozenset({"todo", "bien"})
# «Gracias, quedo al pendiente», «ya vi, gracias»: the answer was read, and what it promises is waited for.
AWAITED = frozenset(
    "espero esperamos esperando esperare esperaremos espera esperar pendiente pendientes atento atenta atentos estare "
    "estaremos ojala cuando vi lei enterado enterada recibi recibida recibido anote anotado entiendo entendi "
    "avisaron".split()
)
THANKING = frozenset("gracias bendiga bendigan pague amable amables".split())
WITH_THANKS = THANKING | frozenset(
    "muchas muchisimas mil muy infinitas dios diosito el la los las le les lo se me a ay ah pues usted ustedes "
    "senorita senor joven licenciado licenciada por su sus tu respuesta atencion ayuda apoyo informacion todo".split()
)
NO_FIRST = frozenset({"no", "nop", "nel", "nada", "todavia", "aun", "tampoco", "nunca", "nadie"})
PERSISTS = frozenset("igual sigue siguen".split())
NOT_DONE = frozenset("no nada nadie pero sigue siguen igual todavia falta faltan aun tampoco nunca mal".split())


def find_choice(offered: Sequence[Choice], text: str, button: str | None, kind: str) -> Choice | None:
    """The choice that is meant, or None. A button must be one of those offered: stale and forged ones are not."""
    if button is not None:
        return next((choice for choice in offered if choice.data == button), None)
    if not offered or not text:
        return None
    return _by_number(offered, text) or _by_label(offered, text) or _by_meaning(offered, text, kind)


def yes_or_no(about: str, yes: str, no: str) -> tuple[Choice, Choice]:
    """Two labels for one question: a yes or a no in the person's own words answers it too."""
    return Choice(yes, f"{about}:yes"), Choice(no, f"{about}:no")


@lru_cache(maxsize=16)  # commands, choices and questions look at one text one after the other
def plain(text: str) -> str:
    """Lower case, without accents and punctuation."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[a-z0-9ñ]+", bare))


def _by_number(offered: Sequence[Choice], text: str) -> Choice | None:
    match = NUMBER.match(text)
    number = int(match[1]) if match else WORDS.get(plain(text).removeprefix("la ").removeprefix("el "), 0)
    return offered[number - 1] if 1 <= number <= len(offered) else None


def _by_label(offered: Sequence[Choice], text: str) -> Choice | None:
    said = plain(text)
    return next((choice for choice in offered if said and said == plain(choice.label)), None)


def _by_meaning(offered: Sequence[Choice], text: str, kind: str) -> Choice | None:
    """A yes or a no answers a question whose choices end in `:yes` and `:no`."""
    if _only_thanks(plain(text).split()):
        return None
    answer = kind if kind in ("yes", "no") else _meaning(plain(text).split())
    if answer is None and _persists(plain(text).split()):
        return next(
            (choice for choice in offered if choice.data.startswith(SOLVED) and choice.data.endswith(":no")), None
        )
    if answer == "yes" and kind != "yes" and plain(text).split()[0] not in YES_FIRST:
        offered = [choice for choice in offered if choice.data.startswith(SOLVED)]
    return next((choice for choice in offered if answer and choice.data.endswith(f":{answer}")), None)


def _only_thanks(words: Sequence[str]) -> bool:
    """For the answer, whatever it says: nobody has said that it is solved."""
    return bool(THANKING & set(words)) and set(words) <= WITH_THANKS


def _persists(words: Sequence[str]) -> bool:
    """«Viene igual de sucia»: no to whether it is solved, also where the «no» itself comes later or never."""
    is_short = 0 < len(words) <= ANSWER_WORDS
    is_mixed = is_short and (words[0] in YES_FIRST | YES_WITH_MORE or bool((DONE | THANKING | {"bien"}) & set(words)))
    return is_short and not is_mixed and bool(PERSISTS & set(words))


def _meaning(words: Sequence[str]) -> str | None:
    """«Ya, Dios los bendiga», «no, nadie ha venido»: by itself either could be anything, after a question it answers.

    A longer text, or one that says both, is heard as what it is by itself.
    """
    if not words or len(words) > ANSWER_WORDS:
        return None
    said = set(words)
    if words[0] in NO_FIRST and not said & (DONE | THANKING | {"bien"}):
        return "no"
    is_yes = words[0] in YES_FIRST or (words[0] in YES_WITH_MORE and _says_done(words))
    return "yes" if is_yes and not said & (NOT_DONE | AWAITED) else None


def _says_done(words: Sequence[str]) -> bool:
    """«Ya», and thanks with a «ya» or with what was done: by themselves they are for the answer."""
    said = set(words)
    if words[0] in ("ya", "todo"):
        return len(words) == 1 or bool(said & (DONE | THANKING | {"bien"}))
    return "ya" in said or bool(said & DONE) or said >= WELL
