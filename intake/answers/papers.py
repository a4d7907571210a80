"""An answer as a document: made at its first opening, kept, always the same file. Called by pages, never by a turn.

It holds no name and no contact of the citizen, and nothing of what a sensitive petition tells.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from babel.dates import format_date
from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.answers.evidence import list_of_answer
from intake.answers.paper_drawing import draw
from intake.answers.paper_links import checking_link
from intake.answers.paper_seal import code_of, digest_of, is_sealed, read_code, seal_of
from intake.clock import utc_now
from intake.database import insert_once, reading
from intake.errors import NotFound
from intake.files import key_of
from intake.office import Office
from intake.tables.answers import Answer, Paper
from intake.tables.citizens import Citizen
from intake.tables.petitions import Matter, Petition, Referral
from intake.thinking.facts import shorten
from nlp.masks import hide_writer, mask

SUMMARY_MAX = 400


@dataclass(frozen=True)
class Checked:
    """A paper that the office has made. `is_whole`: what is kept of it bears the seal still."""

    folio: str
    agency: str
    answered_on: str
    digest: str
    made_at: datetime
    is_whole: bool


def open_paper(office: Office, answer_id: int) -> tuple[Paper, bytes]:
    """The paper and its file. Commits when it is made. Raises OSError when the store is away, NotFound where the data
    of the petition are blocked."""
    with reading(office.sessions) as session:
        _require_open(session, answer_id)
        paper = _find(session, answer_id)
        content = None if paper else _content(session, office, session.get_one(Answer, answer_id))
    if content:
        paper = _make(office, answer_id, content)
    assert paper is not None
    with office.files.open(paper.storage_key) as file:
        return paper, file.read()


def check_file(office: Office, content: bytes) -> Checked | None:
    """What the office knows of such a file; None: not one byte for byte of its papers."""
    with reading(office.sessions) as session:
        found = select(Paper).where(Paper.sha256 == hashlib.sha256(content).hexdigest())
        paper = session.scalars(found).first()
        return _checked(office, paper) if paper else None


def check_code(office: Office, text: str) -> Checked | None:
    """By the code that stands on the paper."""
    code = read_code(text)
    if code is None:
        return None
    with reading(office.sessions) as session:
        paper = _find(session, code[0])
        is_its = paper is not None and hmac.compare_digest(paper.seal[: len(code[1])], code[1])
        return _checked(office, paper) if paper and is_its else None


def _checked(office: Office, paper: Paper) -> Checked:
    told = paper.content
    is_blocked = not paper.storage_key  # the office has the digest and the seal of it, and no more
    is_whole = is_sealed(office.settings.secret_key, None if is_blocked else told, paper.digest, paper.seal)
    return Checked(told["folio"], told["agency"], told["answered_on"], paper.digest, paper.made_at, is_whole)


def _require_open(session: Session, answer_id: int) -> None:
    own = select(Petition.is_blocked).join(Matter).join(Referral).join(Answer).where(Answer.id == answer_id)
    if session.scalar(own):
        raise NotFound(f"the data of the petition of answer {answer_id} are blocked")


def _find(session: Session, answer_id: int) -> Paper | None:
    return session.scalars(select(Paper).where(Paper.answer_id == answer_id)).first()


def _content(session: Session, office: Office, answer: Answer) -> dict[str, Any]:
    """What is sealed. A summary of what was asked stands on it, so that it can be understood by itself."""
    referral = session.get_one(Referral, answer.referral_id)
    matter = session.get_one(Matter, referral.matter_id)
    petition = session.get_one(Petition, matter.petition_id)
    summary = "" if petition.is_sensitive else _summary(session, petition, matter)
    day = answer.created_at.astimezone(office.jurisdiction.zone).date()
    return {
        "office": office.jurisdiction.office,
        "folio": petition.folio,
        "agency": office.jurisdiction.name_agency(referral.agency),
        "answered_on": format_date(day, "EEEE d 'de' MMMM 'de' y", locale="es_MX"),
        "summary": summary,
        "answer": answer.text,
        "files": [{"name": file.name, "sha256": file.sha256} for file in list_of_answer(session, answer.id)],
    }


def _summary(session: Session, petition: Petition, matter: Matter) -> str:
    """Without the name by which the channel knows the person either, in whatever way they wrote it."""
    name = session.get_one(Citizen, petition.citizen_id).name
    return shorten(mask(hide_writer(matter.text, name)), SUMMARY_MAX)


def _make(office: Office, answer_id: int, content: dict[str, Any]) -> Paper:
    """Two that open it at once make the same file; the first one's row stays."""
    digest = digest_of(content)
    seal = seal_of(office.settings.secret_key, digest)
    code = code_of(answer_id, seal)
    drawn = draw(content, digest, code, checking_link(office, code), office.texts)
    sha256 = office.files.keep(drawn)
    row = {"answer_id": answer_id, "content": content, "digest": digest, "seal": seal, "made_at": utc_now()}
    with office.sessions.begin() as session:
        _require_open(session, answer_id)
        insert_once(session, Paper, [row | {"sha256": sha256, "storage_key": key_of(sha256)}], Paper.id)
    with reading(office.sessions) as session:
        return session.scalars(select(Paper).where(Paper.answer_id == answer_id)).one()
