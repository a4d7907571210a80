"""Cancellations of a person's data: decided, blocked, suppressed; words that the history knows by a digest. An
address of mail is confirmed."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("mail_wishes", sa.Column("asked", sa.String(length=32), nullable=True))
    op.add_column("mail_wishes", sa.Column("confirmed_at", MOMENT, nullable=True))
    op.execute("UPDATE mail_wishes SET confirmed_at = CURRENT_TIMESTAMP")  # letters have gone there already
    with op.batch_alter_table("petitions") as batch_op:
        batch_op.add_column(sa.Column("is_blocked", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "erasures",
        sa.Column("id", ID, nullable=False),
        sa.Column("petition_id", ID, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("citizens", sa.JSON(), nullable=False),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("blocked_at", MOMENT, nullable=False),
        sa.Column("blocked_by", ID, nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=True),
        sa.Column("told", sa.String(length=12), nullable=True),
        sa.Column("chat_gone_at", MOMENT, nullable=True),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("confirmed_by", ID, nullable=True),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("suppressed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["petition_id"], ["petitions.id"]),
        sa.ForeignKeyConstraint(["blocked_by"], ["staff.id"]),
        sa.ForeignKeyConstraint(["confirmed_by"], ["staff.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("petition_id"),
    )
    op.create_table(
        "blocked_values",
        sa.Column("id", ID, nullable=False),
        sa.Column("erasure_id", ID, nullable=False),
        sa.Column("relation", sa.String(length=40), nullable=False),
        sa.Column("row", sa.String(length=40), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["erasure_id"], ["erasures.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_blocked_values_erasure_id", "blocked_values", ["erasure_id"], unique=False)
    op.create_table(
        "blocked_files",
        sa.Column("id", ID, nullable=False),
        sa.Column("erasure_id", ID, nullable=False),
        sa.Column("storage_key", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["erasure_id"], ["erasures.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("erasure_id", "storage_key"),
    )
    op.create_index("ix_blocked_files_storage_key", "blocked_files", ["storage_key"], unique=False)
    op.create_table(
        "committed_words",
        sa.Column("id", ID, nullable=False),
        sa.Column("petition_id", ID, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["petition_id"], ["petitions.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest"),
    )
    op.create_index("ix_committed_words_petition_id", "committed_words", ["petition_id"], unique=False)


def downgrade() -> None:
    op.drop_table("committed_words")
    op.drop_table("blocked_files")
    op.drop_table("blocked_values")
    op.drop_table("erasures")
    with op.batch_alter_table("petitions") as batch_op:
        batch_op.drop_column("is_blocked")
    with op.batch_alter_table("mail_wishes") as batch_op:
        batch_op.drop_column("confirmed_at")
        batch_op.drop_column("asked")
