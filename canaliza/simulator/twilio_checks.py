"""What Twilio refuses when a message is created, with its error codes (CHANNELS A2; twilio.com/docs/api/errors)."""

import json
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

WHATSAPP = re.compile(r"^whatsapp:\+[1-9]\d{6,14}$")
CONTENT_SID = re.compile(r"^HX[0-9a-fA-F]{32}$")
TEXT_MAX = 1600  # TWE/21617
MORE_INFO = "https://www.twilio.com/docs/errors/"
Form = dict[str, str]


@dataclass
class Refused(Exception):
    code: int
    message: str
    status: int = 400

    def as_json(self) -> dict[str, object]:
        info = f"{MORE_INFO}{self.code}"
        return {"code": self.code, "message": self.message, "more_info": info, "status": self.status}


def check_message(form: Form, sender: str) -> None:
    """Raises Refused with the first thing that is wrong, in Twilio's order."""
    _check_addresses(form, sender)
    _check_content(form)
    callback = form.get("StatusCallback")
    if callback and not _is_web_address(callback):
        raise Refused(21609, f"The StatusCallback URL {callback} is not a valid URL.")


def _check_addresses(form: Form, sender: str) -> None:
    to, given = form.get("To", ""), form.get("From", "")
    if not to:
        raise Refused(21604, "A 'To' phone number is required.")
    if not given and not form.get("MessagingServiceSid"):
        raise Refused(21603, "A 'From' phone number is required.")
    if not WHATSAPP.match(to):
        raise Refused(21211, f"Invalid 'To' Phone Number: {to}")
    if given != sender:
        raise Refused(63007, "Twilio could not find a Channel with the specified From address")


def _check_content(form: Form) -> None:
    content_sid, variables = form.get("ContentSid"), form.get("ContentVariables")
    if not form.get("Body") and not form.get("MediaUrl") and not content_sid:
        raise Refused(21619, "A text message body or media urls must be specified.")
    if len(form.get("Body", "")) > TEXT_MAX:
        raise Refused(21617, f"The concatenated message body exceeds the {TEXT_MAX} character limit.")
    if variables and not content_sid:
        raise Refused(21654, "The ContentSid Required")
    if content_sid and not CONTENT_SID.match(content_sid):
        raise Refused(21655, "The ContentSid is Invalid")
    if variables and not _are_variables(variables):
        raise Refused(21656, "The Content Variables Parameter is invalid.")


def _are_variables(text: str) -> bool:
    try:
        values = json.loads(text)
    except ValueError:
        return False
    return isinstance(values, dict) and all(isinstance(value, str) and value for value in values.values())


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
