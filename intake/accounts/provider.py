"""The organisation's own log-in (OpenID Connect): where it is, its keys, and who it says came. Knows no database.

Authorization code with PKCE (RFC 7636); the id_token is verified by the provider's published keys. What it publishes is
kept for a while; keys are asked for again when a token names one that is not among them.
"""

import base64
import hashlib
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import httpx
from pydantic import BaseModel, ValidationError

from intake.accounts.id_tokens import Identity, KeyUnknown, read_id_token
from intake.errors import FormRefused
from intake.settings import Settings

SCOPES = "openid email"
TIMEOUT_S = 5.0
PUBLISHED_FOR_S = 3600.0
AWAY_FOR_S = 10.0  # nobody waits for it meanwhile: each wait holds one of the server's threads
AT_ONCE, WAITS_S = 8, 1.0
KEYS_AGAIN_S = 30.0  # a stranger's tokens do not make us ask the provider each time
DISCOVERY = "/.well-known/openid-configuration"


class ProviderAway(FormRefused):
    """It does not answer, or not as the standard has it."""

    status_code = 502

    def __init__(self) -> None:
        super().__init__("away")


class Published(BaseModel):
    """What the provider says of itself (OpenID Connect Discovery 1.0 §3)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    end_session_endpoint: str | None = None


@dataclass(frozen=True)
class Journey:
    """One way to the provider and back; the browser that set out keeps it."""

    state: str
    nonce: str
    verifier: str
    back_to: str


class Provider:
    def __init__(self, settings: Settings, transport: httpx.BaseTransport | None = None) -> None:
        self._settings, self._transport = settings, transport
        self._lock = threading.Lock()
        self._published: Published | None = None
        self._keys: Mapping[str, Any] = {}
        self._published_at = self._keys_at = self._away_at = float("-inf")
        self._places = threading.BoundedSemaphore(AT_ONCE)

    @property
    def label(self) -> str:
        return self._settings.oidc_label

    def begin(self, journey: Journey) -> str:
        """Where the browser is sent. Raises ProviderAway."""
        asked = {
            "response_type": "code",
            "client_id": self._settings.oidc_client_id,
            "redirect_uri": journey.back_to,
            "scope": SCOPES,
            "state": journey.state,
            "nonce": journey.nonce,
            "code_challenge": _challenge(journey.verifier),
            "code_challenge_method": "S256",
        }
        return _with_query(self._find_published().authorization_endpoint, asked)

    def finish(self, journey: Journey, code: str) -> Identity:
        """Who came, for the code that they brought back. Raises ProviderAway, FormRefused (not_believed)."""
        tokens = self._exchange(journey, code)
        id_token = tokens.get("id_token")
        if not isinstance(id_token, str):
            raise FormRefused("not_believed")
        identity = self._believe(id_token, journey.nonce)
        if identity.mail is None and isinstance(tokens.get("access_token"), str):
            return self._with_mail(identity, tokens["access_token"])
        return identity

    def farewell(self, onward: str) -> str | None:
        """Where the provider's own log-in ends, if it has such a place (RP-Initiated Logout 1.0)."""
        try:
            place = self._find_published().end_session_endpoint
        except ProviderAway:
            return None
        asked = {"client_id": self._settings.oidc_client_id, "post_logout_redirect_uri": onward}
        return _with_query(place, asked) if place else None

    def _exchange(self, journey: Journey, code: str) -> Mapping[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": journey.back_to,
            "code_verifier": journey.verifier,
            "client_id": self._settings.oidc_client_id,
        }
        secret = self._settings.oidc_secret
        auth = httpx.BasicAuth(quote(form["client_id"]), quote(secret)) if secret else httpx.Auth()  # RFC 6749 §2.3.1
        place = self._find_published().token_endpoint
        with self._open() as client:
            answer = client.post(place, data=form, auth=auth)
        if 400 <= answer.status_code < 500:
            raise FormRefused("not_believed")  # the code is over, used, or another's
        return _as_mapping(answer)

    def _believe(self, id_token: str, nonce: str) -> Identity:
        issuer, client_id = self._find_published().issuer, self._settings.oidc_client_id
        try:
            return read_id_token(id_token, self._find_keys(), issuer, client_id, nonce)
        except KeyUnknown:
            return read_id_token(id_token, self._find_keys(is_unknown=True), issuer, client_id, nonce)

    def _with_mail(self, identity: Identity, access_token: str) -> Identity:
        """Many providers tell the address only there (OpenID Connect Core §5.4)."""
        place = self._find_published().userinfo_endpoint
        if place is None:
            return identity
        told = self._ask(place, {"Authorization": f"Bearer {access_token}"})
        return identity.telling_of(told) if told.get("sub") == identity.subject else identity

    def _find_published(self) -> Published:
        with self._lock:
            if self._published is None or time.monotonic() - self._published_at > PUBLISHED_FOR_S:
                self._published = self._read_published()
                self._published_at = time.monotonic()
            return self._published

    def _read_published(self) -> Published:
        issuer = self._settings.oidc_issuer
        try:
            published = Published.model_validate(self._ask(issuer.rstrip("/") + DISCOVERY))
        except ValidationError as error:
            raise ProviderAway from error
        if published.issuer != issuer:  # Discovery §4.3: exactly the one that was asked
            raise ProviderAway
        return published

    def _find_keys(self, *, is_unknown: bool = False) -> Mapping[str, Any]:
        place = self._find_published().jwks_uri
        with self._lock:
            age = time.monotonic() - self._keys_at
            if age > PUBLISHED_FOR_S or (is_unknown and age > KEYS_AGAIN_S):
                self._keys, self._keys_at = self._ask(place), time.monotonic()
            return self._keys

    def _ask(self, address: str, headers: Mapping[str, str] | None = None) -> Mapping[str, Any]:
        with self._open() as client:
            return _as_mapping(client.get(address, headers=headers))

    @contextmanager
    def _open(self) -> Iterator[httpx.Client]:
        """Log-ins are too seldom for connections that stay. Raises ProviderAway, at once while it has just been away
        or too many wait for it."""
        is_away = time.monotonic() - self._away_at < AWAY_FOR_S
        if is_away or not self._places.acquire(timeout=WAITS_S):
            raise ProviderAway
        try:
            with httpx.Client(timeout=TIMEOUT_S, transport=self._transport) as client:
                yield client
        except httpx.HTTPError as error:
            self._away_at = time.monotonic()
            raise ProviderAway from error
        finally:
            self._places.release()


def find_provider(settings: Settings) -> Provider | None:
    """None when the settings name none. Connects to nothing yet."""
    return Provider(settings) if settings.has_provider else None


def _as_mapping(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        told = answer.raise_for_status().json()
    except (httpx.HTTPError, ValueError) as error:
        raise ProviderAway from error
    if not isinstance(told, dict):
        raise ProviderAway
    return told


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _with_query(address: str, asked: Mapping[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"
