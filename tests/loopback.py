"""No test's socket leaves the machine: an audit hook refuses every other address, in this process."""

import ipaddress
import sys
from typing import Any


class LeftTheMachine(RuntimeError):
    pass


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event != "socket.connect" or not isinstance(arguments[1], tuple):
        return
    host = str(arguments[1][0])
    if host != "localhost" and not _is_loopback(host):
        raise LeftTheMachine(f"a test wanted to reach {host}")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def guard() -> None:
    sys.addaudithook(_refuse)
