"""A configuration's files as one ZIP, and back: only names that belong there, within a size. Pure."""

import io
import zipfile
import zlib
from collections.abc import Mapping

from intake.configuration.folder import NAMES, Files
from intake.errors import FormRefused

ZIP_MAX = 2_000_000  # Oaxaca's is 200 kB
FILES_MAX = 8_000_000  # unpacked
UNPACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others unpack without a bound
EPOCH = (2020, 1, 1, 0, 0, 0)  # the same configuration is the same ZIP


def pack(files: Files) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, EPOCH), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def unpack(content: bytes) -> dict[str, bytes]:
    """Also of a ZIP that holds them in one folder. Raises FormRefused (no_file, not_zip, too_large, nothing)."""
    if not content:
        raise FormRefused("no_file")
    if len(content) > ZIP_MAX:
        raise FormRefused("too_large")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            wanted = {name: info for info in archive.infolist() if (name := _name(info.filename)) in NAMES}
            files = _read(archive, wanted)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError, ValueError) as error:
        raise FormRefused("not_zip") from error
    if not files:
        raise FormRefused("nothing")
    return files


def _read(archive: zipfile.ZipFile, wanted: Mapping[str, zipfile.ZipInfo]) -> dict[str, bytes]:
    """What a ZIP says of its sizes is not believed: no more is unpacked than may be kept. Raises FormRefused."""
    files, left = {}, FILES_MAX
    for name, info in wanted.items():
        if info.compress_type not in UNPACKED:
            raise FormRefused("not_zip")
        if info.file_size > left:
            raise FormRefused("too_large")
        with archive.open(info) as file:
            files[name] = file.read(left + 1)
        left -= len(files[name])
        if left < 0:
            raise FormRefused("too_large")
    return files


def _name(path: str) -> str:
    """Without the folder around it."""
    for name in (path, path.partition("/")[2]):
        if name in NAMES:
            return name
    return path
