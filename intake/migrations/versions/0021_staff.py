"""Petitions that are attended together, and emergencies that an officer has marked."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "joinings",
        sa.Column("id", ID, nullable=False),
        sa.Column("petition_id", ID, nullable=False),
        sa.Column("lead_id", ID, nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leaves_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("was_due_on", sa.Date(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["petition_id"], ["petitions.id"]),
        sa.ForeignKeyConstraint(["lead_id"], ["petitions.id"]),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("joinings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_joinings_petition_id"), ["petition_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_joinings_lead_id"), ["lead_id"], unique=False)
    op.create_table(
        "alarms",
        sa.Column("id", ID, nullable=False),
        sa.Column("petition_id", ID, nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["petition_id"], ["petitions.id"]),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("alarms", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_alarms_petition_id"), ["petition_id"], unique=False)


def downgrade() -> None:
    op.drop_table("alarms")
    op.drop_table("joinings")
