"""Who is behind a petition: not to be known, a child; files that show an identity paper."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("petitions", sa.Column("is_anonymous", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("petitions", sa.Column("is_minor", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("attachments", sa.Column("is_restricted", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("attachments", "is_restricted")
    op.drop_column("petitions", "is_minor")
    op.drop_column("petitions", "is_anonymous")
