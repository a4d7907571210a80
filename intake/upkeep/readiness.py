"""Whether this process can do its work now: database, migrations, model. Asked by /readyz and by `canaliza doctor`."""

import asyncio

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from intake.database import reading
from intake.office import Office
from intake.schema import can_serve

DEADLINE_S = 3.0


async def find_faults(office: Office) -> list[str]:
    """Names of what is wrong: database, migrations, model; none when all is well."""
    faults = [] if office.reader.model_version else ["model"]
    try:
        return [*faults, *await asyncio.wait_for(asyncio.to_thread(_database_faults, office), DEADLINE_S)]
    except TimeoutError:
        return [*faults, "database"]


def _database_faults(office: Office) -> list[str]:
    try:
        with reading(office.sessions) as session:
            session.execute(text("SELECT 1"))
        return [] if can_serve(office.engine) else ["migrations"]
    except SQLAlchemyError:
        return ["database"]
