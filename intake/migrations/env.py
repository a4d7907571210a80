"""Alembic's entry point; `intake.schema` hands the connection over. Not for import."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from intake.database import UtcDateTime
from intake.tables import Table


def render(kind: str, item: object, _autogen: AutogenContext) -> str | Literal[False]:
    """A migration names the database's types only: ours may change, what ran once must not."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    render_as_batch=True,
    compare_type=True,
    render_item=render,
)
context.run_migrations()
