"""A member of staff at the admin app: logs in, opens pages, sends forms. No window; tests/whole/browser.py has one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import httpx

PASSWORD = "una frase muy larga"
CSRF = re.compile(r'name="csrf" value="([^"]+)"')
PROOF = re.compile(r'name="prueba" value="([^"]+)"')


@dataclass
class Browser:
    """One member's browser: what it opens and sends, with the token of the page it would be sent from."""

    client: httpx.Client

    def opens(self, path: str, status: int = 200) -> str:
        answer = self.client.get(path)
        assert answer.status_code == status, (path, answer.status_code)
        return answer.text

    def sends(self, path: str, expected: int = 303, /, **fields: str | int | Sequence[str]) -> str:
        """Posts a form and returns where it leads, or the page when it leads nowhere."""
        answer = self.client.post(path, data={"csrf": self.token(), **fields})
        assert answer.status_code == expected, (path, answer.status_code)
        return answer.headers.get("location") or answer.text

    def token(self) -> str:
        found = CSRF.search(self.client.get("/", follow_redirects=True).text)
        return found[1] if found else ""


def logs_in(client: httpx.Client, name: str, password: str = PASSWORD, onward: str = "/") -> int:
    proof = PROOF.search(client.get("/login").text)
    assert proof
    fields = {"usuario": name, "clave": password, "prueba": proof[1], "siguiente": onward}
    return client.post("/login", data=fields).status_code
