"""An index of the pieces of three letters of the matters' texts, by which PostgreSQL finds rare words.

On a large database it is made before the upgrade, while the office works (docs/deploy.md); then nothing is left to do.
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

IS_TO_BE_HAD = "SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'"


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite" or not connection.exec_driver_sql(IS_TO_BE_HAD).first():
        return
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.execute("CREATE INDEX IF NOT EXISTS ix_matters_words ON matters USING gin (text gin_trgm_ops)")


def downgrade() -> None:
    """The extension stays: others may use it."""
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP INDEX IF EXISTS ix_matters_words")
