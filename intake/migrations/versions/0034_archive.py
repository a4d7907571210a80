"""The archive: petitions' files, inventories to be signed."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _make_files()
    _make_inventories()


def _make_files() -> None:
    op.create_table(
        "archive_files",
        sa.Column("petition_id", ID, autoincrement=False, nullable=False),
        sa.Column("series", sa.String(length=40), nullable=False),
        sa.Column("location", sa.String(length=200), nullable=False),
        sa.Column("is_held", sa.Boolean(), nullable=False),
        sa.Column("held_reason", sa.String(length=300), nullable=True),
        sa.Column("label", sa.String(length=80), nullable=True),
        sa.Column("terms", sa.JSON(), nullable=True),
        sa.Column("contents", sa.JSON(), nullable=True),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("opened_by", ID, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("closed_by", ID, nullable=True),
        sa.ForeignKeyConstraint(["petition_id"], ["petitions.id"]),
        sa.ForeignKeyConstraint(["opened_by"], ["staff.id"]),
        sa.ForeignKeyConstraint(["closed_by"], ["staff.id"]),
        sa.PrimaryKeyConstraint("petition_id"),
        sa.UniqueConstraint("label"),
    )
    op.create_index("ix_archive_files_closed_at", "archive_files", ["closed_at"], unique=False)
    op.create_index("ix_archive_files_series", "archive_files", ["series"], unique=False)


def _make_inventories() -> None:
    op.create_table(
        "inventories",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("series", sa.String(length=40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("is_confirmed", sa.Boolean(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", ID, nullable=False),
        sa.Column("signed_at", MOMENT, nullable=True),
        sa.Column("signed_by", sa.String(length=300), nullable=True),
        sa.Column("noted_by", ID, nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["staff.id"]),
        sa.ForeignKeyConstraint(["noted_by"], ["staff.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("kind", "year", "number"),
    )
    op.create_table(
        "inventory_members",
        sa.Column("inventory_id", ID, autoincrement=False, nullable=False),
        sa.Column("petition_id", ID, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["inventory_id"], ["inventories.id"]),
        sa.ForeignKeyConstraint(["petition_id"], ["archive_files.petition_id"]),
        sa.PrimaryKeyConstraint("inventory_id", "petition_id"),
    )
    op.create_index("ix_inventory_members_petition_id", "inventory_members", ["petition_id"], unique=False)


def downgrade() -> None:
    for name in ("inventory_members", "inventories", "archive_files"):
        op.drop_table(name)
