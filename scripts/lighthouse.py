"""How the demo's pages load and whether everybody can use them, as Lighthouse sees it on a slow telephone.

Run by `make lighthouse`; ends with 1 when a page is below the targets. Performance moves with whatever else runs.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import httpx
from own_demo import ARGUMENTS, PASSWORD, PUBLIC, STAFF, open_demo

from tests.staff import logs_in

LIGHTHOUSE = Path("tests/lighthouse/node_modules/.bin/lighthouse")
TARGETS = {"performance": 90, "accessibility": 95}
OPEN = "/privacidad", "/transparencia"
BY_USER = {
    "oficial": ("/triage", "/buscar?palabras=agua", "/vencimientos", "/focos", "/avisos", "/tablero", "/captura"),
    "enlace-municipio": ("/turnos", "/plantillas"),
    "administra": ("/oficina", "/indicadores", "/usuarios", "/modelo", "/reglas"),
}


@dataclass(frozen=True)
class Seen:
    page: str
    scores: dict[str, int]

    @property
    def is_good(self) -> bool:
        return all(self.scores[name] >= target for name, target in TARGETS.items())


def main() -> None:
    with open_demo():
        seen = [_measure(f"http://127.0.0.1:{PUBLIC}{path}", path, "") for path in OPEN]
        seen += [_measure(_staff("/login"), "/login", "")]
        for user, paths in BY_USER.items():
            cookie = _cookie(user)
            seen += [_measure(_staff(path), path, cookie) for path in paths]
    for one in seen:
        print(f"{one.page:32}", "  ".join(f"{name} {score:3}" for name, score in one.scores.items()))
    if poor := [one.page for one in seen if not one.is_good]:
        sys.exit(f"below {TARGETS}: {', '.join(poor)}")


def _staff(path: str) -> str:
    return f"http://127.0.0.1:{STAFF}{path}"


def _cookie(user: str) -> str:
    with httpx.Client(base_url=_staff("")) as client:
        if logs_in(client, user, PASSWORD) != httpx.codes.SEE_OTHER:
            sys.exit(f"{user} was not let in")
        return "; ".join(f"{name}={value}" for name, value in client.cookies.items())


def _measure(url: str, page: str, cookie: str) -> Seen:
    headers = json.dumps({"Cookie": cookie} if cookie else {})
    command = [
        LIGHTHOUSE,
        url,
        "--quiet",
        "--output=json",
        f"--only-categories={','.join(TARGETS)}",
        f"--extra-headers={headers}",
        f"--chrome-flags={' '.join(['--headless=new', *ARGUMENTS])}",
    ]
    environment = {**os.environ, "CHROME_PATH": "/usr/bin/chromium"}
    done = subprocess.run(command, capture_output=True, check=True, env=environment)  # noqa: S603 — fixed arguments
    found = json.loads(done.stdout)
    if found.get("runtimeError"):
        sys.exit(f"{page}: {found['runtimeError']['message']}")
    return Seen(page, {name: round(100 * (one["score"] or 0)) for name, one in found["categories"].items()})


if __name__ == "__main__":
    main()
