"""Reads the inline keyboard of a message and refuses what Telegram refuses."""

from typing import Any

from canaliza.simulator.telegram_params import as_list, as_object
from canaliza.simulator.telegram_refusal import Refused

DATA_MAX_BYTES = 64  # CHANNELS A1, Keyboards
BUTTONS_MAX = 100
Button = dict[str, Any]


def inline_keyboard(reply_markup: Any) -> list[list[Button]]:
    """Rows of buttons; empty without a keyboard. Raises Refused."""
    rows = as_list(as_object({"reply_markup": reply_markup}, "reply_markup"), "inline_keyboard")
    if not all(isinstance(row, list) for row in rows):
        raise Refused(
            400, 'Bad Request: field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays'
        )
    keyboard = [[_button(button) for button in row] for row in rows]
    if sum(len(row) for row in keyboard) > BUTTONS_MAX:
        raise Refused(400, "Bad Request: REPLY_MARKUP_TOO_LONG")
    return [row for row in keyboard if row]


def _button(button: Any) -> Button:
    if not isinstance(button, dict) or not str(button.get("text", "")).strip():
        raise Refused(400, "Bad Request: can't parse inline keyboard button: Text buttons must be non-empty")
    if "callback_data" in button:
        size = len(str(button["callback_data"]).encode("utf-8", "surrogatepass"))
        if not 1 <= size <= DATA_MAX_BYTES:
            raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
    elif "url" not in button:
        raise Refused(
            400, "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    return button
