"""How much a sender may say before it is a flood, and petitions that wait to be compared."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "comparisons",
        sa.Column(
            "petition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["petition_id"],
            ["petitions.id"],
        ),
        sa.PrimaryKeyConstraint("petition_id"),
    )
    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("allowance", sa.Float(), server_default="30", nullable=False))
        batch_op.add_column(sa.Column("allowance_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("quiet", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.drop_column("quiet")
        batch_op.drop_column("allowance_at")
        batch_op.drop_column("allowance")

    op.drop_table("comparisons")
