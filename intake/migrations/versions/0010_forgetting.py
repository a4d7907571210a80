"""When a provider's copy of a kept file is to be deleted."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.add_column(sa.Column("forget_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f("ix_attachments_forget_at"), ["forget_at"], unique=False)
    # What was kept before is due now: the time of its last try has passed.
    kept = "channel = 'whatsapp' AND state = 'stored'"
    op.execute(f"UPDATE attachments SET forget_at = next_attempt_at WHERE {kept}")  # noqa: S608


def downgrade() -> None:
    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attachments_forget_at"))
        batch_op.drop_column("forget_at")
