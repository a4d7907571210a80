"""A choice that was offered and is taken now: whoever offered it answers, told by the word before its first colon."""

from bot import (
    damage_talk,
    doubt_talk,
    follow_up,
    link_talk,
    matter_talk,
    minor_talk,
    place_talk,
    privacy_talk,
    rating_talk,
    reading_talk,
    safe_talk,
    same_talk,
)
from bot.events import Said
from bot.known import Facts
from bot.messages import Choice
from bot.state import State
from bot.turn import Texts, Turn


def take(state: State, choice: Choice, said: Said, facts: Facts, texts: Texts) -> Turn:
    match choice.data.split(":", 1)[0]:
        case "place" | "other":
            return place_talk.chosen(state, choice, facts, texts)
        case verb if verb in damage_talk.VERBS:
            return damage_talk.chosen(state, choice, facts, texts)
        case doubt_talk.VERB:
            return doubt_talk.chosen(state, choice, texts)
        case matter_talk.VERB:
            return matter_talk.chosen(state, choice, texts)
        case same_talk.VERB:
            return same_talk.chosen(state, choice, said, facts, texts)
        case rating_talk.VERB:
            return rating_talk.chosen(state, choice, texts)
        case safe_talk.VERB:
            return safe_talk.chosen(state, choice, texts)
        case reading_talk.VERB:
            return reading_talk.chosen(state, choice, facts, texts)
        case link_talk.VERB:
            return link_talk.chosen(state, choice, texts)
        case minor_talk.VERB:
            return minor_talk.chosen(state, choice, texts)
        case privacy_talk.VERB:
            return privacy_talk.chosen(state, choice, texts)
        case privacy_talk.RIGHTS_VERB:
            return privacy_talk.chosen_right(state, choice, facts, texts)
        case _:
            return follow_up.chosen(state, choice, facts, texts)


def press_again(state: State, said: Said, facts: Facts, texts: Texts) -> Turn:
    """A button of long ago: it still means what it said where that does no harm, and else is explained."""
    for pressed in (reading_talk.pressed, rating_talk.pressed):
        if turn := pressed(state, said, facts, texts):
            return turn
    return follow_up.old_button(state, said, facts, texts)
