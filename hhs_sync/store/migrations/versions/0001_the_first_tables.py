"""The first tables, and the triggers that keep the activity as it was written."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "practices",
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column("documents", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("facts", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("pushes", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("mirror", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("practice", name="pk_practices"),
    )
    op.create_table(
        "activity",
        sa.Column("id", Number, nullable=False),
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["practice"], ["practices.practice"], name="fk_activity_practice_practices"),
        sa.PrimaryKeyConstraint("id", name="pk_activity"),
    )
    op.create_index("ix_activity_practice_id", "activity", ["practice", "id"])

    op.create_table(
        "cursors",
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["practice"], ["practices.practice"], name="fk_cursors_practice_practices"),
        sa.PrimaryKeyConstraint("practice", "name", name="pk_cursors"),
    )
    op.create_table(
        "mirror",
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("quickbooks_id", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["practice"], ["practices.practice"], name="fk_mirror_practice_practices"),
        sa.PrimaryKeyConstraint("practice", "kind", "quickbooks_id", name="pk_mirror"),
    )
    op.create_table(
        "mirror_lists",
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["practice"], ["practices.practice"], name="fk_mirror_lists_practice_practices"),
        sa.PrimaryKeyConstraint("practice", "name", name="pk_mirror_lists"),
    )
    op.create_table(
        "pushed",
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("quickbooks_id", sa.Text(), nullable=False),
        sa.Column("desired_digest", sa.Text(), nullable=False),
        sa.Column("posted_digest", sa.Text(), nullable=False),
        sa.Column("voided", sa.Boolean(), nullable=False),
        sa.Column("date", sa.Text(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("effects", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["practice"], ["practices.practice"], name="fk_pushed_practice_practices"),
        sa.PrimaryKeyConstraint("practice", "entry", name="pk_pushed"),
    )
    op.create_table(
        "pushes",
        sa.Column("id", Number, nullable=False),
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("desired_digest", sa.Text(), nullable=False),
        sa.Column("date", sa.Text(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("effects", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("intended_at", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("newest", sa.Boolean(), nullable=False),
        sa.Column("ended_at", sa.Text(), nullable=True),
        sa.Column("quickbooks_id", sa.Text(), nullable=True),
        sa.Column("sync_token", sa.Text(), nullable=True),
        sa.Column("posted_digest", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("refusals", sa.Integer(), server_default="0", nullable=False),
        sa.Column("refused_since", sa.Text(), nullable=True),
        sa.Column("next_try_at", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["practice"], ["practices.practice"], name="fk_pushes_practice_practices"),
        sa.PrimaryKeyConstraint("id", name="pk_pushes"),
        sa.UniqueConstraint("practice", "entry", "number", name="uq_pushes_practice_entry_number"),
        sa.UniqueConstraint("practice", "request_id", name="uq_pushes_practice_request_id"),
    )
    op.create_index("ix_pushes_practice_state", "pushes", ["practice", "state"])

    op.create_table(
        "readers",
        sa.Column("id", Number, nullable=False),
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("stale", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["practice"], ["practices.practice"], name="fk_readers_practice_practices"),
        sa.PrimaryKeyConstraint("id", name="pk_readers"),
    )
    op.create_index("ix_readers_practice_source", "readers", ["practice", "source"])

    op.create_table(
        "reviews",
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("turn_key", sa.Text(), nullable=False),
        sa.Column("made_at", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["practice"], ["practices.practice"], name="fk_reviews_practice_practices"),
        sa.PrimaryKeyConstraint("practice", "name", name="pk_reviews"),
    )
    op.create_table(
        "secrets",
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("encrypted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["practice"], ["practices.practice"], name="fk_secrets_practice_practices"),
        sa.PrimaryKeyConstraint("practice", "name", name="pk_secrets"),
    )
    op.create_table(
        "documents",
        sa.Column("id", Number, nullable=False),
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("received_at", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("reader_id", Number, nullable=True),
        sa.ForeignKeyConstraint(["practice"], ["practices.practice"], name="fk_documents_practice_practices"),
        sa.ForeignKeyConstraint(["reader_id"], ["readers.id"], name="fk_documents_reader_id_readers"),
        sa.PrimaryKeyConstraint("id", name="pk_documents"),
        sa.UniqueConstraint("practice", "digest", name="uq_documents_practice_digest"),
    )
    op.create_index("ix_documents_practice_source_reader_id", "documents", ["practice", "source", "reader_id"])
    op.create_index("ix_documents_reader_id", "documents", ["reader_id"])

    op.create_table(
        "facts",
        sa.Column("id", Number, nullable=False),
        sa.Column("reader_id", Number, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["reader_id"], ["readers.id"], name="fk_facts_reader_id_readers"),
        sa.PrimaryKeyConstraint("id", name="pk_facts"),
        sa.UniqueConstraint("reader_id", "key", "version", name="uq_facts_reader_id_key_version"),
    )
    op.create_table(
        "document_contents",
        sa.Column("document_id", Number, autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name="fk_document_contents_document_id_documents"),
        sa.PrimaryKeyConstraint("document_id", name="pk_document_contents"),
    )
    op.create_table(
        "document_copies",
        sa.Column("document_id", Number, autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name="fk_document_copies_document_id_documents"),
        sa.PrimaryKeyConstraint("document_id", "source", "name", name="pk_document_copies"),
    )
    op.create_table(
        "exports",
        sa.Column("reader_id", Number, autoincrement=False, nullable=False),
        sa.Column("document_id", Number, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("first", sa.Text(), nullable=False),
        sa.Column("last", sa.Text(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name="fk_exports_document_id_documents"),
        sa.ForeignKeyConstraint(["reader_id"], ["readers.id"], name="fk_exports_reader_id_readers"),
        sa.PrimaryKeyConstraint("reader_id", "document_id", name="pk_exports"),
    )
    op.create_table(
        "files_taken",
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("modified_ns", sa.BigInteger(), nullable=False),
        sa.Column("document_id", Number, nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name="fk_files_taken_document_id_documents"),
        sa.ForeignKeyConstraint(["practice"], ["practices.practice"], name="fk_files_taken_practice_practices"),
        sa.PrimaryKeyConstraint("practice", "source", "path", name="pk_files_taken"),
    )
    op.create_index("ix_files_taken_document_id", "files_taken", ["document_id"])

    op.create_table(
        "sightings",
        sa.Column("fact_id", Number, autoincrement=False, nullable=False),
        sa.Column("first_document_id", Number, nullable=False),
        sa.Column("last_document_id", Number, nullable=False),
        sa.ForeignKeyConstraint(["fact_id"], ["facts.id"], name="fk_sightings_fact_id_facts"),
        sa.ForeignKeyConstraint(
            ["first_document_id"], ["documents.id"], name="fk_sightings_first_document_id_documents"
        ),
        sa.ForeignKeyConstraint(["last_document_id"], ["documents.id"], name="fk_sightings_last_document_id_documents"),
        sa.PrimaryKeyConstraint("fact_id", name="pk_sightings"),
    )
    op.create_table(
        "unreadable",
        sa.Column("reader_id", Number, autoincrement=False, nullable=False),
        sa.Column("document_id", Number, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("whole_document", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name="fk_unreadable_document_id_documents"),
        sa.ForeignKeyConstraint(["reader_id"], ["readers.id"], name="fk_unreadable_reader_id_readers"),
        sa.PrimaryKeyConstraint("reader_id", "document_id", "number", name="pk_unreadable"),
    )
    refuse_changes_of_activity()


def refuse_changes_of_activity() -> None:
    """What was done stays written: the database refuses to change or remove a row."""
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER activity_refuses_{change.lower()} BEFORE {change} ON activity"
                " BEGIN SELECT RAISE(ABORT, 'activity is only ever added to'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION refuse_change_of_activity() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'activity is only ever added to'; END $$"
    )
    op.execute(
        "CREATE TRIGGER activity_refuses_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON activity"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_activity()"
    )
