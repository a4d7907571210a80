"""«Configuración»: downloaded as a ZIP, changed, uploaded, shown, applied."""

import re
from collections.abc import Callable

from intake.configuration.folder import SENTENCES
from intake.configuration.zipped import pack, unpack
from intake.office import Office
from tests.staff import Browser

REASON = "Se trae de la otra instalación"


def _looks(browser: Browser, content: bytes) -> str:
    answer = browser.client.post(
        "/configuracion/revisar", data={"csrf": browser.token()}, files={"archivo": ("c.zip", content)}
    )
    return answer.text


def _plan(page: str) -> str:
    found = re.search(r'name="plano" value="([^"]+)"', page)
    assert found
    return found[1]


def test_it_is_taken_out_changed_and_brought_in(office: Office, browser: Callable[[str], Browser]) -> None:
    administrator = browser("administra")
    files = unpack(administrator.client.get("/configuracion.zip").content)
    assert "Es igual a lo que rige" in _looks(administrator, pack(files))
    files[SENTENCES] = files[SENTENCES].replace("¿En qué podemos ayudarle?".encode(), "¿Qué necesita?".encode())
    page = _looks(administrator, pack(files))
    assert "Texto <code>greeting</code>" in page
    assert office.texts("greeting").startswith("¿En qué")
    plan = _plan(page)
    assert "Escriba el motivo" in administrator.sends("/configuracion/aplicar", 422, plano=plan, motivo="x")
    administrator.sends("/configuracion/aplicar", plano=plan, motivo=REASON)
    assert "Se aplicó 1 cambio" in administrator.opens("/configuracion")
    assert office.texts("greeting").startswith("¿Qué necesita?")
    assert "Alguien publicó" in administrator.sends("/configuracion/aplicar", 422, plano=plan, motivo=REASON)
    assert "Suba el archivo de nuevo" in administrator.sends("/configuracion/aplicar", 422, plano="x", motivo=REASON)
    files[SENTENCES] = files[SENTENCES].replace("¿Qué necesita?".encode(), "¿Qué necesitas tú?".encode())
    page = _looks(administrator, pack(files))
    assert "familiar tú" in page
    assert "plano" not in page
    assert "no es un ZIP" in _looks(administrator, b"nada")
