"""Figures of the matrix as they were reported, month by month; the history is read by what happened when."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "indicator_snapshots",
        sa.Column("id", ID, nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("indicator", sa.String(length=16), nullable=False),
        sa.Column("reading", sa.String(length=16), nullable=False),
        sa.Column("numerator", sa.Integer(), nullable=False),
        sa.Column("denominator", sa.Integer(), nullable=False),
        sa.Column("keys", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("month", "indicator", "reading"),
    )
    op.create_index("ix_history_name", "history", ["name", "happened_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_history_name", table_name="history")
    op.drop_table("indicator_snapshots")
