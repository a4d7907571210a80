"""A PDF's pages as pictures, drawn by Debian's poppler: a process of its own behind everything else, bounded in time
and in pixels. What is in the file never reaches a browser; the picture does.
"""

import os
import shutil
import subprocess
from collections.abc import Mapping
from functools import lru_cache

NONE_MORE: Mapping[str, str] = {}


@lru_cache
def can_draw() -> bool:
    """Whether poppler is installed here."""
    return shutil.which("pdftoppm") is not None


def draw_sheet(content: bytes, number: int, *, side_max: int, timeout_s: int, is_gray: bool = False) -> bytes:
    """The page as a PNG whose longer side has `side_max` pixels. Raises OSError, SubprocessError: no such page, the
    file is locked, or it took too long."""
    tone = ["-gray"] if is_gray else []
    asked = ["pdftoppm", *tone, "-png", "-scale-to", str(side_max)]
    return run_behind([*asked, "-f", str(number), "-l", str(number), "-"], content, timeout_s)


def run_behind(command: list[str], given: bytes, timeout_s: int, further: Mapping[str, str] = NONE_MORE) -> bytes:
    """What it writes; behind everything else that runs on the machine. Raises OSError, SubprocessError."""
    nice = ["nice", "-n", "10"] if shutil.which("nice") else []
    around = {**os.environ, **further}
    done = subprocess.run(  # noqa: S603 — programs of the distribution, the file goes in by its standard input
        [*nice, *command],
        input=given,
        capture_output=True,
        timeout=timeout_s,
        check=True,
        env=around,
    )
    return done.stdout
