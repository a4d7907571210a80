"""Interpreters: who asked for one, who was found, when they meet. Contingencies and the damage told in them."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "interpretations",
        sa.Column("petition_id", ID, autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("language", sa.String(length=80), nullable=True),
        sa.Column("town", sa.String(length=200), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_by", ID, nullable=True),
        sa.Column("interpreter", sa.String(length=200), nullable=True),
        sa.Column("meets_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("place", sa.String(length=300), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(["moved_by"], ["staff.id"]),
        sa.ForeignKeyConstraint(["petition_id"], ["petitions.id"]),
        sa.PrimaryKeyConstraint("petition_id"),
    )
    op.create_index("ix_interpretations_state", "interpretations", ["state", "requested_at"], unique=False)
    # Who asked before there were records is in the list too.
    op.execute(
        "INSERT INTO interpretations (petition_id, state, requested_at, moved_at) "
        "SELECT id, 'requested', opened_at, opened_at FROM petitions WHERE needs_interpreter"
    )

    _add_contingencies()


def _add_contingencies() -> None:
    op.create_table(
        "contingencies",
        sa.Column("id", ID, nullable=False),
        sa.Column("open_mark", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("source_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("began_by", ID, nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", ID, nullable=True),
        sa.ForeignKeyConstraint(["began_by"], ["staff.id"]),
        sa.ForeignKeyConstraint(["ended_by"], ["staff.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("open_mark"),
    )
    with op.batch_alter_table("petitions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("contingency_id", ID, nullable=True))
        batch_op.add_column(sa.Column("damage", sa.JSON(), nullable=True))
        batch_op.create_foreign_key("petitions_contingency_id_fkey", "contingencies", ["contingency_id"], ["id"])
        batch_op.create_index(batch_op.f("ix_petitions_contingency_id"), ["contingency_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("petitions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_petitions_contingency_id"))
        batch_op.drop_constraint("petitions_contingency_id_fkey", type_="foreignkey")
        batch_op.drop_column("damage")
        batch_op.drop_column("contingency_id")
    op.drop_table("contingencies")
    op.drop_index("ix_interpretations_state", table_name="interpretations")
    op.drop_table("interpretations")
