"""The office's seal on an answer's paper: a signature of what stands on it, and the code by which it is checked. Pure.

Who can make it has the office's secret key; who changes a word of the paper needs another seal.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from typing import Any

CODE_HEX = 20  # 80 bits of the seal: nobody guesses one, and a person can read it aloud
CODE = re.compile(r"([0-9a-f]{1,15})-([0-9a-f]{20})")


def digest_of(content: Mapping[str, Any]) -> str:
    """SHA-256 of what stands on the paper, written in one way: keys in order, no spaces, UTF-8."""
    written = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def seal_of(secret_key: str, digest: str) -> str:
    return hmac.new(secret_key.encode(), f"answer-paper:{digest}".encode(), hashlib.sha256).hexdigest()


def is_sealed(secret_key: str, content: Mapping[str, Any] | None, digest: str, seal: str) -> bool:
    """Whether the seal is the office's and of exactly that content; None: of the digest, the content is gone."""
    own = digest if content is None else digest_of(content)
    return hmac.compare_digest(own, digest) and hmac.compare_digest(seal_of(secret_key, own), seal)


def code_of(answer_id: int, seal: str) -> str:
    return f"{answer_id:x}-{seal[:CODE_HEX]}"


def read_code(text: str) -> tuple[int, str] | None:
    """The answer's id and the beginning of the seal, however it was typed; None: no such code."""
    found = CODE.fullmatch("".join(text.lower().split()))
    return (int(found[1], 16), found[2]) if found else None
