"""Words that the history and the trail must prove and must not hold: there a digest stands, the words beside it.

Whoever has the words and the salt can show that they are those; when they are deleted, both chains hold as before.
"""

import secrets
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.audit.trail import digest_of
from intake.tables.erasing import CommittedWords

MARK = "words:"  # what the digest begins with where the words would stand


def commit_words(session: Session, petition_id: int, words: str) -> str:
    """What is to be noted in their place. Does not commit."""
    salt = secrets.token_hex(16)
    digest = digest_of([salt, words])
    session.add(CommittedWords(petition_id=petition_id, digest=digest, salt=salt, words=words))
    return f"{MARK}{digest}"


def read_committed(session: Session, noted: Iterable[object]) -> dict[str, str]:
    """The words by what was noted; those that are deleted are left out."""
    digests = {one.removeprefix(MARK) for one in noted if isinstance(one, str) and one.startswith(MARK)}
    if not digests:
        return {}
    rows = session.scalars(select(CommittedWords).where(CommittedWords.digest.in_(digests)))
    return {f"{MARK}{row.digest}": row.words for row in rows if row.words}
