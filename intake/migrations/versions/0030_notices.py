"""What reaches staff outside the app: their mail and wishes, their calendar's link, who is on duty."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _make_wishes()
    _make_mails()
    _make_told()
    _make_duty()


def _make_wishes() -> None:
    op.create_table(
        "mail_wishes",
        sa.Column("staff_id", ID, autoincrement=False, nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("wish", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("staff_id"),
    )
    op.create_table(
        "calendar_links",
        sa.Column("staff_id", ID, autoincrement=False, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("staff_id"),
        sa.UniqueConstraint("token_hash"),
    )


def _make_mails() -> None:
    op.create_table(
        "mails",
        sa.Column("id", ID, nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("referral_id", ID, nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("next_attempt_at", MOMENT, nullable=False),
        sa.Column("give_up_at", MOMENT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_number", sa.Integer(), nullable=False),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("outcome", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.ForeignKeyConstraint(["referral_id"], ["referrals.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("staff_id", "key"),
        sa.UniqueConstraint("public_id"),
    )
    op.create_index("ix_mails_referral_id", "mails", ["referral_id"], unique=False)
    op.create_index("ix_mails_waiting", "mails", ["state", "next_attempt_at"], unique=False)


def _make_told() -> None:
    op.create_table(
        "told_terms",
        sa.Column("id", ID, nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("referral_id", ID, nullable=False),
        sa.Column("step", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.ForeignKeyConstraint(["referral_id"], ["referrals.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("staff_id", "referral_id", "step"),
    )
    op.create_index("ix_told_terms_referral_id", "told_terms", ["referral_id"], unique=False)


def _make_duty() -> None:
    op.create_table(
        "duty_shifts",
        sa.Column("id", ID, nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("staff_id", "starts_at"),
    )
    op.create_index("ix_duty_shifts_ends_at", "duty_shifts", ["ends_at"], unique=False)
    op.create_table(
        "duty_fallbacks",
        sa.Column("id", ID, nullable=False),
        sa.Column("who", sa.String(length=16), nullable=False),
        sa.Column("set_at", MOMENT, nullable=False),
        sa.Column("set_by", ID, nullable=False),
        sa.ForeignKeyConstraint(["set_by"], ["staff.id"]),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade() -> None:
    for name in ("duty_fallbacks", "duty_shifts", "told_terms", "mails", "calendar_links", "mail_wishes"):
        op.drop_table(name)
