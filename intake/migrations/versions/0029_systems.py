"""The machines' door: systems with their tokens, their calls, what they are told, petitions that came through them."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _make_systems()
    _make_calls()
    _make_notices()
    _make_requests()


def _make_systems() -> None:
    op.create_table(
        "systems",
        sa.Column("id", ID, nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("agency", sa.String(length=24), nullable=True),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("token_name", sa.String(length=16), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", ID, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.Column("revoked_by", ID, nullable=True),
        sa.Column("hook_url", sa.String(length=500), nullable=True),
        sa.Column("hook_salt", sa.String(length=64), nullable=True),
        sa.Column("hook_old_salt", sa.String(length=64), nullable=True),
        sa.Column("hook_old_until", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.ForeignKeyConstraint(["created_by"], ["staff.id"]),
        sa.ForeignKeyConstraint(["revoked_by"], ["staff.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("staff_id"),
        sa.UniqueConstraint("token_name"),
    )
    op.create_index("ix_systems_agency", "systems", ["agency"], unique=False)


def _make_calls() -> None:
    op.create_table(
        "system_calls",
        sa.Column("id", ID, nullable=False),
        sa.Column("system_id", ID, nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("body", sa.JSON(), nullable=True),
        sa.Column("called_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["system_id"], ["systems.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("system_id", "key"),
    )
    op.create_index("ix_system_calls_called_at", "system_calls", ["called_at"], unique=False)


def _make_notices() -> None:
    op.create_table(
        "system_notices",
        sa.Column("id", ID, nullable=False),
        sa.Column("system_id", ID, nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("referral_id", ID, nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("next_attempt_at", MOMENT, nullable=False),
        sa.Column("give_up_at", MOMENT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_number", sa.Integer(), nullable=False),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("outcome", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(["system_id"], ["systems.id"]),
        sa.ForeignKeyConstraint(["referral_id"], ["referrals.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("system_id", "key"),
        sa.UniqueConstraint("public_id"),
    )
    op.create_index("ix_system_notices_referral_id", "system_notices", ["referral_id"], unique=False)
    op.create_index("ix_system_notices_waiting", "system_notices", ["state", "next_attempt_at"], unique=False)


def _make_requests() -> None:
    op.create_table(
        "system_requests",
        sa.Column("petition_id", ID, autoincrement=False, nullable=False),
        sa.Column("system_id", ID, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("service", sa.String(length=40), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["petition_id"], ["petitions.id"]),
        sa.ForeignKeyConstraint(["system_id"], ["systems.id"]),
        sa.PrimaryKeyConstraint("petition_id"),
        sa.UniqueConstraint("system_id", "key"),
    )
    op.create_index("ix_system_requests_opened", "system_requests", ["opened_at"], unique=False)


def downgrade() -> None:
    for name in ("system_requests", "system_notices", "system_calls", "systems"):
        op.drop_table(name)
