"""Files as people attach them to an answer: a telephone's photo that tells where it was taken, a document."""

from io import BytesIO

from PIL import Image

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
GPS, ORIENTATION, MODEL = 0x8825, 0x0112, 0x0110
ON_ITS_SIDE = 6  # EXIF: turn it by 90 degrees to see it upright


def telephones_photo(width: int = 64, height: int = 48) -> bytes:
    """A JPEG with place, telephone and orientation."""
    exif = Image.Exif()
    exif[MODEL], exif[ORIENTATION] = "Telefono de Lupita", ON_ITS_SIDE
    exif.get_ifd(GPS).update({1: "N", 2: (17.0, 3.0, 40.0), 3: "W", 4: (96.0, 43.0, 31.0)})
    target = BytesIO()
    Image.new("RGB", (width, height), "green").save(target, "JPEG", exif=exif, comment=b"Casa de Lupita")
    return target.getvalue()
