"""Recognises an offered choice in what the citizen typed or pressed: its number, its label, yes or no."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import dropwhile

from bot import solved_words
from bot.messages import Choice

NUMBER = re.compile(r"^\W*+(?:opci[oó]n|la|el|n[uú]mero)?\W*+(\d{1,2})\W*+$", re.IGNORECASE)
WORDS = {"uno": 1, "una": 1, "primera": 1, "primero": 1, "dos": 2, "segunda": 2, "segundo": 2, "tres": 3, "tercera": 3}
ANSWER_WORDS = 8
FIRST = frozenset(  # «ay no», «mejor sí», «espere, no»: what may stand before a yes or a no
    "ay ah uy oh pues bueno mire fijese oiga espere esperese mejor disculpe perdon senorita senor joven creo que yo la "
    "verdad este mmm entonces".split()
)
SMALL = frozenset(  # beside a choice's own words: «el de Juxtlahuaca», «es la red, por favor»
    "el la los las lo un una de del al es son soy seria sera fue en por para que esta ese esa eso a y mero mera "
    "distrito lado rumbo favor pues creo yo".split()
)
GOES_ON = re.compile(r"(?<!\bno )\b(?:siga|sigan|continuen?|dejenla|dejela)\b")  # «sí, que siga» withdraws nothing
WITHDRAW = "withdraw:"
TELLS = re.compile(  # a «no» that tells of a problem: no answer to a question about something else
    r"^(?:y |pero |tampoco )?no (?:(?:me|nos) (?:llega|dan|pagan|atienden|hacen|ha|han) "
    r"|(?:hay|han?|sirven?|pasan?|llegan?|salen?|tengo|tenemos|funcionan?|vienen?)\b)"
)


def find_choice(offered: Sequence[Choice], text: str, button: str | None, kind: str) -> Choice | None:
    """The choice that is meant, or None. A button must be one of those offered: stale and forged ones are not."""
    if button is not None:
        return next((choice for choice in offered if choice.data == button), None)
    if not offered or not text:
        return None
    known = _by_number(offered, text) or _by_label(offered, text) or _by_meaning(offered, text, kind)
    return known or _by_part(offered, text)


def yes_or_no(about: str, yes: str, no: str) -> tuple[Choice, Choice]:
    """Two labels for one question: a yes or a no in the person's own words answers it too."""
    return Choice(yes, f"{about}:yes"), Choice(no, f"{about}:no")


@lru_cache(maxsize=16)  # commands, choices and questions look at one text one after the other
def plain(text: str) -> str:
    """Lower case, without accents and punctuation."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[a-z0-9ñ]+", bare))


def is_followed(words: str, first: re.Pattern[str], then: re.Pattern[str]) -> bool:
    """`first` stands in the text and `then` anywhere after it. As one expression with `.*` between them it would look
    through the rest of the text once for each `first`: a second for 10,000 characters."""
    found = first.search(words)
    return found is not None and then.search(words, found.end()) is not None


def _by_number(offered: Sequence[Choice], text: str) -> Choice | None:
    match = NUMBER.match(text)
    number = int(match[1]) if match else WORDS.get(plain(text).removeprefix("la ").removeprefix("el "), 0)
    return offered[number - 1] if 1 <= number <= len(offered) else None


def _by_label(offered: Sequence[Choice], text: str) -> Choice | None:
    said = plain(text)
    return next((choice for choice in offered if said and said == plain(choice.label)), None)


def _by_meaning(offered: Sequence[Choice], text: str, kind: str) -> Choice | None:
    """A yes or a no answers a question whose choices end in `:yes` and `:no`."""
    words = plain(text).split()
    if any(choice.data.startswith(solved_words.VERB) for choice in offered):
        answer = solved_words.meaning(text, words, kind)
    elif offered[0].data.startswith(WITHDRAW) and len(words) <= ANSWER_WORDS and GOES_ON.search(" ".join(words)):
        answer = "no"
    elif solved_words.only_thanks(words) or solved_words.is_conditional(text) or TELLS.match(" ".join(words)):
        answer = None
    else:
        answer = _meaning(words, kind)
    return next((choice for choice in offered if answer and choice.data.endswith(f":{answer}")), None)


def _meaning(words: Sequence[str], kind: str) -> str | None:
    """«No, que siga», «ay no, mejor no»: by itself either could be anything, after a question it answers.

    A longer text, or one that says both, is heard as what it is by itself.
    """
    if kind in ("yes", "no"):
        return kind
    said = list(dropwhile(lambda word: word in FIRST, words))
    if not said or len(words) > ANSWER_WORDS:
        return None
    if said[0] in solved_words.NO_FIRST:
        return None if set(said) & (solved_words.DONE | solved_words.THANKING | {"bien"}) else "no"
    is_mixed = bool(set(said) & (solved_words.FAILS | solved_words.AWAITED))
    return "yes" if said[0] in solved_words.YES_FIRST and not is_mixed else None


def _by_part(offered: Sequence[Choice], text: str) -> Choice | None:
    """«El de Juxtlahuaca», «es la red»: words that stand in one label alone."""
    said = _folded(text) - SMALL
    if not said or said & {"si", "no"}:
        return None
    meant = [choice for choice in offered if said <= _folded(choice.label)]
    return meant[0] if len(meant) == 1 else None


def _folded(text: str) -> set[str]:
    """«Es otra» is «es otro problema»."""
    return {"otro" if word == "otra" else word for word in plain(text).split()}
