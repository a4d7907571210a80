"""What the citizen says of whose a matter is; how sure a suggestion was"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("matters", schema=None) as batch_op:
        batch_op.add_column(sa.Column("told", sa.String(length=24), nullable=True))
        batch_op.add_column(sa.Column("told_words", sa.String(length=80), nullable=True))

    with op.batch_alter_table("suggestions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_sure", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("question", sa.String(length=40), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("suggestions", schema=None) as batch_op:
        batch_op.drop_column("question")
        batch_op.drop_column("is_sure")

    with op.batch_alter_table("matters", schema=None) as batch_op:
        batch_op.drop_column("told_words")
        batch_op.drop_column("told")
