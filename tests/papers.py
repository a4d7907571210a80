"""A letter on paper as a telephone photographs it: drawn, a little grey, good enough to be read."""

from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

FONT = "DejaVuSans.ttf"
LETTER = (
    "Villa de Zaachila, Oaxaca, a 20 de noviembre",
    "Oficio número PMZ/112/2026",
    "",
    "Jefatura de Gabinete",
    "",
    "Solicitamos la reparación del drenaje de la",
    "calle Independencia, porque el agua sucia",
    "entra a las casas desde hace dos semanas.",
    "",
    "Guadalupe Ruiz",
    "Presidenta municipal",
)


def photographed(lines: tuple[str, ...] = LETTER, kind: str = "JPEG") -> bytes:
    sheet = Image.new("RGB", (1240, 1000), (232, 230, 224))
    pen, font = ImageDraw.Draw(sheet), _font(38)
    for number, line in enumerate(lines):
        pen.text((90, 70 + number * 72), line, fill=(35, 35, 40), font=font)
    target = BytesIO()
    sheet.save(target, kind)
    return target.getvalue()


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    try:
        return ImageFont.truetype(FONT, size)
    except OSError:
        return ImageFont.load_default(size)
