"""An agency asks another one for its input."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "consultations",
        sa.Column("id", ID, nullable=False),
        sa.Column("referral_id", ID, nullable=False),
        sa.Column("agency", sa.String(length=24), nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("replied_at", MOMENT, nullable=True),
        sa.Column("replied_by", ID, nullable=True),
        sa.ForeignKeyConstraint(["referral_id"], ["referrals.id"]),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.ForeignKeyConstraint(["replied_by"], ["staff.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_consultations_referral_id", "consultations", ["referral_id"], unique=False)
    op.create_index("ix_consultations_inbox", "consultations", ["agency", "replied_at"], unique=False)


def downgrade() -> None:
    op.drop_table("consultations")
