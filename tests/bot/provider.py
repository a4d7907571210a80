"""A provider on this machine that answers as it is told: resets, cut-off bodies, trickles and all."""

import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

TOKEN = "7000000000:invented-token-of-no-bot"
SECRET = "invented_secret-1"
ACCOUNT, AUTH_TOKEN = "AC" + "0" * 31 + "1", "invented-auth-token"
SENDER = "whatsapp:+5219510000000"
PUBLIC_URL = "https://peticiones.example"


@dataclass(frozen=True)
class Answer:
    """What the provider does with one call. `cut` closes after that many bytes; `pause_s` waits between two bytes."""

    body: bytes | str = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    pause_s: float = 0.0
    size: int | None = None  # declared, when it is not the true one


@dataclass(frozen=True)
class Call:
    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    form: dict[str, list[str]]


class Provider:
    """Plays its answers in order, the last one for ever, and remembers what it was asked."""

    def __init__(self) -> None:
        self.answers: list[Answer] = [Answer()]
        self.calls: list[Call] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def plays(self, *answers: Answer) -> None:
        self.answers = list(answers)

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _next(self) -> Answer:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def _handler(provider) -> type[BaseHTTPRequestHandler]:  # noqa: N805 — `self` is the handler below
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                return

            def do_GET(self) -> None:
                at, body = urlsplit(self.path), self.rfile.read(int(self.headers.get("content-length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                form = parse_qs(body.decode(), keep_blank_values=True)
                provider.calls.append(Call(self.command, at.path, parse_qs(at.query), headers, form))
                self._play(provider._next())

            do_POST = do_DELETE = do_GET  # noqa: N815

            def _play(self, answer: Answer) -> None:
                body = answer.body.encode() if isinstance(answer.body, str) else answer.body
                self.close_connection = True
                if answer.cut == 0:
                    return
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Connection", "close")
                self.send_header("Content-Length", str(len(body) if answer.size is None else answer.size))
                self.end_headers()
                self._write(body[: answer.cut], answer.pause_s)

            def _write(self, body: bytes, pause_s: float) -> None:
                try:
                    for byte in (body[i : i + 1] for i in range(len(body))) if pause_s else (body,):
                        self.wfile.write(byte)
                        self.wfile.flush()
                        time.sleep(pause_s)
                except OSError:
                    return  # the client gave up, which is what such a test is about

        return Handler
