"""The dialogue's sentences as the administrator changes them: found by words and place, checked, previewed.

Called by the admin. Publishing is `versions`; what is in force is `standing`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.messages import ChannelName
from bot.splitting import split_text
from bot.telegram import Telegram
from bot.whatsapp import WhatsApp
from intake.answers.plain_language import Advice, Matter, flatten
from intake.configuration.in_force import Subject
from intake.configuration.variables import Fault, Wrong, find_variable_faults, variables_of
from intake.configuration.where_said import Part, part_of
from intake.errors import NotFound
from intake.office import Office

TEXT_MAX = 1400  # one Twilio message takes 1,600 (CHANNELS A2); values filled in need room
EMERGENCY_MAX = 300  # read in danger, on a small screen
CHOICE_MAX = 60  # a button's label: Telegram cuts what a phone's width does not hold
WORDS_MAX = 20  # of one sentence, as in the head of es_MX.po
SENTENCE_MAX = 4000  # what a form takes; the checks come after
ENDS = re.compile(r"(?<=[.?!:])\s|\n")
FAMILIAR = re.compile(r"\b(tú|te|tu|tus|ti|contigo|favor de)\b")
SAFETY = ("emergency.", "ask.safe", "choice.safe", "choice.unsafe", "safe.")
VARIABLE = re.compile(r"\{\w+\}")  # one word of a reader's, however long the office's name is
DIGIT = re.compile(r"\d")


@dataclass(frozen=True)
class SentenceView:
    """`text`: as it is in force. `is_own`: the folder's. `needs_second`: two people publish it."""

    key: str
    part: Part
    text: str
    is_own: bool
    is_confirmed: bool
    needs_second: bool
    variables: tuple[str, ...]


@dataclass(frozen=True)
class Check:
    """`faults`: it cannot be published with them. `advice`: it can; words of an office, two questions at once."""

    faults: tuple[Fault, ...]
    advice: tuple[Advice, ...]
    questions: int


@dataclass(frozen=True)
class Shown:
    """What one channel's reader gets, cut by the code that sends."""

    channel: ChannelName
    limit: int
    messages: tuple[str, ...]


def list_sentences(office: Office, words: str = "", part: str = "") -> list[SentenceView]:
    """Those in which all the words stand, accents forgiven; in the order in which citizens meet them."""
    wanted = flatten(words).split()
    views = (get_sentence(office, key) for key in office.wording.own.keys())  # noqa: SIM118 — not a mapping
    found = [view for view in views if part in ("", view.part) and _has_words(view, wanted)]
    order = list(Part)
    return sorted(found, key=lambda view: (order.index(view.part), view.key))


def get_sentence(office: Office, key: str) -> SentenceView:
    """Raises NotFound."""
    texts = office.texts
    if not texts.has(key):
        raise NotFound(f"no sentence {key}")
    value = office.in_force.values(Subject.SENTENCE).get(key)
    text, own = texts.sentence(key), office.wording.own.sentence(key)
    is_own = value is None or text != value["text"]
    confirmed = True if is_own or value is None else bool(value.get("confirmed", True))
    return SentenceView(key, part_of(key), text, is_own, confirmed, is_safety(key), tuple(variables_of(own)))


def is_safety(key: str) -> bool:
    return key.startswith(SAFETY)


def check_sentence(office: Office, key: str, text: str) -> Check:
    """Raises NotFound."""
    own = get_sentence(office, key)
    faults = tuple(_faults(office, key, text))
    advice = tuple(one for one in office.jurisdiction.plain_language.advise(text) if one.matter == Matter.JARGON)
    return Check(faults, advice, text.count("?") if own.part != Part.PAGES else 0)


def preview_sentence(office: Office, text: str, samples: Mapping[str, str]) -> tuple[Shown, ...]:
    """On each channel, with `samples` in place of what is not known yet. Nothing while its braces are broken."""
    said = fill(office, text, samples)
    if not said.strip():
        return ()
    limits = {ChannelName.WHATSAPP: WhatsApp.max_text, ChannelName.TELEGRAM: Telegram.max_text}
    return tuple(Shown(channel, limit, tuple(split_text(said, limit))) for channel, limit in limits.items())


def fill(office: Office, text: str, samples: Mapping[str, str]) -> str:
    """Empty for braces that do not close; an unknown variable stays as it is written."""
    try:
        names = variables_of(text)
    except ValueError:
        return ""
    known = {**samples, **office.texts.always()}
    return text.format(**{name: known.get(name, f"{{{name}}}") for name in names})


def _faults(office: Office, key: str, text: str) -> Iterator[Fault]:
    if not text.strip():
        yield Fault(Wrong.EMPTY)
        return
    always = office.texts.always()
    variable_faults = find_variable_faults(text, office.wording.own.sentence(key), set(always))
    yield from variable_faults
    if any(fault.wrong == Wrong.BRACES for fault in variable_faults):
        return
    filled, limit = fill(office, text, {}), limit_of(key)
    if len(filled) > limit:
        yield Fault(Wrong.TOO_LONG, count=len(filled), limit=limit)
    yield from _hard_sentences(VARIABLE.sub("x", text))
    if key.startswith("emergency.") and key != "emergency.folio" and not DIGIT.search(filled):
        yield Fault(Wrong.NO_LINE)


def _hard_sentences(text: str) -> Iterator[Fault]:
    for sentence in ENDS.split(text):
        count = len(sentence.split())
        if count > WORDS_MAX:
            yield Fault(Wrong.LONG_SENTENCE, sentence.strip(), count, WORDS_MAX)
    for word in dict.fromkeys(FAMILIAR.findall(text.lower())):
        yield Fault(Wrong.FAMILIAR, word)


def limit_of(key: str) -> int:
    if key.startswith("emergency."):
        return EMERGENCY_MAX
    return CHOICE_MAX if key.startswith("choice.") else TEXT_MAX


def _has_words(view: SentenceView, wanted: Sequence[str]) -> bool:
    said = flatten(f"{view.text} {view.key}")
    return all(word in said for word in wanted)
