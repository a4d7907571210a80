"""Citizens' files: a local folder or any fsspec store. An original is written once, under its hash."""

import hashlib
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, cast

import fsspec
from fsspec import AbstractFileSystem

CHUNK_BYTES = 64 * 1024


def key_of(sha256: str) -> str:
    """Under what a file of that hash is kept."""
    return f"{sha256[:2]}/{sha256}"


def printable_name(name: str) -> str:
    """A file's name as a browser or a mail gave it, without folders and what cannot be printed; it may be empty."""
    return "".join(c for c in name.replace("\\", "/").rsplit("/", 1)[-1] if c.isprintable()).strip()


def name_without_ending(name: str, longest: int) -> str:
    """The ending follows from the bytes."""
    printable = printable_name(name)
    bare, _, ending = printable.rpartition(".")
    return (bare or ending).strip()[:longest] or "archivo"


class Files:
    def __init__(self, url: str) -> None:
        self._system: AbstractFileSystem
        self._system, self._root = fsspec.core.url_to_fs(
            url.replace("file://var", f"file://{Path('var').resolve()}", 1)
        )

    def put(self, source: Path, key: str) -> None:
        """Copy a finished local file to `key`. Putting the same key twice changes nothing: keys are hashes. Two that do
        it at once copy beside each other, or one would move what the other is still writing."""
        target = self._path(key)
        if self._system.exists(target):
            return
        self._system.makedirs(self._system._parent(target), exist_ok=True)
        unfinished = f"{target}.{uuid.uuid4().hex}.part"
        self._system.put_file(str(source), unfinished)
        self._system.mv(unfinished, target)

    def keep(self, content: bytes) -> str:
        """Its SHA-256, by which it is found (`key_of`). Raises OSError."""
        sha256 = hashlib.sha256(content).hexdigest()
        with tempfile.NamedTemporaryFile(prefix="canaliza-") as temporary:
            temporary.write(content)
            temporary.flush()
            self.put(Path(temporary.name), key_of(sha256))
        return sha256

    def open(self, key: str) -> BinaryIO:
        """Raises FileNotFoundError."""
        if not key:
            raise FileNotFoundError("no file is named")
        return cast(BinaryIO, self._system.open(self._path(key), "rb"))

    def remove(self, key: str) -> None:
        """One that is gone already is as good; an empty key is none."""
        if not key:
            return
        with suppress(FileNotFoundError):
            self._system.rm_file(self._path(key))

    def holds(self, key: str) -> bool:
        return bool(key) and bool(self._system.exists(self._path(key)))

    def chunks(self, key: str, *, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """The bytes from `start` on, `length` of them at most."""
        left = length if length is not None else sys.maxsize
        with self.open(key) as file:
            file.seek(start)
            while left and (chunk := file.read(min(CHUNK_BYTES, left))):
                left -= len(chunk)
                yield chunk

    def check_writable(self) -> None:
        """Raises OSError when nothing can be kept there."""
        self._system.makedirs(self._root, exist_ok=True)
        probe = self._path(".probe")
        self._system.pipe_file(probe, b"canaliza")
        self._system.rm_file(probe)

    def _path(self, key: str) -> str:
        return f"{self._root}/{key}"
