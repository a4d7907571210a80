"""The chained trail of what staff did and read; second factors, passkeys, invitations; what a log-in came from."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
REFUSALS = {
    "sqlite": (
        "CREATE TRIGGER audit_entries_no_update BEFORE update ON audit_entries"
        " BEGIN SELECT RAISE(ABORT, 'audit_entries is only added to'); END",
        "CREATE TRIGGER audit_entries_no_delete BEFORE delete ON audit_entries"
        " BEGIN SELECT RAISE(ABORT, 'audit_entries is only added to'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION audit_entries_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'audit_entries is only added to'; END $$",
        "CREATE TRIGGER audit_entries_refused BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries"
        " FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_refuse()",
    ),
}
NEW = (
    "staff_challenges staff_invitations staff_passkeys staff_recovery_codes staff_totp audit_checks audit_entries "
    "audit_waiting"
).split()


def upgrade() -> None:
    _make_trail()
    _make_factors()
    _make_ways_in()
    op.add_column("staff_sessions", sa.Column("seen_at", MOMENT, nullable=True))
    op.add_column("staff_sessions", sa.Column("agent", sa.String(length=200), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("staff_sessions") as batch:
        batch.drop_column("agent")
        batch.drop_column("seen_at")
    for name in NEW:
        op.drop_table(name)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_entries_refuse()")


def _make_trail() -> None:
    op.create_table("audit_waiting", sa.Column("id", ID, nullable=False), *_act(), sa.PrimaryKeyConstraint("id"))
    op.create_table(
        "audit_entries",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        *_act(),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_audit_entries_actor", "audit_entries", ["actor", "number"])
    op.create_index("ix_audit_entries_act", "audit_entries", ["act", "number"])
    op.create_index("ix_audit_entries_petition", "audit_entries", ["petition_id", "number"])
    op.create_index("ix_audit_entries_happened", "audit_entries", ["happened_at"])
    for statement in REFUSALS[op.get_bind().dialect.name]:
        op.execute(statement)
    op.create_table(
        "audit_checks",
        sa.Column("id", ID, nullable=False),
        sa.Column("checked_at", MOMENT, nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("fault", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )


def _act() -> list[sa.Column[Any]]:
    return [
        sa.Column("happened_at", MOMENT, nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("petition_id", sa.BigInteger(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
    ]


def _make_factors() -> None:
    op.create_table(
        "staff_totp",
        sa.Column("staff_id", ID, autoincrement=False, nullable=False),
        sa.Column("secret", sa.String(length=300), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("staff_id"),
    )
    op.create_table(
        "staff_recovery_codes",
        sa.Column("id", ID, nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_staff_recovery_codes_staff_id", "staff_recovery_codes", ["staff_id"])
    op.create_table(
        "staff_passkeys",
        sa.Column("id", ID, nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("credential_hash", sa.String(length=64), nullable=False),
        sa.Column("credential", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("credential_hash"),
    )
    op.create_index("ix_staff_passkeys_staff_id", "staff_passkeys", ["staff_id"])


def _make_ways_in() -> None:
    op.create_table(
        "staff_invitations",
        sa.Column("id", ID, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("username", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("agency", sa.String(length=24), nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", ID, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.Column("staff_id", ID, nullable=True),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["staff.id"]),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_table(
        "staff_challenges",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=8), nullable=False),
        sa.Column("staff_id", ID, nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("token_hash"),
    )
