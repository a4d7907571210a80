"""Choices where a channel has no buttons: numbered lines under the text. Read back by `bot/choices.py`."""

from bot.messages import Outbound

ROOM_PER_CHOICE = 6  # characters that a line may take beside its label; `intake/outgoing/replies.py` keeps them free


def number_choices(message: Outbound) -> str:
    """The message's text with its choices below, after an empty line."""
    if not message.choices:
        return message.text
    lines = [f"{number}. {choice.label}" for number, choice in enumerate(message.choices, start=1)]
    return "\n".join((message.text, "", *lines))
