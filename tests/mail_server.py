"""A mail server on loopback that keeps what it is given: enough of RFC 5321 for one client, and faults at will."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class Post:
    """`answers`: by the command's word, what is said instead of yes, each once. `letters`: what was taken in."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    answers: dict[str, list[str]] = field(default_factory=dict)

    def answer(self, word: str, usual: str) -> str:
        waiting = self.answers.get(word)
        return waiting.pop(0) if waiting else usual


class _Dialogue(socketserver.StreamRequestHandler):
    timeout = 10

    def handle(self) -> None:
        server = self.server
        assert isinstance(server, _Server)
        self._say("220 casa ESMTP")
        while line := self.rfile.readline():
            word = line.decode().split()[0].upper()
            if word == "DATA":
                self._take(server.post)
            elif word == "QUIT":
                return self._say("221 adios")
            else:
                self._say(server.post.answer(word, "250 casa"))
        return None

    def _take(self, post: Post) -> None:
        self._say("354 diga")
        lines: list[bytes] = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        said = post.answer("DATA", "250 tomado")
        if said.startswith("250") or said.startswith("drop"):
            letter = message_from_bytes(b"".join(lines), policy=policy.SMTP)
            assert isinstance(letter, EmailMessage)
            post.letters.append(letter)
        if not said.startswith("drop"):
            self._say(said)

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, post: Post) -> None:
        super().__init__(("127.0.0.1", 0), _Dialogue)
        self.post = post


@contextmanager
def mail_server() -> Iterator[Post]:
    post = Post()
    with _Server(post) as server:
        post.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield post
        server.shutdown()
        thread.join(10)
