"""Imports and exports are leased and tried a few times; where an import was given up."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("imports", "exports"):
        op.add_column(name, sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True))
        op.add_column(name, sa.Column("lease", sa.Integer(), server_default="0", nullable=False))
        op.add_column(name, sa.Column("tries", sa.Integer(), server_default="0", nullable=False))
    op.add_column("imports", sa.Column("failed_step", sa.String(length=12), nullable=True))


def downgrade() -> None:
    for name in ("imports", "exports"):
        with op.batch_alter_table(name) as batch_op:
            for column in ("tries", "lease", "lease_until"):
                batch_op.drop_column(column)
    with op.batch_alter_table("imports") as batch_op:
        batch_op.drop_column("failed_step")
