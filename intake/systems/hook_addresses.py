"""Where a system may be told of events: https at a public address. What an administrator writes, or a name server says,
never leads into the office's own network.
"""

import ipaddress
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

URL_MAX = 500
# Addresses that carry an IPv4 one inside: NAT64 (RFC 6052), its local form (RFC 8215) and translated ones (RFC 2765)
# would reach it; and the site's own of old (RFC 3879), which Python takes for public.
CLOSED = ("64:ff9b::/96", "64:ff9b:1::/48", "::/96", "::ffff:0:0:0/96", "fec0::/10")
NEVER = tuple(map(ipaddress.ip_network, CLOSED))
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class BadAddress(ValueError):
    """`fault`: the name of what is wrong, for a page."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True)
class Target:
    """A checked address. `port`: the scheme's own where none is written."""

    url: str
    scheme: str
    host: str
    port: int


def read_target(url: str, *, allows_loopback: bool) -> Target:
    """Raises BadAddress. A name is only looked up when something is sent (`is_safe`)."""
    parts = _split(url)
    host = parts.hostname or ""
    is_here = allows_loopback and (host == "localhost" or _is_loopback(host))
    if parts.scheme != "https" and not (parts.scheme == "http" and is_here):
        raise BadAddress("no_https")
    if not host or parts.username or parts.password or parts.fragment or len(url) > URL_MAX:
        raise BadAddress("bad_url")
    literal = _literal(host)
    if (literal is not None and not is_safe(literal, allows_loopback=allows_loopback)) or (
        host.rstrip(".").lower() == "localhost" and not allows_loopback
    ):
        raise BadAddress("private")
    return Target(url, parts.scheme, host, parts.port or (443 if parts.scheme == "https" else 80))


def is_safe(address: Address, *, allows_loopback: bool) -> bool:
    """Of the public internet, also where an IPv4 address stands inside; or this machine, where that is allowed."""
    if address.is_loopback:
        return allows_loopback
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is not None:
            return is_safe(inner, allows_loopback=allows_loopback)
        if address.teredo is not None or any(address in network for network in NEVER):
            return False
    return address.is_global and not address.is_multicast


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise BadAddress("bad_url") from error
    if any(character.isspace() or ord(character) < 32 for character in url):
        raise BadAddress("bad_url")
    return parts


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _is_loopback(host: str) -> bool:
    literal = _literal(host)
    return literal is not None and literal.is_loopback
