"""A petition knows the term that its last day was counted with, so that it can follow another one."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("petitions", sa.Column("term_days", sa.Integer(), nullable=True))
    op.add_column("petitions", sa.Column("term_is_business", sa.Boolean(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("petitions") as batch_op:
        batch_op.drop_column("term_is_business")
        batch_op.drop_column("term_days")
