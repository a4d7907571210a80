"""A provider of log-ins for tests: real keys and tokens without a network; `running` is a real one on loopback."""

import base64
import hmac
import json
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import RSAKey

ISSUER, CLIENT, SECRET = "https://cuentas.gobierno.test", "canaliza", "secreto-de-prueba"
SETTINGS = {"oidc_issuer": ISSUER, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}
KEY = RSAKey.generate_key(2048, {"kid": "uno", "use": "sig", "alg": "RS256"})
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "dos", "use": "sig", "alg": "RS256"})


@dataclass
class Told:
    """What the next token says; `claims` stand over what a right one would say."""

    claims: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: KEY)
    algorithm: str = "RS256"
    published: list[RSAKey] = field(default_factory=lambda: [KEY])
    is_away: bool = False
    asked: list[str] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)
    nonce: str = ""

    def answers(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        self.asked.append(path)
        if self.is_away:
            raise httpx.ConnectError("away")
        if path == "/token":
            form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
            self.forms.append(form)
            return httpx.Response(200, json={"id_token": self.id_token(), "access_token": "a", "token_type": "Bearer"})
        if path == "/jwks":
            return httpx.Response(200, json={"keys": [key.as_dict(private=False) for key in self.published]})
        if path == "/me":
            return httpx.Response(200, json={"sub": self.claims.get("sub", "s-1"), **self.userinfo})
        places = {"authorization": "/auth", "token": "/token", "userinfo": "/me", "end_session": "/out"}
        urls = {f"{name}_endpoint": ISSUER + place for name, place in places.items()}
        return httpx.Response(200, json={"issuer": ISSUER, "jwks_uri": f"{ISSUER}/jwks", **urls})

    def id_token(self) -> str:
        now = int(time.time())
        right = {"iss": ISSUER, "aud": CLIENT, "sub": "s-1", "iat": now, "exp": now + 300, "nonce": self.nonce}
        claims = {**right, **self.claims}
        if self.algorithm == "none":
            return f"{_packed({'alg': 'none'})}.{_packed(claims)}."
        if self.algorithm == "HS256":  # the public key, which everybody has, as if it were a shared secret
            signed = f"{_packed({'alg': 'HS256', 'kid': 'uno'})}.{_packed(claims)}"
            mark = hmac.digest(KEY.as_pem(private=False), signed.encode(), "sha256")
            return f"{signed}.{base64.urlsafe_b64encode(mark).rstrip(b'=').decode()}"
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key, algorithms=["RS256"])


def asked_of(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


@contextmanager
def running(*sites: str) -> Iterator[str]:
    """npm's oidc-provider for this client at those addresses; its issuer."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = ["node", "tests/oidc_provider.mjs", str(port), *sites]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as program:
        try:
            assert program.stdout
            issuer = program.stdout.readline().strip()
            assert issuer, "no provider: npm ci"
            yield issuer
        finally:
            program.kill()


def _packed(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
