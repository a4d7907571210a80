"""What an import brought, by its rows. Read only."""

from collections.abc import Sequence

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from intake.tables.carrying import Imported
from intake.tables.petitions import Petition

AT_ONCE = 1_000


def list_came(session: Session, number: int, after: int) -> Sequence[Row[int, str, str]]:
    """Of the rows after that one: `row`, `old_folio`, `folio`."""
    wanted = select(Imported.row, Imported.old_folio, Petition.folio).join(
        Petition, Petition.id == Imported.petition_id
    )
    own = Imported.import_id == number, Imported.row > after
    return session.execute(wanted.where(*own).order_by(Imported.row).limit(AT_ONCE)).all()
