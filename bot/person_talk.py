"""Who writes, beside what they tell: somebody who is not to be known, a child, somebody who sends identity papers.

Each adds to the turn that the message itself deserves, before its question; `is_quiet`: only what is done, no word.
"""

from bot import anonymity_talk, minor_talk, paper_talk
from bot.events import Said
from bot.known import Facts
from bot.state import State
from bot.turn import Texts, Turn


def mind(before: State, turn: Turn, said: Said, facts: Facts, texts: Texts, *, is_quiet: bool = False) -> Turn:
    text = "" if said.button else facts.draft.text if facts.draft else said.text
    turn = anonymity_talk.mind(turn, text, facts, texts, is_quiet=is_quiet)
    turn = minor_talk.mind(before, turn, text, facts, texts, is_quiet=is_quiet)
    return paper_talk.mind(before, turn, facts, texts, is_quiet=is_quiet)
