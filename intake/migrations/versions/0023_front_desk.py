"""Petitions that no chat brought, captured by an officer; the words by which petitions are found, with their
index; the queue's order; who looks at a petition; and saved views."""

import sqlalchemy as sa
from alembic import op

from intake.triage.search_words import document_of
from nlp.masks import mask

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None
AT_ONCE = 500  # petitions whose texts are in memory
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "captures",
        sa.Column("petition_id", ID, autoincrement=False, nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("way", sa.String(length=8), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("came_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["petition_id"], ["petitions.id"]),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("petition_id"),
    )
    op.create_table(
        "search_texts",
        sa.Column("petition_id", ID, autoincrement=False, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["petition_id"], ["petitions.id"]),
        sa.PrimaryKeyConstraint("petition_id"),
    )
    _index()
    _fill()
    _line_up()
    op.create_table(
        "claims",
        sa.Column("petition_id", ID, autoincrement=False, nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["petition_id"], ["petitions.id"]),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("petition_id"),
    )
    op.create_index("ix_claims_staff_id", "claims", ["staff_id"])
    op.create_table(
        "saved_views",
        sa.Column("id", ID, nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("query", sa.String(length=500), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("staff_id", "name"),
    )


def _line_up() -> None:
    """As `intake.line.tier_of` had it."""
    op.add_column("petitions", sa.Column("tier", sa.SmallInteger(), nullable=False, server_default="3"))
    op.execute(
        "UPDATE petitions SET tier = CASE WHEN is_urgent AND emergency IS NOT NULL THEN 0 WHEN is_urgent THEN 1"
        " ELSE 2 END WHERE is_urgent OR is_minor OR needs_interpreter"
    )
    op.create_index("ix_petitions_line", "petitions", ["status", "tier", "due_on", "opened_at"])


def _index() -> None:
    """As `intake.database.SEARCH_INDEXES` had it: what ran once must not change."""
    if op.get_bind().dialect.name != "sqlite":
        op.execute(
            "CREATE INDEX search_index ON search_texts USING gin (array_to_tsvector(string_to_array(words, ' ')))"
            " WITH (fastupdate = off)"
        )
        return
    out = "INSERT INTO search_index(search_index, rowid, words) VALUES ('delete', old.petition_id, old.words);"
    into = "INSERT INTO search_index(rowid, words) VALUES (new.petition_id, new.words);"
    op.execute(
        "CREATE VIRTUAL TABLE search_index USING fts5(words, content='search_texts', content_rowid='petition_id',"
        " tokenize='unicode61 remove_diacritics 2', prefix='3 4', detail=none)"
    )
    op.execute(f"CREATE TRIGGER search_texts_new AFTER INSERT ON search_texts BEGIN {into} END")
    op.execute(f"CREATE TRIGGER search_texts_gone AFTER DELETE ON search_texts BEGIN {out} END")
    op.execute(f"CREATE TRIGGER search_texts_changed AFTER UPDATE ON search_texts BEGIN {out} {into} END")


def _fill() -> None:
    """Of what is there, some hundred petitions at a time."""
    connection, last = op.get_bind(), 0
    some = sa.text("SELECT id, place_text FROM petitions WHERE id > :last ORDER BY id LIMIT :limit")
    told = sa.text(
        "SELECT petition_id, text FROM matters WHERE petition_id > :last AND petition_id <= :end ORDER BY id"
    )
    keep = sa.text("INSERT INTO search_texts (petition_id, words) VALUES (:petition, :words)")
    while rows := connection.execute(some, {"last": last, "limit": AT_ONCE}).all():
        texts: dict[int, list[str]] = {row[0]: [row[1] or ""] for row in rows}
        for petition, text in connection.execute(told, {"last": last, "end": rows[-1][0]}):
            texts[petition].insert(-1, text)
        words = ({"petition": one, "words": document_of(map(mask, told))} for one, told in texts.items())
        connection.execute(keep, list(words))
        last = rows[-1][0]


def downgrade() -> None:
    op.drop_table("saved_views")
    op.drop_table("claims")
    op.drop_index("ix_petitions_line", "petitions")
    with op.batch_alter_table("petitions") as batch_op:
        batch_op.drop_column("tier")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE search_index")
    op.drop_table("search_texts")
    op.drop_table("captures")
