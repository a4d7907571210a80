"""Answers that wait until it is safe to read them, and requests about one's own data."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "reserved_words",
        sa.Column("id", ID, nullable=False),
        sa.Column("petition_id", ID, nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["petition_id"], ["petitions.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    with op.batch_alter_table("petitions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("data_right", sa.String(length=16), nullable=True))
    op.create_index(op.f("ix_reserved_words_petition_id"), "reserved_words", ["petition_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("petitions", schema=None) as batch_op:
        batch_op.drop_column("data_right")
    op.drop_index(op.f("ix_reserved_words_petition_id"), "reserved_words")
    op.drop_table("reserved_words")
