"""One person on two channels: asked for in one chat, confirmed in the other, told in the first, undone in either.

What the link gives is made by intake (`links`). Nobody is told of a petition before the person confirms.
"""

import re

from bot.choices import plain, yes_or_no
from bot.effects import JoinChats, OfferLink, PartChats, Say
from bot.events import Said
from bot.known import Facts
from bot.messages import ChannelName, Choice
from bot.state import Awaiting, State
from bot.turn import Texts, Turn

VERB = "link"
WORDS_AT_MOST = 12
_TELEGRAM, _WHATSAPP = r"telegram", r"(?:whats ?app|whats|wasap|guasap|watsap)"
NAMED = {ChannelName.TELEGRAM: re.compile(rf"\b{_TELEGRAM}\b"), ChannelName.WHATSAPP: re.compile(rf"\b{_WHATSAPP}\b")}
TITLES = {ChannelName.TELEGRAM.value: "Telegram", ChannelName.WHATSAPP.value: "WhatsApp"}
WANTED = re.compile(
    r"\b(?:segu?ir(?:lo|la|le)?|sigo|continuar(?:lo|la|le)?|ver(?:lo|la)?|recibir(?:lo|la)?|revisar(?:lo|la)?|enlazar"
    r"|vincular|conectar|pasar(?:me|lo|la)?|cambiar(?:me|lo|la)?|contest(?:ar|en)(?:me)?|avis(?:ar|en)(?:me)?|respond(?:er|an)(?:me)?)"
    rf"\b(?: \w+){{0,5}} (?:por|en|a|al|con|desde|mi)(?: \w+)? (?:{_TELEGRAM}|{_WHATSAPP})\b"
)
ENDED = re.compile(r"\b(?:desenla[cz]\w*|desvincul\w*|(?:quit|cancel|termin|borr)\w* (?:el |ese |mi )?enlace)\b")


def speaks_of_channels(text: str) -> bool:
    """Whether it has to be known with which chat this one is linked."""
    words = plain(text)
    return bool(ENDED.search(words) or WANTED.search(words))


def heard(state: State, said: Said, facts: Facts, texts: Texts) -> Turn | None:
    """A link that was opened, the wish for one, that it is to end. None: something else."""
    if facts.link:
        return _opened(state, facts, texts)
    words = plain(said.text)
    if said.has_files or said.is_edit or len(words.split()) > WORDS_AT_MOST:
        return None
    if ENDED.search(words):
        return (
            Turn(state, (PartChats(),)) if facts.linked_to else _say(state, "link.not_linked", texts("link.not_linked"))
        )
    if not WANTED.search(words):
        return None
    named = next((name.value for name, word in NAMED.items() if word.search(words)), facts.channel)
    if named == facts.channel:
        return _say(state, "link.here", texts("link.here", channel_name=TITLES.get(named, named)))
    if facts.linked_to == named:
        return _say(state, "link.already", texts("link.already", channel_name=TITLES.get(named, named)))
    return Turn(state, (OfferLink(named),))


def chosen(state: State, choice: Choice, texts: Texts) -> Turn:
    _, code, answer = choice.data.split(":", 2)
    if answer == "yes":
        return Turn(state.settle(), (JoinChats(code),))
    return _say(state.settle(), "link.left", texts("link.left"))


def offered(link: str, channel: str, minutes: int, texts: Texts) -> Say:
    return Say("link", texts("link", link=link, channel_name=TITLES[channel], minutes=minutes))


def not_offered(channel: str, texts: Texts) -> Say:
    return Say("link.none", texts("link.none", channel_name=TITLES[channel]))


def offered_enough(texts: Texts) -> Say:
    return Say("link.enough", texts("link.enough"))


def joined(there: str, texts: Texts) -> Say:
    """In the chat where the link was opened. `there`: the other one's channel."""
    return Say("link.joined", texts("link.joined", channel_name=TITLES[there]))


def told(there: str, texts: Texts) -> Say:
    """In the chat that asked for the link: whoever has that telephone knows of it."""
    return Say("link.told", texts("link.told", channel_name=TITLES[there]))


def over(texts: Texts) -> Say:
    return Say("link.over", texts("link.over"))


def busy(texts: Texts) -> Say:
    return Say("link.busy", texts("link.busy"))


def parted(there: str, texts: Texts) -> Say:
    return Say("link.parted", texts("link.parted", channel_name=TITLES[there]))


def _opened(state: State, facts: Facts, texts: Texts) -> Turn:
    link = facts.link
    if link is None or link.channel is None:
        return Turn(state, (over(texts),))
    choices = yes_or_no(f"{VERB}:{link.code}", texts("choice.link"), texts("choice.no_link"))
    question = Say("ask.link", texts("ask.link", channel_name=TITLES[link.channel]), choices)
    return Turn(state.settle().ask(Awaiting.LINK, "", choices), (question,))


def _say(state: State, purpose: str, text: str) -> Turn:
    return Turn(state, (Say(purpose, text),))
