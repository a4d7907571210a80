"""Messages that are kept apart until it is known whose petition they are, and how citizens were attended by them."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "set_aside",
        sa.Column("message_id", ID, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"]),
        sa.PrimaryKeyConstraint("message_id"),
    )
    op.add_column("messages", sa.Column("is_place", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "ratings",
        sa.Column("petition_id", ID, autoincrement=False, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mark", sa.String(length=8), nullable=True),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("comment_id", ID, nullable=True),
        sa.ForeignKeyConstraint(["petition_id"], ["petitions.id"]),
        sa.ForeignKeyConstraint(["comment_id"], ["messages.id"]),
        sa.PrimaryKeyConstraint("petition_id"),
    )


def downgrade() -> None:
    op.drop_table("ratings")
    op.drop_column("messages", "is_place")
    op.drop_table("set_aside")
