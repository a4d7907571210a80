"""Secrets that have to be read again are kept sealed with the office's own key, which stands in no database.

Who has a copy of the database alone reads none of them, nor tries recovery codes. Another key opens none of them:
members register anew (docs/deploy.md).
"""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken

from intake.settings import Settings


def seal_secret(settings: Settings, purpose: str, secret: str) -> str:
    return _box(settings, purpose).encrypt(secret.encode()).decode()


def open_secret(settings: Settings, purpose: str, sealed: str) -> str | None:
    """None when it was sealed with another key or for another purpose."""
    try:
        return _box(settings, purpose).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


def keyed_hash(settings: Settings, purpose: str, value: str) -> str:
    return hmac.new(_key(settings, purpose), value.encode(), hashlib.sha256).hexdigest()


def _box(settings: Settings, purpose: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_key(settings, purpose)))


def _key(settings: Settings, purpose: str) -> bytes:
    """A key for each purpose (RFC 5869 needs no salt where the key is random already: one HMAC is its extract step)."""
    return hmac.new(settings.secret_key.encode(), f"canaliza {purpose}".encode(), hashlib.sha256).digest()
