"""Styles and scripts: packed where a browser takes them so, told once, never anything else than what stands there."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.testclient import TestClient

VENDOR = Path("admin/static/vendor")
STYLES = "/static/vendor/tabler.min.css"


def test_styles_go_out_packed_and_are_the_very_same(app: FastAPI) -> None:
    client = TestClient(app)
    plain = client.get(STYLES, headers={"Accept-Encoding": "identity"})
    packed = client.get(STYLES, headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert plain.content == packed.content == (VENDOR / "tabler.min.css").read_bytes()
    assert int(packed.headers["content-length"]) < len(plain.content) / 5
    assert {answer.headers["content-type"] for answer in (plain, packed)} == {"text/css; charset=utf-8"}
    assert {answer.headers["vary"] for answer in (plain, packed)} == {"Accept-Encoding"}


def test_what_a_browser_has_is_not_sent_again(app: FastAPI) -> None:
    client = TestClient(app)
    tags = {client.get(STYLES, headers={"Accept-Encoding": how}).headers["etag"] for how in ("gzip", "identity")}
    assert len(tags) == 2, "a packed file and a plain one are not taken for each other"
    for tag in tags:
        how = "gzip" if tag == client.get(STYLES).headers["etag"] else "identity"
        again = client.get(STYLES, headers={"If-None-Match": tag, "Accept-Encoding": how})
        assert (again.status_code, again.content) == (304, b"")


def test_what_is_not_packed_comes_as_it_is(app: FastAPI) -> None:
    answer = TestClient(app).get("/static/staff.css", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in answer.headers
    assert answer.content == Path("admin/static/staff.css").read_bytes()
