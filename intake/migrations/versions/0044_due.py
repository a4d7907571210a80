"""What expires is walked by its last day."""

from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_petitions_due", "petitions", ["status", "due_on"], unique=False, if_not_exists=True)


def downgrade() -> None:
    op.drop_index("ix_petitions_due", "petitions")
