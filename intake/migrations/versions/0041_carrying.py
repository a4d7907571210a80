"""Imports of an older register, the petitions that they brought, exports of it all; mails that cannot be had."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("mailboxes", sa.Column("failing_uid", sa.BigInteger(), nullable=True))
    op.add_column("mailboxes", sa.Column("failures", sa.Integer(), server_default="0", nullable=False))
    op.add_column("mailboxes", sa.Column("set_aside", sa.JSON(), server_default="[]", nullable=False))
    op.create_table(
        "imports",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("storage_key", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("at_row", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("unsure", sa.JSON(), nullable=False),
        sa.Column("report_key", sa.String(length=200), nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", ID, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["staff.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_imports_state", "imports", ["state"], unique=False)
    op.create_table(
        "imported",
        sa.Column("petition_id", ID, autoincrement=False, nullable=False),
        sa.Column("import_id", ID, nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("old_folio", sa.String(length=60), nullable=False),
        sa.Column("old_key", sa.String(length=60), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["petition_id"], ["petitions.id"]),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"]),
        sa.PrimaryKeyConstraint("petition_id"),
        sa.UniqueConstraint("old_key"),
    )
    op.create_index("ix_imported_import_id", "imported", ["import_id"], unique=False)
    op.create_table(
        "exports",
        sa.Column("id", ID, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("asked_by", ID, nullable=False),
        sa.Column("begun_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("storage_key", sa.String(length=200), nullable=True),
        sa.Column("size_bytes", ID, nullable=True),
        sa.Column("rows", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["asked_by"], ["staff.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_exports_state", "exports", ["state"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("mailboxes") as batch_op:
        for name in ("set_aside", "failures", "failing_uid"):
            batch_op.drop_column(name)
    op.drop_table("exports")
    op.drop_table("imported")
    op.drop_table("imports")
