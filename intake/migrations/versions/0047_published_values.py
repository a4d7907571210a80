"""Figures that others publish; indexes by which what refers to an erased row is found.

On a large PostgreSQL the indexes are made before the upgrade, while the office works (docs/deploy.md); then nothing is
left to do for them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

REFERENCES = (
    ("agreement_reminders", "petition_id"),
    ("decisions", "suggestion_id"),
    ("extensions", "referral_id"),
    ("floods", "petition_id"),
    ("links", "other_citizen_id"),
    ("ratings", "comment_id"),
    ("takeovers", "petition_id"),
    ("timers", "conversation_id"),
    ("timers", "petition_id"),
)


def upgrade() -> None:
    op.create_table(
        "published_values",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("series", sa.String(length=40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["noted_by"], ["staff.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_published_values_series", "published_values", ["series", "year"], unique=False)
    for table, column in REFERENCES:
        op.create_index(f"ix_{table}_{column}", table, [column], unique=False, if_not_exists=True)


def downgrade() -> None:
    for table, column in REFERENCES:
        op.drop_index(f"ix_{table}_{column}", table_name=table)
    op.drop_table("published_values")
