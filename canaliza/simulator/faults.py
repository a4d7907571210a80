"""Faults that a test orders ahead: which call of which provider goes wrong, how, and how often."""

from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

HOOKS = frozenset({"webhook", "status", "delivery"})  # not calls of the program; `*` does not mean them


class Do(StrEnum):
    STATUS = "status"  # answer `status` without taking the call
    HTML = "html"  # answer `status` (502) with a proxy's page, without taking the call
    HANG = "hang"  # say nothing for `seconds`, then cut; the call is not taken
    HANG_AFTER = "hang_after"  # take the call, say nothing for `seconds`, then cut
    DROP_BEFORE = "drop_before"  # cut the connection, the call is not taken (a webhook: is never sent)
    DROP_AFTER = "drop_after"  # take the call, cut the connection without an answer (a webhook: sent, answer ignored)
    RESET_AMID = "reset_amid"  # take the call, reset the connection in the middle of the answer
    TRICKLE = "trickle"  # take the call, then the answer's head a byte at a time for `seconds`
    TRUNCATE = "truncate"  # take the call, cut the answer in its middle
    UNDELIVERED = "undelivered"  # Twilio, method `delivery`: accepted, later undelivered with `code`


class Fault(BaseModel):
    """`method`: a Bot API method, `file`, `Messages.create`, `Messages.list`, `Messages.get`, `Messages.delete`,
    `Account.get`, `Media.get`, `Media.list`, `Media.delete`, `content`; `*` any of them; or `webhook`, `status`
    (callbacks), `delivery`. `address`: only this chat id or To. `code`: Twilio's error code.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    provider: Literal["telegram", "twilio"]
    method: str = "*"
    times: int = 1
    do: Do
    status: int | None = None
    body: Any = None
    retry_after_s: int | None = None
    seconds: float = 120.0
    code: int | None = None
    address: str | None = None

    def concerns(self, provider: str, method: str, address: str | None) -> bool:
        is_method = self.method == method or (self.method == "*" and method not in HOOKS)
        return self.provider == provider and is_method and self.address in (None, address)


class Faults:
    """First ordered, first met."""

    def __init__(self) -> None:
        self._left: list[tuple[Fault, int]] = []

    def add(self, *faults: Fault) -> None:
        self._left.extend((fault, fault.times) for fault in faults)

    def take(self, provider: str, method: str, address: str | None = None) -> Fault | None:
        """The fault that this call meets, counted down; None when all is well."""
        for index, (fault, times) in enumerate(self._left):
            if fault.concerns(provider, method, address):
                self._left[index : index + 1] = [(fault, times - 1)] if times > 1 else []
                return fault
        return None

    def list_left(self) -> list[dict[str, Any]]:
        return [{**fault.model_dump(mode="json"), "times": times} for fault, times in self._left]

    def clear(self) -> None:
        self._left.clear()
