"""Accounts of the organisation's own log-in, who has a petition open, and since when."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("staff_sessions", sa.Column("door", sa.String(length=12), nullable=True))
    op.add_column("claims", sa.Column("since", MOMENT, nullable=True))
    op.create_table(
        "staff_identities",
        sa.Column("id", ID, nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("issuer", sa.String(length=300), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("linked_at", MOMENT, nullable=False),
        sa.Column("linked_by", ID, nullable=True),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.ForeignKeyConstraint(["linked_by"], ["staff.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("issuer", "subject"),
        sa.UniqueConstraint("issuer", "staff_id"),
    )
    op.create_index("ix_staff_identities_staff_id", "staff_identities", ["staff_id"], unique=False)
    op.create_table(
        "presences",
        sa.Column("petition_id", ID, nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["petition_id"], ["petitions.id"]),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("petition_id", "staff_id"),
    )
    op.create_index("ix_presences_staff_id", "presences", ["staff_id"], unique=False)


def downgrade() -> None:
    op.drop_table("presences")
    op.drop_table("staff_identities")
    with op.batch_alter_table("claims") as batch_op:
        batch_op.drop_column("since")
    with op.batch_alter_table("staff_sessions") as batch_op:
        batch_op.drop_column("door")
