"""A copy of a file that may leave the office: of a type that both channels carry, small enough, and without what a
photo tells besides its picture (place, telephone, moment). Called by `evidence`. Pure.

What a file is, its bytes say, never its name or what the browser declares.
"""

from dataclasses import dataclass
from io import BytesIO

import filetype
from PIL import Image, ImageOps

from intake.errors import FormRefused

FILE_MAX_BYTES = 10 * 1024 * 1024  # WhatsApp takes 16 MB, Telegram 50 (CHANNELS A1, A2); a telephone's data plan less
PHOTO_MAX_BYTES = 5 * 1024 * 1024  # WhatsApp (CHANNELS A2)
PIXELS_MAX = 80_000_000  # telephones of 2026 make 50 to 64; a bomb of a few kilobytes unfolds to thousands
SIDE_MAX = 2560  # enough to read a page that was photographed; Telegram refuses above 10,000 for both sides
RATIO_MAX = 20  # of the sides (Bot API, sendPhoto)
PDF = "application/pdf"
ENDINGS = {"image/jpeg": "jpg", "image/png": "png", PDF: "pdf"}


@dataclass(frozen=True)
class CleanCopy:
    content: bytes
    media_type: str

    @property
    def ending(self) -> str:
        return ENDINGS[self.media_type]


def make_clean_copy(content: bytes) -> CleanCopy:
    """Raises FormRefused: too_big, type, unreadable."""
    if len(content) > FILE_MAX_BYTES:
        raise FormRefused("too_big")
    found = filetype.guess(content)
    if found is None or found.mime not in ENDINGS:
        raise FormRefused("type")
    if found.mime == PDF:
        return CleanCopy(content, PDF)
    try:
        return _clean_photo(content)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise FormRefused("unreadable") from error


def _clean_photo(content: bytes) -> CleanCopy:
    """Drawn anew, so that nothing but the picture comes along."""
    with Image.open(BytesIO(content), formats=("JPEG", "PNG")) as source:
        if source.width * source.height > PIXELS_MAX or max(source.size) > RATIO_MAX * min(source.size):
            raise FormRefused("unreadable")
        is_png, upright = source.format == "PNG", ImageOps.exif_transpose(source)
    upright.thumbnail((SIDE_MAX, SIDE_MAX))
    if is_png:
        drawn = _written(_bare(upright, "RGBA" if upright.has_transparency_data else "RGB"), "PNG")
        if len(drawn) <= PHOTO_MAX_BYTES:
            return CleanCopy(drawn, "image/png")
    return CleanCopy(_written(_bare(upright, "RGB"), "JPEG", quality=88), "image/jpeg")


def _bare(picture: Image.Image, mode: str) -> Image.Image:
    """The pixels alone; what is transparent becomes white where the format knows no transparency."""
    if mode == "RGB" and picture.has_transparency_data:
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture.convert("RGBA"))
    pixels = picture.convert(mode)
    bare = Image.new(mode, pixels.size)
    bare.paste(pixels)
    return bare


def _written(picture: Image.Image, format: str, **how: int) -> bytes:  # noqa: A002 — Pillow's word
    target = BytesIO()
    picture.save(target, format, optimize=True, **how)
    return target.getvalue()
