"""What a turn does to petitions, and where a further sentence stands in it."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.burst import ACKNOWLEDGEMENT
from bot.effects import AddToPetition, OpenPetition, Say
from bot.turn import Texts, Turn


def was_lately(at: datetime | None, now: datetime, within: timedelta) -> bool:
    return at is not None and now - at <= within


def folio_told(turn: Turn) -> str | None:
    """Of the petition that the message at hand opens or joins."""
    folios = (effect.folio for effect in turn.effects if isinstance(effect, OpenPetition | AddToPetition))
    return next(folios, None)


def is_acknowledged(turn: Turn, folio: str) -> bool:
    """The petition is told for the first time, or as a whole once more (`burst`)."""
    says = (effect for effect in turn.effects if isinstance(effect, Say))
    opened = any(isinstance(effect, OpenPetition) and effect.folio == folio for effect in turn.effects)
    return opened or any(say.purpose == ACKNOWLEDGEMENT and say.folio == folio for say in says)


def added(folio: str, texts: Texts) -> Say:
    return Say("petition.added", texts("petition.added", folio=folio), folio=folio)


def before_question(turn: Turn, say: Say) -> Turn:
    """The turn says that too, before what it asks, and no sooner than the rest."""
    pause = max((effect.after for effect in turn.effects if isinstance(effect, Say)), default=timedelta(0))
    asks = (n for n, effect in enumerate(turn.effects) if isinstance(effect, Say) and effect.purpose.startswith("ask."))
    at = next(asks, len(turn.effects))
    return replace(turn, effects=(*turn.effects[:at], replace(say, after=pause), *turn.effects[at:]))
