"""What of a file may leave: a picture without its place, of a type and size that both channels carry."""

from io import BytesIO

import pytest
from PIL import Image, PngImagePlugin

from intake.answers.clean_copies import FILE_MAX_BYTES, SIDE_MAX, make_clean_copy
from intake.errors import FormRefused
from tests.files import GPS, PDF, telephones_photo


def _opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


def test_a_photo_loses_its_place_and_its_telephone_and_stands_upright() -> None:
    source = telephones_photo(64, 48)
    assert _opened(source).getexif().get_ifd(GPS)
    copy = make_clean_copy(source)
    assert (copy.media_type, copy.ending) == ("image/jpeg", "jpg")
    assert not _opened(copy.content).getexif()
    assert b"Lupita" not in copy.content
    assert _opened(copy.content).size == (48, 64)


def test_a_png_loses_its_words_and_keeps_what_is_transparent() -> None:
    told = PngImagePlugin.PngInfo()
    told.add_text("Author", "Lupita")
    target = BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(target, "PNG", pnginfo=told)
    copy = make_clean_copy(target.getvalue())
    assert b"Lupita" not in copy.content
    assert _opened(copy.content).getpixel((0, 0)) == (0, 0, 0, 0)


def test_a_large_photo_becomes_one_that_both_channels_take() -> None:
    copy = make_clean_copy(telephones_photo(6000, 3000))
    assert max(_opened(copy.content).size) == SIDE_MAX


def test_a_document_leaves_as_it_is() -> None:
    assert make_clean_copy(PDF).content == PDF


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"PK\x03\x04 a word processor's file", "type"),
        (b"<svg onload=alert(1)>", "type"),
        (b"", "type"),
        (telephones_photo()[:200], "unreadable"),
        (b"\x89PNG\r\n\x1a\n not a picture", "unreadable"),
        (telephones_photo(2000, 20), "unreadable"),
        (PDF + bytes(FILE_MAX_BYTES), "too_big"),
    ],
)
def test_what_is_not_kept_says_why(content: bytes, fault: str) -> None:
    with pytest.raises(FormRefused) as refused:
        make_clean_copy(content)
    assert refused.value.fault == fault


def test_a_few_bytes_that_unfold_to_a_wall_of_pixels_are_not_unfolded() -> None:
    target = BytesIO()
    Image.new("1", (20_000, 20_000)).save(target, "PNG")
    assert len(target.getvalue()) < 200_000
    with pytest.raises(FormRefused):
        make_clean_copy(target.getvalue())
