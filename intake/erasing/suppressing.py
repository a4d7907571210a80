"""Suppression: after the archive's term a person confirms, and what was blocked is deleted, step by step.

Each step is a transaction of its own and harmless when it is done again, so that a crash anywhere leaves the next one
to begin with. Files first: while the vault is there, they are named.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

import structlog
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from intake.accounts.staff import Member, Role
from intake.acting import actor_of, require
from intake.audit.trail import MACHINE, Act, note_act
from intake.clock import utc_now
from intake.database import compact, insert_once, one_at_a_time, overwriting
from intake.erasing.archive import Keeping, find_keeping
from intake.erasing.blocking import BLOCKED, take_reports
from intake.erasing.bulk_words import drop_bulk_words
from intake.erasing.rows import Person, find_person
from intake.erasing.taking import take_all
from intake.errors import Busy, FormRefused, NotFound
from intake.failpoints import pass_point
from intake.office import Office
from intake.tables.answers import Evidence, Paper
from intake.tables.correspondence import OfficePaper, PieceFile
from intake.tables.erasing import BlockedFile, BlockedValues, CommittedWords, Erasure
from intake.tables.incoming import Attachment
from intake.tables.meetings import MeetingFile

SUPPRESSING, SUPPRESSED = "suppressing", "suppressed"
FILES_AT_ONCE = 50
log = structlog.get_logger()
Step = Callable[[Office, int], object]


def confirm(office: Office, member: Member, number: int, *, is_confirmed: bool) -> None:
    """Have a person's data deleted for good. Commits, and carries it out as far as it goes now.

    Raises NotAllowed, NotFound, FormRefused: confirm, file_held, not_ready, chat (its address is not gone yet).
    """
    require(member, frozenset({Role.ADMINISTRATOR}))
    if not is_confirmed:
        raise FormRefused("confirm")
    with office.sessions.begin() as session:
        erasure = session.get(Erasure, number, with_for_update=True)
        if erasure is None:
            raise NotFound(f"no erasure {number}")
        if erasure.state == BLOCKED:
            _require_ready(session, office, erasure)
            erasure.state, erasure.confirmed_at, erasure.confirmed_by = SUPPRESSING, utc_now(), member.id
            data = {"erasure": erasure.id, "confirmed": True}
            note_act(session, actor_of(member), Act.DATA_SUPPRESSED, data, petition_id=erasure.petition_id)
    suppress(office, number)


def is_ready(office: Office, erasure: Erasure, keeping: Keeping, now: datetime) -> bool:
    """The archive's term is known, confirmed and over, no file of theirs is held, and the person's address is gone."""
    today = now.astimezone(office.jurisdiction.zone).date()
    is_over = keeping.until is not None and keeping.is_confirmed and today >= keeping.until
    return is_over and not keeping.held and (erasure.chat_id is None or erasure.chat_gone_at is not None)


def suppress(office: Office, number: int) -> bool:
    """Go on where it stopped; whether it is done. Commits after each step."""
    for name, step in STEPS.items():
        with office.sessions() as session:
            erasure = session.get_one(Erasure, number)
            if erasure.state != SUPPRESSING:
                return erasure.state == SUPPRESSED
            is_done = name in erasure.steps
        if is_done:
            continue
        try:
            step(office, number)
        except Busy as error:
            log.warning("erasing.waits", erasure=number, step=name, why=str(error))
            return False
        pass_point(f"erasing.{name}")
        _mark(office, number, name)
    _finish(office, number)
    return True


def resume_all(office: Office) -> int:
    """Those that a person confirmed and that are not done; how many are now."""
    with office.sessions() as session:
        ids = session.scalars(select(Erasure.id).where(Erasure.state == SUPPRESSING).order_by(Erasure.id)).all()
    return sum(suppress(office, number) for number in ids)


def _require_ready(session: Session, office: Office, erasure: Erasure) -> None:
    keeping = find_keeping(session, office, erasure)
    if keeping.held:
        raise FormRefused("file_held")
    if not is_ready(office, erasure, keeping, utc_now()):
        raise FormRefused("not_ready")


def _clean_spool(office: Office, number: int) -> None:
    """Nothing of theirs waits on this host's disk. What could not be read is a person's to look at."""
    folder = Path(office.settings.spool_dir)
    if any(folder.glob("*.events")) or any(folder.glob("*.unreadable")):
        raise Busy("the spool is not empty")


def _remove_files(office: Office, number: int) -> None:
    """Each while nobody else can come to have it: equal files of two people are one on disk."""
    _name_late_files(office, number)
    while True:
        with office.sessions.begin() as session:
            one_at_a_time(session, "files")
            files = session.scalars(
                select(BlockedFile)
                .where(BlockedFile.erasure_id == number)
                .order_by(BlockedFile.id)
                .limit(FILES_AT_ONCE)
            ).all()
            for file in files:
                if not _has_other(session, file):
                    office.files.remove(file.storage_key)
                session.delete(file)
        if not files:
            return


def _name_late_files(office: Office, number: int) -> None:
    """Of rows that came after the blocking; they are emptied, or each would hold up its own file."""
    with overwriting(office.sessions) as session:

        def name_file(name: str, row: str, values: Mapping[str, object]) -> None:
            if values.get("storage_key"):
                file = {"erasure_id": number, "storage_key": values["storage_key"]}
                insert_once(session, BlockedFile, [file], BlockedFile.id)

        take_all(session, _person(session, number), name_file)


def _has_other(session: Session, file: BlockedFile) -> bool:
    key = file.storage_key
    others = (
        select(func.count()).where(Attachment.storage_key == key),
        select(func.count()).where(Evidence.storage_key == key),
        select(func.count()).where(Paper.storage_key == key),
        select(func.count()).where(PieceFile.storage_key == key),
        select(func.count()).where(OfficePaper.storage_key == key),
        select(func.count()).where(MeetingFile.storage_key == key),
        select(func.count()).where(BlockedFile.storage_key == key, BlockedFile.erasure_id != file.erasure_id),
    )
    return any(session.scalar(one) for one in others)


def _empty_rows(office: Office, number: int) -> None:
    """Again all that the inventory names: what came after the blocking, and the keyed hashes."""
    with overwriting(office.sessions) as session:
        person = _person(session, number)
        take_all(session, person, _keep_none)
        chat_id = session.get_one(Erasure, number).chat_id
        take_reports(session, [*person.conversations, *([chat_id] if chat_id else [])], _keep_none)
        own = session.get_one(Erasure, number).petition_id
        session.execute(delete(CommittedWords).where(CommittedWords.petition_id == own))


def _empty_bulk(office: Office, number: int) -> None:
    with overwriting(office.sessions) as session:
        drop_bulk_words(session, _person(session, number))


def _drop_vault(office: Office, number: int) -> None:
    with overwriting(office.sessions) as session:
        session.execute(delete(BlockedValues).where(BlockedValues.erasure_id == number))
        session.get_one(Erasure, number).key = None


def _compact(office: Office, number: int) -> None:
    compact(office.engine)


STEPS: Mapping[str, Step] = MappingProxyType(
    {
        "spool": _clean_spool,
        "files": _remove_files,
        "rows": _empty_rows,
        "bulk": _empty_bulk,
        "vault": _drop_vault,
        "compact": _compact,
    }
)


def _mark(office: Office, number: int, name: str) -> None:
    with office.sessions.begin() as session:
        erasure = session.get_one(Erasure, number, with_for_update=True)
        erasure.steps = {**erasure.steps, name: utc_now().isoformat()}


def _finish(office: Office, number: int) -> None:
    with office.sessions.begin() as session:
        erasure = session.get_one(Erasure, number, with_for_update=True)
        if erasure.state != SUPPRESSING:
            return
        erasure.state, erasure.suppressed_at = SUPPRESSED, utc_now()
        note_act(session, MACHINE, Act.DATA_SUPPRESSED, {"erasure": number}, petition_id=erasure.petition_id)
    log.info("erasing.done", erasure=number)


def _person(session: Session, number: int) -> Person:
    return find_person(session, session.get_one(Erasure, number).citizens)


def _keep_none(name: str, row: str, values: Mapping[str, object]) -> None:
    """For good."""
