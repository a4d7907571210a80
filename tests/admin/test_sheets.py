"""A document's first page is seen in the conversation, as a picture that the program drew."""

import shutil
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from intake.files import key_of
from intake.office import Office
from intake.tables.incoming import Attachment, Message
from tests.admin.conftest import Case
from tests.staff import Browser

pytestmark = pytest.mark.skipif(not shutil.which("pdftoppm"), reason="poppler is not installed")
RED = (200, 30, 30)


def _pdf() -> bytes:
    """Two pages, the first one red."""
    target = BytesIO()
    first, second = (Image.new("RGB", (612, 792), colour) for colour in (RED, (30, 30, 200)))
    first.save(target, "PDF", save_all=True, append_images=[second])
    return target.getvalue()


@pytest.fixture
def kept(office: Office, case: Case, tmp_path: Path) -> Callable[..., int]:
    """A document of the petition, with those bytes."""

    def put(content: bytes, detected: str = "application/pdf") -> int:
        source = tmp_path / "given"
        source.write_bytes(content)
        key = key_of("d" * 64)
        office.files.put(source, key)
        with office.sessions.begin() as session:
            message = session.query(Message).order_by(Message.id).first()
            assert message
            row = Attachment(
                message_id=message.id,
                petition_id=message.petition_id,
                channel="console",
                kind="document",
                external_id="d1",
                unique_id="d1",
                state="stored",
                next_attempt_at=message.received_at,
                storage_key=key,
                detected_type=detected,
                size_bytes=len(content),
            )
            session.add(row)
            session.flush()
            return row.id

    return put


def test_the_first_page_is_shown_and_the_document_itself_stays_a_download(
    browser: Callable[[str], Browser], case: Case, kept: Callable[..., int]
) -> None:
    number, officer = kept(_pdf()), browser("oficial")
    page = officer.opens(f"/peticiones/{case.folio}")
    assert f'src="/archivos/{number}/hoja"' in page
    answer = officer.client.get(f"/archivos/{number}/hoja")
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    with Image.open(BytesIO(answer.content)) as sheet:
        assert max(sheet.size) == 1200
        red, green, blue = sheet.convert("RGB").resize((1, 1)).getpixel((0, 0))  # type: ignore[misc]
    assert (red > 150, green < 90, blue < 90) == (True, True, True)
    whole = officer.client.get(f"/archivos/{number}")
    assert whole.headers["content-disposition"].startswith("attachment;")


@pytest.mark.parametrize("content", [b"%PDF-1.4 and nothing", b"<script>alert(1)</script>"])
def test_what_cannot_be_drawn_is_not_found(
    browser: Callable[[str], Browser], kept: Callable[..., int], content: bytes
) -> None:
    browser("oficial").opens(f"/archivos/{kept(content)}/hoja", 404)


def test_only_a_document_has_a_page_and_only_who_may_have_the_file_sees_it(
    browser: Callable[[str], Browser], case: Case, kept: Callable[..., int]
) -> None:
    number = kept(_pdf())
    browser("enlace-cabien").opens(f"/archivos/{number}/hoja", 404)
    browser("estadistica").opens(f"/archivos/{number}/hoja", 403)
    other = kept(_pdf(), "text/html")
    assert f"/archivos/{other}/hoja" not in browser("oficial").opens(f"/peticiones/{case.folio}")
    browser("oficial").opens(f"/archivos/{other}/hoja", 404)
