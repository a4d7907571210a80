"""What an import brought is read a piece at a time: each piece was found by sorting all that is left of it."""

from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_imported_petitions", "imported", ["import_id", "petition_id"], unique=False)
    op.create_index("ix_imported_rows", "imported", ["import_id", "row"], unique=False)
    op.drop_index("ix_imported_import_id", "imported")


def downgrade() -> None:
    op.create_index("ix_imported_import_id", "imported", ["import_id"], unique=False)
    op.drop_index("ix_imported_rows", "imported")
    op.drop_index("ix_imported_petitions", "imported")
