"""Interpreters: who asked for one, who was found, when they meet."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0017"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "interpretations",
        sa.Column("petition_id", ID, autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("language", sa.String(length=80), nullable=True),
        sa.Column("town", sa.String(length=200), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_by", ID, nullable=True),
        sa.Column("interpreter", sa.String(length=200), nullable=True),
        sa.Column("meets_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("place", sa.String(length=300), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(["moved_by"], ["staff.id"]),
        sa.ForeignKeyConstraint(["petition_id"], ["petitions.id"]),
        sa.PrimaryKeyConstraint("petition_id"),
    )
    op.create_index("ix_interpretations_state", "interpretations", ["state", "requested_at"], unique=False)
    # Who asked before there were records is in the list too.
    op.execute(
        "INSERT INTO interpretations (petition_id, state, requested_at, moved_at) "
        "SELECT id, 'requested', opened_at, opened_at FROM petitions WHERE needs_interpreter"
    )


def downgrade() -> None:
    op.drop_index("ix_interpretations_state", table_name="interpretations")
    op.drop_table("interpretations")
