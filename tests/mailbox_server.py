"""A mailbox on loopback that speaks as much IMAP as the front desk asks for, and writes down what it was asked."""

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

FETCH = re.compile(rb"UID FETCH (\d+) \((.+)\)")
SEARCH = re.compile(rb"UID SEARCH UID (\d+):\*")


@dataclass
class MailboxServer:
    """`mails`: by UID. `validity`: another one makes all numbers new. `broken`: mails that it
    lists and does not hand out."""

    port: int = 0
    validity: int = 7
    password: str = "secreto"
    mails: dict[int, bytes] = field(default_factory=dict)
    asked: list[bytes] = field(default_factory=list)
    broken: set[int] = field(default_factory=set)


@contextmanager
def mailbox_server() -> Iterator[MailboxServer]:
    box = MailboxServer()

    class Talk(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"* OK ready\r\n")
            while line := self.rfile.readline().strip():
                tag, _, command = line.partition(b" ")
                box.asked.append(command)
                self.wfile.write(b"".join(_answers(box, command)))
                word = command.split(b" ")[0]
                is_refused = word == b"LOGIN" and box.password.encode() not in command
                self.wfile.write(tag + (b" NO refused\r\n" if is_refused else b" OK done\r\n"))
                if word == b"LOGOUT":
                    return

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Talk)
    server.daemon_threads = True
    box.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield box
    server.shutdown()
    server.server_close()
    thread.join(5)


def _answers(box: MailboxServer, command: bytes) -> Iterator[bytes]:
    if command.startswith(b"CAPABILITY"):
        yield b"* CAPABILITY IMAP4rev1\r\n"
    elif command.startswith((b"EXAMINE", b"SELECT")):
        yield b"* %d EXISTS\r\n* OK [UIDVALIDITY %d] valid\r\n" % (len(box.mails), box.validity)
    elif found := SEARCH.match(command):
        first = int(found[1])
        named = [uid for uid in box.mails if uid >= first] or sorted(box.mails)[-1:]  # «n:*» names the last one always
        yield b"* SEARCH " + b" ".join(b"%d" % uid for uid in named) + b"\r\n"
    elif found := FETCH.match(command):
        uid = int(found[1])
        content = box.mails[uid]
        if uid in box.broken:
            return
        if found[2].startswith(b"RFC822.SIZE"):
            yield b'* 1 FETCH (UID %d RFC822.SIZE %d INTERNALDATE "20-Nov-2026 10:00:00 -0600")\r\n' % (
                uid,
                len(content),
            )
        else:
            yield b"* 1 FETCH (UID %d BODY[] {%d}\r\n%s)\r\n" % (uid, len(content), content)
    elif command == b"LOGOUT":
        yield b"* BYE\r\n"
