"""What Twilio's error codes, answers and silences mean for a reply. Used by WhatsApp when sending, and for its reports.

Most refusals come late: Twilio accepts with 201 and reports `undelivered` with a code afterwards (CHANNELS A2).
"""

import json
from dataclasses import asdict, dataclass, replace

from twilio.base.exceptions import TwilioRestException, TwilioServiceException

from bot.calls import Answer, CallFailed, retry_after_s
from bot.errors import SendError


@dataclass(frozen=True)
class Action:
    """The fields of SendError that say what to do; all false: refused, visible to staff, not tried again."""

    retryable: bool = False
    retry_after_s: float | None = None
    citizen_stopped: bool = False
    window_closed: bool = False
    channel_broken: bool = False


REFUSED = Action()
LATER = Action(retryable=True)
STOP = Action(citizen_stopped=True)
BROKEN = Action(channel_broken=True)

# twilio.com/docs/api/errors/<code>, as gathered in CHANNELS A2 «error codes → action».
ACTIONS = {
    63016: Action(window_closed=True),  # outside the 24 hours
    63018: Action(retryable=True, retry_after_s=60),  # sender's rate
    63038: Action(retryable=True, retry_after_s=3600),  # daily cap, counted over a rolling 24 hours
    20429: LATER,  # too many at once: not processed
    63019: LATER,  # media could not be downloaded
    63003: STOP,  # no such address on the channel
    63014: STOP,  # blocked by the user
    63024: STOP,  # invalid recipient
    21610: STOP,  # opted out
    21211: REFUSED,  # bad To
    21617: REFUSED,  # too long
    21619: REFUSED,  # no body
    21654: REFUSED,  # variables without ContentSid
    21656: REFUSED,  # bad variables
    63005: REFUSED,  # content rejected
    63021: REFUSED,  # content rejected
    63032: REFUSED,  # held back by a Meta experiment: another try is refused as well
    63049: REFUSED,  # held back as marketing
    63051: BROKEN,  # sender locked
    63007: BROKEN,  # the sender is not a channel of this account
    20003: BROKEN,  # credentials
    20005: BROKEN,  # account not active
    20404: BROKEN,  # no such account
}


class HeldBack(Exception):
    """Refused with a wait, which the library's own errors do not carry."""

    def __init__(self, answer: Answer, wait_s: float) -> None:
        super().__init__(f"HTTP {answer.status}")
        self.status, self.wait_s = answer.status, wait_s
        try:
            code = json.loads(answer.body)["code"]
        except (ValueError, KeyError, TypeError, RecursionError):
            code = None
        self.code: int | None = code if type(code) is int else None


def require_no_wait(answer: Answer) -> None:
    """Raises HeldBack."""
    wait_s = retry_after_s(answer.headers) if answer.status >= 400 else None
    if wait_s is not None:
        raise HeldBack(answer, wait_s)


def refusal_of(code: str | None, detail: str) -> SendError:
    """What a reported error code asks for. An unknown one is refused: staff see it."""
    action = ACTIONS.get(int(code), REFUSED) if code and code.isascii() and code.isdigit() else REFUSED
    return SendError(code or "unknown", detail, **asdict(action))


def to_send_error(error: Exception) -> SendError:
    """What a failed call means: Twilio's answer decides; without one that can be read it was perhaps sent."""
    match error:
        case HeldBack():
            return replace(_answered(error.status, error.code), retry_after_s=error.wait_s)
        case TwilioRestException() | TwilioServiceException():
            return _answered(int(error.status), error.code)
        case CallFailed() if not error.can_have_left:
            return SendError("not_sent", str(error), retryable=True)
        case CallFailed():
            return SendError("answer_lost", str(error), ambiguous=True)
        case _:
            return SendError("answer_lost", type(error).__name__, ambiguous=True)


def _answered(status: int, code: int | None) -> SendError:
    """By code, else by status. The message stays out: Twilio repeats the citizen's number in it."""
    detail = f"HTTP {status}"
    if code in ACTIONS:
        return refusal_of(str(code), detail)
    if status >= 500:  # perhaps accepted before it broke; the list of messages tells
        return SendError(str(code or status), detail, ambiguous=True)
    if status in (401, 404):
        return SendError(str(code or status), detail, channel_broken=True)
    is_retryable = status in (408, 429) or status < 400  # a redirect: nothing is there yet
    return SendError(str(code or status), detail, retryable=is_retryable)
