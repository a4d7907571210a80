"""What docs/api.md and docs/open311.md show is true: every curl line is sent to the app, the Python lines verify."""

import re
import shlex
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from admin.api.app import CATALOGUE
from admin.api.problems import HTTP, KINDS, TYPE
from bot.texts import load_catalogue
from intake.clock import utc_now
from intake.systems.signing import headers_of, secret_of
from tests.admin.api.machine import Scene

ROOT = Path(__file__).resolve().parents[3]
DOCS, SOURCE = ROOT / "docs", ROOT / "admin" / "api"
CURL = re.compile(r"^(curl .*?)\s+# (\d{3})$", re.MULTILINE)


def _send(scene: Scene, line: str) -> int:
    """The options of curl that the documents use."""
    values = {"$CANALIZA": "", "$TOKEN": scene.machine.token, "$REFERRAL": str(scene.referral_id)}
    for name, value in values.items():
        line = line.replace(name, value)
    words = iter(shlex.split(line)[1:])
    method, url, headers, data = "GET", "", dict[str, str](), list[str]()
    for word in words:
        match word:
            case "-X":
                method = next(words)
            case "-H":
                name, value = next(words).split(": ", 1)
                headers[name] = value
            case "-d":
                data.append(next(words))
            case _:
                url = word
    headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
    answer = scene.machine.client.request(method, url, headers=headers, content="&".join(data).encode() or None)
    return answer.status_code


@pytest.mark.parametrize(("page", "least"), [("api.md", 10), ("open311.md", 7)])
def test_every_curl_line_is_answered_as_it_says(scene: Scene, page: str, least: int) -> None:
    lines = CURL.findall((DOCS / page).read_text("utf-8"))
    assert len(lines) >= least
    for line, status in lines:
        assert _send(scene, line) == int(status), line


def test_every_problem_of_the_catalogue_stands_in_the_table() -> None:
    told = (DOCS / "api.md").read_text("utf-8")
    assert TYPE in told
    names = set()
    for file in ("referrals.py", "once.py", "doors.py"):
        names |= set(re.findall(r'Problem\("([a-z_]+)"', (SOURCE / file).read_text("utf-8")))
    assert names
    for name in names:
        assert f"`{name.replace('_', '-')}`" in told, name


def test_every_problem_has_its_sentences_and_every_sentence_its_problem() -> None:
    source = "\n".join(path.read_text("utf-8") for path in SOURCE.glob("*.py"))
    named = set(re.findall(r'Problem\(\s*"([a-z_]+)"', source)) | {name for _, name in KINDS} | set(HTTP.values())
    refused = "\n".join(
        (ROOT / "intake" / name).read_text("utf-8") for name in ("systems/reported.py", "triage/capturing.py")
    )
    faults = {f"report_{fault}" for fault in re.findall(r'Refused\("([a-z_]+)"', refused)}
    never = {
        f"report_{fault}" for fault in "when future old phone town town_several emergency".split()
    }  # an officer's form's
    wanted = {f"api.{name}{end}" for name in named | (faults - never) for end in ("", "_do")}
    assert load_catalogue(CATALOGUE).keys() == wanted


def test_the_lines_that_verify_take_ours_and_refuse_what_was_altered() -> None:
    (lines,) = re.findall(r"```python\n(.*?)```", (DOCS / "api.md").read_text("utf-8"), re.DOTALL)
    scope: dict[str, Any] = {}
    exec(lines, scope)  # noqa: S102 — the document's own lines
    secret, body, now = secret_of("k" * 32, "salt"), b'{"type":"referral.created"}', utc_now()
    headers = headers_of([secret_of("k" * 32, "older"), secret], "msg_1", now, body)
    assert scope["is_ours"](secret, headers, body)
    assert not scope["is_ours"](secret, headers, body + b" ")
    assert not scope["is_ours"](secret_of("k" * 32, "other"), headers, body)
    old = headers_of([secret], "msg_1", datetime.fromtimestamp(0, now.tzinfo), body)
    assert not scope["is_ours"](secret, old, body)
