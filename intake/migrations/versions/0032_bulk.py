"""One answer to the petitions of an incident: written once, and to whom it has gone."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "bulk_answers",
        sa.Column("id", ID, nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("incident_id", ID, nullable=False),
        sa.Column("agency", sa.String(length=24), nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"]),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index("ix_bulk_answers_incident_id", "bulk_answers", ["incident_id"], unique=False)
    op.create_table(
        "bulk_members",
        sa.Column("bulk_id", ID, nullable=False),
        sa.Column("referral_id", ID, nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["bulk_id"], ["bulk_answers.id"]),
        sa.ForeignKeyConstraint(["referral_id"], ["referrals.id"]),
        sa.PrimaryKeyConstraint("bulk_id", "referral_id"),
    )
    op.create_index("ix_bulk_members_referral_id", "bulk_members", ["referral_id"], unique=False)


def downgrade() -> None:
    op.drop_table("bulk_members")
    op.drop_table("bulk_answers")
