"""What an agency asks the citizen for, whose a matter is by the agency that gave it back, the one extension,
and decisions that were taken back."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "inquiries",
        sa.Column("id", ID, nullable=False),
        sa.Column("referral_id", ID, nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("came_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("messages", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["referral_id"], ["referrals.id"]),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("inquiries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inquiries_referral_id"), ["referral_id"], unique=False)
    op.create_table(
        "extensions",
        sa.Column("petition_id", ID, autoincrement=False, nullable=False),
        sa.Column("referral_id", ID, nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("was_due_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["petition_id"], ["petitions.id"]),
        sa.ForeignKeyConstraint(["referral_id"], ["referrals.id"]),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("petition_id"),
    )
    op.add_column("referrals", sa.Column("leaves_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("decisions", sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("referrals", sa.Column("datum", sa.String(length=8), nullable=True))
    op.add_column("referrals", sa.Column("return_agency", sa.String(length=24), nullable=True))


def downgrade() -> None:
    op.drop_column("referrals", "return_agency")
    op.drop_column("referrals", "datum")
    op.drop_column("decisions", "undone_at")
    op.drop_column("referrals", "leaves_at")
    op.drop_table("extensions")
    op.drop_table("inquiries")
