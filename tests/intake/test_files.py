"""The store of files: an original is whole or not there, whoever puts it at the same moment."""

from pathlib import Path
from typing import Any

import pytest
from fsspec.implementations.local import LocalFileSystem

from intake.files import Files


def test_two_that_put_the_same_file_at_once_both_have_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A photo that was sent twice, a paper that two open: the other one comes between the copy and its last name."""
    files, source, copy = Files(f"file://{tmp_path}/files"), tmp_path / "photo", LocalFileSystem.put_file
    source.write_bytes(b"x" * 1000)
    others = [source]

    def interrupted(self: Any, *args: Any, **kwargs: Any) -> None:
        copy(self, *args, **kwargs)
        while others:
            files.put(others.pop(), "ab/abcd")

    monkeypatch.setattr(LocalFileSystem, "put_file", interrupted)
    files.put(source, "ab/abcd")
    assert files.open("ab/abcd").read() == b"x" * 1000
    assert [path.name for path in (tmp_path / "files" / "ab").iterdir()] == ["abcd"]
