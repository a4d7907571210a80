"""What is counted by day for the boards; indexes by which a day's referrals and ratings are found."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "day_counts",
        sa.Column("figure", sa.String(length=24), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("figure", "day", "key"),
    )
    op.create_table(
        "counted_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("counted_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("day"),
    )
    op.create_table(
        "count_marks",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("before", sa.BigInteger(), nullable=False),
        sa.Column("newest", sa.BigInteger(), nullable=False),
        sa.Column("moved_at", MOMENT, nullable=False),
        sa.Column("rules", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_referrals_issued", "referrals", ["issued_at", "state"], unique=False)
    is_guided = sa.text("purpose = 'notice.guided'")
    op.create_index("ix_replies_guided", "replies", ["accepted_at"], postgresql_where=is_guided, sqlite_where=is_guided)
    op.create_index("ix_ratings_rated_at", "ratings", ["rated_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_ratings_rated_at", table_name="ratings")
    op.drop_index("ix_replies_guided", table_name="replies")
    op.drop_index("ix_referrals_issued", table_name="referrals")
    op.drop_table("count_marks")
    op.drop_table("counted_days")
    op.drop_table("day_counts")
