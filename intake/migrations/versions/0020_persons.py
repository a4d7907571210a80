"""Who is behind a petition: not to be known, a child; files that show an identity paper; links between two chats."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("petitions", sa.Column("is_anonymous", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("petitions", sa.Column("is_minor", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("attachments", sa.Column("is_restricted", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "links",
        sa.Column("id", ID, nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("to_channel", sa.String(length=16), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("other_id", ID, nullable=True),
        sa.Column("other_citizen_id", ID, nullable=True),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"]),
        sa.ForeignKeyConstraint(["other_id"], ["conversations.id"]),
        sa.ForeignKeyConstraint(["other_citizen_id"], ["citizens.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_links_conversation_id"), ["conversation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_links_other_id"), ["other_id"], unique=False)


def downgrade() -> None:
    op.drop_table("links")
    op.drop_column("attachments", "is_restricted")
    op.drop_column("petitions", "is_minor")
    op.drop_column("petitions", "is_anonymous")
