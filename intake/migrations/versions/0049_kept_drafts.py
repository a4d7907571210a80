"""A kept draft of the configuration knows which version it was written over, and why."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("config_drafts", sa.Column("reason", sa.String(length=500), server_default="", nullable=False))
    op.add_column("config_drafts", sa.Column("over_number", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("config_drafts", "over_number")
    op.drop_column("config_drafts", "reason")
