"""An id_token is believed or refused (OpenID Connect Core §3.1.3.7). Pure: keys, names and the clock are arguments."""

import hmac
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from intake.errors import FormRefused

ALGORITHMS = ("RS256", "PS256", "ES256", "ES384", "EdDSA")  # by public keys alone: neither none nor a shared secret
LEEWAY_S = 60  # between the provider's clock and ours
SUBJECT_MAX = 255  # OpenID Connect Core §2


class KeyUnknown(FormRefused):
    """The token names a key that is not among the provider's: it may have a new one."""

    def __init__(self) -> None:
        super().__init__("not_believed")


@dataclass(frozen=True)
class Identity:
    """Who came, by the issuer's name for them. `ways`: how they proved it (`amr`, RFC 8176, and `acr`)."""

    issuer: str
    subject: str
    mail: str | None = None
    has_verified_mail: bool = False
    ways: frozenset[str] = frozenset()

    def telling_of(self, claims: Mapping[str, Any]) -> "Identity":
        mail = claims.get("email")
        if not isinstance(mail, str) or not mail:
            return self
        return replace(self, mail=mail.strip().lower(), has_verified_mail=claims.get("email_verified") is True)


def read_id_token(
    token: str, keys: Mapping[str, Any], issuer: str, client_id: str, nonce: str, now_s: float | None = None
) -> Identity:
    """Raises KeyUnknown, FormRefused (not_believed)."""
    claims = _verified(token, keys)
    now = time.time() if now_s is None else now_s
    if not (
        claims.get("iss") == issuer
        and _is_for(claims, client_id)
        and _is_fresh(claims, now)
        and hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode())
    ):
        raise FormRefused("not_believed")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= SUBJECT_MAX:
        raise FormRefused("not_believed")
    return Identity(issuer, subject, ways=_ways(claims)).telling_of(claims)


def _verified(token: str, keys: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        known = KeySet.import_key_set({"keys": [key for key in keys.get("keys", []) if key.get("use", "sig") == "sig"]})
        return jwt.decode(token, known, algorithms=ALGORITHMS).claims
    except InvalidKeyIdError as error:
        raise KeyUnknown from error
    except (JoseError, ValueError, TypeError, AttributeError, KeyError) as error:
        raise FormRefused("not_believed") from error


def _is_for(claims: Mapping[str, Any], client_id: str) -> bool:
    told = claims.get("aud")
    audience = told if isinstance(told, list) else [told]
    party = claims.get("azp", client_id if len(audience) == 1 else None)
    return client_id in audience and party == client_id


def _is_fresh(claims: Mapping[str, Any], now: float) -> bool:
    ends, begins, earliest = (_moment(claims.get(name, 0)) for name in ("exp", "iat", "nbf"))
    has_begun = begins - LEEWAY_S <= now and earliest - LEEWAY_S <= now
    return "iat" in claims and has_begun and now < ends + LEEWAY_S


def _moment(told: object) -> float:
    """What is no number is never: it has ended, and has not begun."""
    return float(told) if isinstance(told, int | float) and not isinstance(told, bool) else math.nan


def _ways(claims: Mapping[str, Any]) -> frozenset[str]:
    amr = claims.get("amr")
    listed = [way for way in amr if isinstance(way, str)] if isinstance(amr, list) else []
    acr = claims.get("acr")
    return frozenset([*listed, *([acr] if isinstance(acr, str) else [])])
