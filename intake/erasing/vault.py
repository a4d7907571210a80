"""Values that were taken out of sight: sealed with a key of their erasure's own, which goes with them."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from cryptography.fernet import Fernet, InvalidToken

from intake.accounts.kept_secrets import open_secret, seal_secret
from intake.errors import NotFound
from intake.settings import Settings

PURPOSE = "erasure"
BYTES = "$bytes"
Values = Mapping[str, Any]


def new_key(settings: Settings) -> str:
    """Sealed, as it is stored."""
    return seal_secret(settings, PURPOSE, Fernet.generate_key().decode())


def open_box(settings: Settings, key: str | None) -> Fernet:
    """Raises NotFound: the values are deleted, or were sealed by an office with another key."""
    opened = open_secret(settings, PURPOSE, key) if key else None
    if opened is None:
        raise NotFound("these values cannot be opened any more")
    return Fernet(opened.encode())


def seal_values(box: Fernet, values: Values) -> str:
    return box.encrypt(json.dumps({name: _plain(value) for name, value in values.items()}).encode()).decode()


def open_values(box: Fernet, sealed: str) -> dict[str, Any]:
    """Raises NotFound for what was sealed with another key."""
    try:
        return {name: _whole(value) for name, value in json.loads(box.decrypt(sealed.encode())).items()}
    except InvalidToken as error:
        raise NotFound("these values were sealed with another key") from error


def _plain(value: Any) -> Any:
    return {BYTES: base64.b64encode(value).decode()} if isinstance(value, bytes) else value


def _whole(value: Any) -> Any:
    if isinstance(value, dict) and set(value) == {BYTES}:
        return base64.b64decode(value[BYTES]).decode(errors="replace")
    return value
