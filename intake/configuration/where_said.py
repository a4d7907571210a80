"""Where a sentence is said: the part of the conversation, by the beginning of its key. Pure."""

from enum import StrEnum


class Part(StrEnum):
    """In the order in which a citizen may meet them."""

    EMERGENCY = "emergency"
    OPENING = "opening"
    PETITION = "petition"
    STATUS = "status"
    NOTICES = "notices"
    ANSWER = "answer"
    SAFE = "safe"
    PERSON = "person"
    SPECIAL = "special"
    PAGES = "pages"


BEGINNINGS = {
    Part.EMERGENCY: "emergency.",
    Part.OPENING: "welcome greeting help thanks sticker unsupported button. human stopped resumed flood takeover.",
    Part.PETITION: "petition. repeated. ask. choice. matters. doubt. municipality. location.",
    Part.STATUS: "status. cancel. withdrawn kept ask.withdrawal choice.withdraw choice.keep complaint",
    Part.NOTICES: "notice. reminder. datum.",
    Part.ANSWER: "answer. solved. dispute. rating. reading. ask.solved ask.rating ask.reading choice.solved "
    "choice.unsolved choice.good choice.fair choice.bad choice.read choice.read_later",
    Part.SAFE: "ask.safe choice.safe choice.unsafe safe.",
    Part.PERSON: "privacy rights. anonymous. guardian. minor. link own_data. ask.guardian choice.guardian "
    "choice.no_guardian ask.link choice.link choice.no_link ask.own_data choice.own_data choice.no_own_data "
    "choice.rights choice.no_rights",
    Part.SPECIAL: "interpreter contingency. ask.damage ask.hurt ask.where choice.damage choice.hurt choice.unhurt "
    "damage.",
    Part.PAGES: "paper. office_paper. open. check_in. own_data.",
}
LONGEST_FIRST = sorted(
    ((beginning, part) for part, listed in BEGINNINGS.items() for beginning in listed.split()),
    key=lambda one: -len(one[0]),
)


def part_of(key: str) -> Part:
    """What nothing names is said while a petition is taken."""
    return next((part for beginning, part in LONGEST_FIRST if key.startswith(beginning)), Part.PETITION)
