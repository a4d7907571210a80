"""A mail as it came, taken apart: who, what about, its words, what hung on it. Pure; trusts nothing that it says."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as policy
from email.utils import getaddresses
from html.parser import HTMLParser

from intake.answers.attaching import FileRefused, Given
from intake.correspondence.page_files import Original, Role, check_page, tidy_name
from intake.correspondence.page_words import WORDS_MAX, tidy_words

NAME_MAX, SUBJECT_MAX, ADDRESS_MAX = 200, 300, 254
ENCLOSURES_MAX = 30
HEAD_END = re.compile(rb"\r?\n\r?\n")
ENCLOSURE_TYPE = "application/octet-stream"  # what is neither photo nor PDF is kept, and only handed out
SILENT = frozenset({"style", "script", "head", "title"})
BREAKS = frozenset({"br", "p", "div", "tr", "li", "h1", "h2", "h3"})


@dataclass(frozen=True)
class Mail:
    """`key`: of its Message-ID, else the mailbox's number for it, and its body. `files`: the mail itself first."""

    key: str
    sender: str
    address: str | None
    addressee: str
    subject: str
    text: str
    files: tuple[Original, ...]

    @property
    def enclosures(self) -> int:
        return len(self.files) - 1


def read_mail(content: bytes, fallback: str) -> Mail:
    """`fallback`: by what it is known when it says no name of its own."""
    try:
        return _taken_apart(content, fallback)
    except Exception:  # the library fails in many ways on what is no mail: it is kept, and a person looks at it
        return Mail(_key(fallback, b""), "—", None, "", "", "", (_itself(content),))


def _taken_apart(content: bytes, fallback: str) -> Mail:
    message = message_from_bytes(content, policy=policy)
    assert isinstance(message, EmailMessage)
    own_id = _header(message, "Message-ID") or fallback
    name, address = _first_address(message, "From")
    to_name, to_address = _first_address(message, "To")
    return Mail(
        key=_key(own_id, content),
        sender=(name or address or "—")[:NAME_MAX],
        address=address[:ADDRESS_MAX] or None,
        addressee=(to_name or to_address)[:NAME_MAX],
        subject=_header(message, "Subject")[:SUBJECT_MAX],
        text=_text(message)[:WORDS_MAX],
        files=(_itself(content), *list(_enclosures(message))[:ENCLOSURES_MAX]),
    )


def _key(own_id: str, content: bytes) -> str:
    """Of the name with what follows the head: some scanners give every mail the same name. Ways differ in the head."""
    body = HEAD_END.split(content, maxsplit=1)[-1]
    return f"mail-{hashlib.sha256(own_id.encode(errors='replace') + body).hexdigest()}"


def _itself(content: bytes) -> Original:
    return Original(Role.MAIL, "correo.eml", "message/rfc822", content, 0)


def _header(message: EmailMessage, name: str) -> str:
    """On one line, without what cannot be printed; empty where it is missing or broken."""
    try:
        value = str(message.get(name) or "")
    except (ValueError, IndexError, LookupError):  # the library fails on some broken heads
        return ""
    plain = "".join(c if c.isprintable() else " " for c in value)
    return " ".join(plain.encode("utf-8", "replace").decode().split())


def _first_address(message: EmailMessage, name: str) -> tuple[str, str]:
    found = getaddresses([_header(message, name)])
    return found[0] if found else ("", "")


def _text(message: EmailMessage) -> str:
    try:
        body = message.get_body(preferencelist=("plain", "html"))
        if body is None:
            return ""
        words = str(body.get_content())
        is_html = body.get_content_type() == "text/html"
    except (KeyError, LookupError, ValueError, AttributeError):
        return ""
    return tidy_words(_bare(words) if is_html else words.replace("\r\n", "\n"))


def _enclosures(message: EmailMessage) -> Iterator[Original]:
    """A photo or a PDF is checked and can be read; another file is kept as it is."""
    for part in message.walk():
        name = part.get_filename()
        if part.is_multipart() or not (name or part.get_content_disposition() == "attachment"):
            continue
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes) or not content:
            continue
        given = Given(str(name or "anexo"), content)
        try:
            yield check_page(given, Role.ENCLOSURE)
        except FileRefused:
            yield Original(Role.ENCLOSURE, tidy_name(given.name), ENCLOSURE_TYPE, content, 0)


def _bare(html: str) -> str:
    reader = _Words()
    reader.feed(html)
    reader.close()
    return "".join(reader.words)


class _Words(HTMLParser):
    """What a person would read of it."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._silent = 0 if tag == "body" else self._silent + (tag in SILENT)  # «</head>» may be left out
        if tag in BREAKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in SILENT and self._silent > 0

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(" ".join(data.split()) + " " if data.strip() else "")
