"""`canaliza paper verify`: whether a file is, byte for byte, one of the office's papers, or a code stands on one."""

from pathlib import Path

from rich.console import Console

from intake.answers.papers import Checked, check_code, check_file
from intake.correspondence.issuing import CheckedPaper, check_office_code, check_office_file
from intake.office import Office


def verify(office: Office, file_or_code: str, screen: Console) -> bool:
    """Say it. A name of a file that is there is a file; anything else is a code."""
    path = Path(file_or_code)
    found: Checked | CheckedPaper | None
    if path.is_file():
        content = path.read_bytes()
        found = check_file(office, content) or check_office_file(office, content)
    else:
        found = check_code(office, file_or_code) or check_office_code(office, file_or_code)
    screen.print(_words(found), highlight=False, markup=False)
    return found is not None and found.is_whole


def _words(found: Checked | CheckedPaper | None) -> str:
    if found is None:
        return "not a paper of this office, or changed since it was made"
    if isinstance(found, CheckedPaper):
        told = f"{found.folio} · {found.kind} {found.label} · {found.issued_on}\nSHA-256 {found.digest}"
    else:
        told = f"{found.folio} · {found.agency} · {found.answered_on}\nSHA-256 {found.digest}"
    if not found.is_whole:
        return f"{told}\nthe office's own record of it does not bear its seal any more: look into it"
    return f"{told}\ngenuine, made {found.made_at:%Y-%m-%d %H:%M} UTC"
