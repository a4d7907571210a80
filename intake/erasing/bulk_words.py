"""An answer that was written once for many goes with the last of them whose data are kept. Never commits."""

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from intake.erasing.rows import Person, of_person
from intake.tables.bulk import BulkAnswer, BulkMember
from intake.tables.petitions import Matter, Petition, Referral


def drop_bulk_words(session: Session, person: Person) -> int:
    """How many such answers lost their words."""
    session.flush()
    own = select(BulkMember.bulk_id).where(of_person("bulk_members", person))
    others = (
        select(func.count(BulkMember.referral_id))
        .select_from(BulkMember)
        .join(Referral, Referral.id == BulkMember.referral_id)
        .join(Matter, Matter.id == Referral.matter_id)
        .join(Petition, Petition.id == Matter.petition_id)
        .where(BulkMember.bulk_id == BulkAnswer.id, Petition.is_blocked.is_(False))
        .correlate(BulkAnswer)
        .scalar_subquery()
    )
    alone = session.scalars(select(BulkAnswer.id).where(BulkAnswer.id.in_(own), others == 0)).all()
    session.execute(update(BulkAnswer).where(BulkAnswer.id.in_(alone)).values(text=""))
    return len(alone)
