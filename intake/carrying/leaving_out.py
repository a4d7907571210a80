"""What an export of everything does not hold: keys and secrets of staff, and what the law keeps blocked. Pure.

Data that were cancelled are blocked: kept apart to settle responsibilities, and handed to nobody (docs/privacy.md).
Their petitions go out as the office sees them, with a word in place of what was taken.
"""

from collections.abc import Mapping
from types import MappingProxyType

TABLES = frozenset(
    {
        "blocked_values",
        "blocked_files",
        "calendar_links",
        "staff_challenges",
        "staff_passkeys",
        "staff_recovery_codes",
        "staff_sessions",
        "staff_totp",
        "exports",
    }
)
COLUMNS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "erasures": frozenset({"key"}),
        "mail_wishes": frozenset({"asked"}),
        "staff": frozenset({"password_hash"}),
        "staff_invitations": frozenset({"token_hash"}),
        "systems": frozenset({"token_hash", "hook_salt", "hook_old_salt"}),
    }
)
# Tables with a file beside each row: under which hash it is kept is in the key itself (`files.key_of`).
WITH_FILES = ("attachments", "evidence", "papers", "piece_files", "office_papers", "meeting_files")
