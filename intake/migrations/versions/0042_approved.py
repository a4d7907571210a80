"""When an answer that its agency's head approved leaves: until then the approval can be taken back."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("approvals", sa.Column("leaves_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_approvals_leaves_at", "approvals", ["leaves_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_approvals_leaves_at", table_name="approvals")
    with op.batch_alter_table("approvals") as batch_op:
        batch_op.drop_column("leaves_at")
