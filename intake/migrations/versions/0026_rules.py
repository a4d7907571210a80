"""Routing rules that staff publish, with their drafts; a suggestion knows by which version it was made."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rule_versions",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("of_number", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["staff.id"]),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "rule_drafts",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("before", sa.Integer(), nullable=True),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["saved_by"], ["staff.id"]),
        sa.PrimaryKeyConstraint("number"),
    )
    op.add_column("suggestions", sa.Column("kind", sa.String(length=24), nullable=True))
    op.add_column("suggestions", sa.Column("rules_version", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("suggestions", "rules_version")
    op.drop_column("suggestions", "kind")
    op.drop_table("rule_drafts")
    op.drop_table("rule_versions")
