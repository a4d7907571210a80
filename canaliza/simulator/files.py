"""Files that people sent, as the providers hold them: bytes with what the sender declared of them."""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Upload:
    """A file as the phone handed it over."""

    name: str
    mime_type: str
    data: bytes


@dataclass(frozen=True)
class StoredFile:
    """`file_id` is the provider's handle, `unique_id` the same for equal content, `path` only Telegram's."""

    file_id: str
    unique_id: str
    path: str
    upload: Upload


class FileShelf:
    def __init__(self) -> None:
        self._by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}

    def add(self, upload: Upload, *, prefix: str, folder: str = "") -> StoredFile:
        digest = hashlib.sha256(upload.data).hexdigest()
        suffix = upload.name.rpartition(".")[2].lower() if "." in upload.name else "bin"
        stored = StoredFile(
            file_id=prefix + secrets.token_hex(16),
            unique_id=digest[:16],
            path=f"{folder}/file_{len(self._by_id)}.{suffix}",
            upload=upload,
        )
        self._by_id[stored.file_id] = self._by_path[stored.path] = stored
        return stored

    def find(self, file_id: str) -> StoredFile | None:
        return self._by_id.get(file_id)

    def find_by_path(self, path: str) -> StoredFile | None:
        return self._by_path.get(path)

    def remove(self, file_id: str) -> None:
        stored = self._by_id.pop(file_id, None)
        if stored:
            self._by_path.pop(stored.path, None)

    def clear(self) -> None:
        self._by_id.clear()
        self._by_path.clear()


def file_look(file_id: str, upload: Upload) -> dict[str, Any]:
    """What a bubble says of its file."""
    return {
        "url": f"/phones/files/{file_id}",
        "name": upload.name,
        "mime_type": upload.mime_type,
        "size_bytes": len(upload.data),
    }
