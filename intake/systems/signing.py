"""Signatures of what systems are told, by the Standard Webhooks specification 1.0.0, symmetric (`v1`).

A secret is derived from the office's key and the system's salt: what the database holds signs nothing, and rotating is
a new salt. Pure.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime

PREFIX = "whsec_"
SALT_BYTES = 16


def secret_of(secret_key: str, salt: str) -> str:
    """As the receiver is given it: `whsec_` and 256 bits in base64."""
    derived = hmac.new(secret_key.encode(), f"webhook\n{salt}".encode(), hashlib.sha256).digest()
    return PREFIX + base64.b64encode(derived).decode()


def headers_of(secrets: Sequence[str], public_id: str, sent_at: datetime, body: bytes) -> dict[str, str]:
    """Signed with each of the secrets, so that a receiver with either of them knows whom it is from."""
    moment = int(sent_at.timestamp())
    signatures = " ".join(_sign(secret, public_id, moment, body) for secret in secrets)
    return {"webhook-id": public_id, "webhook-timestamp": str(moment), "webhook-signature": signatures}


def _sign(secret: str, public_id: str, moment: int, body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{public_id}.{moment}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
