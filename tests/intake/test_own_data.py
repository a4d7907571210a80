"""«Mis datos»: asked first, by a link that is one's own, soon ends, and shows nothing to who only follows it."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from intake.citizens import own_data
from intake.incoming.receive import Receiver
from intake.incoming.spool import Spool
from intake.incoming.webhooks import build_app
from intake.office import Office
from tests.talk import Talk

WORDS = "En Santa María Huatulco la playa amanece llena de <b>basura</b> del mercado"


@pytest.fixture
def web(office: Office, tmp_path: Path) -> TestClient:
    return TestClient(build_app(office, Receiver(office.sessions, office.wake, Spool(tmp_path / "spool"))))


def _link(talk: Talk) -> str:
    assert "¿Usted es quien hizo las peticiones" in talk.says("mis datos")[0]
    (said,) = talk.says("sí")
    return re.findall(r"/mis-datos/\S+", said)[0]


def test_all_that_is_kept_of_the_person_is_handed_over_and_nothing_of_others(
    office: Office, talk: Talk, web: TestClient
) -> None:
    Talk(office, "console-2").says("no hay luz en mi calle de San Pablo Huixtepec")
    talk.says(WORDS)
    link = _link(talk)

    front = web.get(link)
    assert (front.status_code, "basura" in front.text) == (200, False)
    written = web.post(f"{link}/json")
    assert written.headers["cache-control"] == "no-store"
    assert written.headers["x-content-type-options"] == "nosniff"
    assert written.headers["content-disposition"] == 'attachment; filename="mis-datos.json"'
    content = json.loads(written.text)
    assert [one["folio"] for one in content["peticiones"]] == [talk.petitions()[0].folio]
    assert content["peticiones"][0]["mensajes"][0]["texto"] == WORDS
    assert content["contactos"] == [{"canal": "console", "dirección": "console-1"}]
    assert "luz" not in written.text
    document = web.post(f"{link}/documento")
    assert "&lt;b&gt;basura&lt;/b&gt;" in document.text
    assert "attachment" in document.headers["content-disposition"]


def test_a_forged_or_old_link_gives_nothing(
    office: Office, talk: Talk, web: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk.says(WORDS)
    link = _link(talk)
    forged = [link[:-2] + ("aa" if link[-2:] != "aa" else "bb"), "/mis-datos/1", "/mis-datos/x.y.z"]
    for path in forged:
        assert web.get(path).status_code == 404
        assert web.post(f"{path}/json").status_code == 404
    assert web.post(f"{link}/otro").status_code == 404
    # No clock of ours is asked how old a signature is.
    monkeypatch.setattr(own_data, "LASTS", timedelta(seconds=-1))
    assert web.post(f"{link}/json").status_code == 404


def test_a_no_hands_nothing_over_and_a_day_has_three_links(talk: Talk) -> None:
    talk.says("mis datos")
    assert not any("/mis-datos/" in reply for reply in talk.says("no"))
    for _ in range(own_data.LINKS_A_DAY):
        _link(talk)
    talk.says("mis datos")
    (said,) = talk.says("sí")
    assert "/mis-datos/" not in said
