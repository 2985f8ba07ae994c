"""The tables, one schema for SQLite and PostgreSQL.

    practices                       a counter for each kind of change: what makes a turn with nothing new cheap
    documents, document_contents    what came in, named by its sha256; document_copies: the same bytes once more
    files_taken                     which file of an inbox was taken for which document
    readers                         who read a source's documents: one generation of readings per reader's version
    facts, sightings                each distinct version of a fact once; the first and the last document that showed it
    exports, unreadable             what full exports cover; what could not be read
    pushes, pushed                  every attempt to write to QuickBooks; where each entry stands
    mirror, mirror_lists, cursors   what QuickBooks showed when last asked, and how far we have asked
    secrets, reviews, chapters      keys and tokens; the last review for the web page, and the books for it to read
    activity                        who did and saw what: each row holds the hash of the one before
    users, user_roles               who may sign in to the web page, and what they may there; recovery_codes
    web_sessions, sign_in_failures  who is signed in; who tried in vain

`sightings` stands apart from `facts` because each full export moves the last sighting of nearly every fact: rows of
three numbers are rewritten then, not the facts themselves. Times are ISO texts with their offset from UTC, days are
ISO texts, money is whole cents (SQLite would keep a Numeric as a float), JSON is text.

A change here needs a migration in migrations/versions and its number in REVISION; a test compares them.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
)

REVISION = "0007"
"""The newest migration: a database at it is opened without loading Alembic."""

# Names for every constraint, so that a migration can name what it changes on both databases.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite counts up by itself only in a column that is exactly INTEGER, which holds 64 bits there.
Number = BigInteger().with_variant(Integer, "sqlite")


def of_practice(*, primary_key: bool = False) -> Column[str]:
    """The column that says whose row it is."""
    return Column("practice", Text, ForeignKey("practices.practice"), nullable=False, primary_key=primary_key)


practices = Table(
    "practices",
    metadata,
    Column("practice", Text, primary_key=True),
    Column("documents", BigInteger, nullable=False, server_default="0"),
    Column("facts", BigInteger, nullable=False, server_default="0"),
    Column("pushes", BigInteger, nullable=False, server_default="0"),
    Column("mirror", BigInteger, nullable=False, server_default="0"),
)

readers = Table(
    "readers",
    metadata,
    Column("id", Number, primary_key=True),
    of_practice(),
    Column("source", Text, nullable=False),
    Column("version", Text, nullable=False),
    # The readings that count. A newer generation takes over when it has read every document of its source.
    Column("active", Boolean, nullable=False, server_default=false()),
    # To be read anew although the version is the same: the place of a document in time has changed.
    Column("stale", Boolean, nullable=False, server_default=false()),
    Index(None, "practice", "source"),
)

documents = Table(
    "documents",
    metadata,
    Column("id", Number, primary_key=True),
    of_practice(),
    Column("digest", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("received_at", Text, nullable=False),
    Column("as_of", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("reader_id", Number, ForeignKey("readers.id"), nullable=True),
    UniqueConstraint("practice", "digest"),
    Index(None, "practice", "source", "reader_id"),
    Index(None, "reader_id"),
)

document_contents = Table(
    "document_contents",
    metadata,
    Column("document_id", Number, ForeignKey("documents.id"), primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False),
)

document_copies = Table(
    "document_copies",
    metadata,
    Column("document_id", Number, ForeignKey("documents.id"), primary_key=True, autoincrement=False),
    Column("source", Text, primary_key=True),
    Column("name", Text, primary_key=True),
)

files_taken = Table(
    "files_taken",
    metadata,
    of_practice(primary_key=True),
    Column("source", Text, primary_key=True),
    Column("path", Text, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("modified_ns", BigInteger, nullable=False),
    Column("document_id", Number, ForeignKey("documents.id"), nullable=False),
    Index(None, "document_id"),
)

facts = Table(
    "facts",
    metadata,
    Column("id", Number, primary_key=True),
    Column("reader_id", Number, ForeignKey("readers.id"), nullable=False),
    Column("key", Text, nullable=False),
    Column("version", LargeBinary, nullable=False),
    Column("kind", Text, nullable=False),
    # Where the first document that showed this version told it.
    Column("place", Text, nullable=False),
    Column("body", Text, nullable=False),
    UniqueConstraint("reader_id", "key", "version"),
)

sightings = Table(
    "sightings",
    metadata,
    Column("fact_id", Number, ForeignKey("facts.id"), primary_key=True, autoincrement=False),
    Column("first_document_id", Number, ForeignKey("documents.id"), nullable=False),
    Column("last_document_id", Number, ForeignKey("documents.id"), nullable=False),
)

exports = Table(
    "exports",
    metadata,
    Column("reader_id", Number, ForeignKey("readers.id"), primary_key=True, autoincrement=False),
    Column("document_id", Number, ForeignKey("documents.id"), primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("first", Text, nullable=False),
    Column("last", Text, nullable=False),
    Column("whole", Boolean, nullable=False),
)

unreadable = Table(
    "unreadable",
    metadata,
    Column("reader_id", Number, ForeignKey("readers.id"), primary_key=True, autoincrement=False),
    Column("document_id", Number, ForeignKey("documents.id"), primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("place", Text, nullable=False),
    Column("problem", Text, nullable=False),
    Column("amount", BigInteger, nullable=True),
    Column("whole_document", Boolean, nullable=False),
)

pushes = Table(
    "pushes",
    metadata,
    Column("id", Number, primary_key=True),
    of_practice(),
    Column("entry", Text, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("request_id", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("operation", Text, nullable=False),
    Column("desired_digest", Text, nullable=False),
    Column("date", Text, nullable=True),
    Column("amount", BigInteger, nullable=False),
    Column("effects", Text, nullable=False),
    # The request as it was sent, kept until it is known what became of it.
    Column("body", Text, nullable=True),
    Column("intended_at", Text, nullable=False),
    Column("state", Text, nullable=False),
    # True for the newest push of its entry.
    Column("newest", Boolean, nullable=False),
    Column("ended_at", Text, nullable=True),
    Column("quickbooks_id", Text, nullable=True),
    Column("sync_token", Text, nullable=True),
    Column("posted_digest", Text, nullable=True),
    Column("code", Text, nullable=True),
    Column("message", Text, nullable=True),
    # How many times in a row this entry was refused, this time included; when and how it began; when to try again.
    Column("refusals", Integer, nullable=False, server_default="0"),
    Column("refused_since", Text, nullable=True),
    Column("next_try_at", Text, nullable=True),
    UniqueConstraint("practice", "request_id"),
    UniqueConstraint("practice", "entry", "number"),
    Index(None, "practice", "state"),
)

pushed = Table(
    "pushed",
    metadata,
    of_practice(primary_key=True),
    Column("entry", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("quickbooks_id", Text, nullable=False),
    Column("desired_digest", Text, nullable=False),
    Column("posted_digest", Text, nullable=False),
    Column("voided", Boolean, nullable=False),
    Column("date", Text, nullable=True),
    Column("amount", BigInteger, nullable=False),
    Column("effects", Text, nullable=False),
)

mirror = Table(
    "mirror",
    metadata,
    of_practice(primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("quickbooks_id", Text, primary_key=True),
    Column("body", Text, nullable=False),
)

mirror_lists = Table(
    "mirror_lists",
    metadata,
    of_practice(primary_key=True),
    Column("name", Text, primary_key=True),
    Column("body", Text, nullable=False),
)

cursors = Table(
    "cursors",
    metadata,
    of_practice(primary_key=True),
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

secrets = Table(
    "secrets",
    metadata,
    of_practice(primary_key=True),
    Column("name", Text, primary_key=True),
    Column("value", LargeBinary, nullable=False),
    Column("encrypted", Boolean, nullable=False),
)

reviews = Table(
    "reviews",
    metadata,
    of_practice(primary_key=True),
    Column("name", Text, primary_key=True),
    Column("turn_key", Text, nullable=False),
    Column("made_at", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

# Numbered without a gap, and without references: what was done stays written whatever becomes of the rest.
activity = Table(
    "activity",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("practice", Text, nullable=True),
    Column("subject", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("details", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Index(None, "practice", "id"),
)

users = Table(
    "users",
    metadata,
    Column("name", Text, primary_key=True),
    Column("display_name", Text, nullable=False),
    Column("password", Text, nullable=False),
    # The secret of the second factor, sealed; the last step of time whose code was taken, which is never taken again.
    Column("second_factor", LargeBinary, nullable=True),
    Column("second_factor_step", BigInteger, nullable=False, server_default="0"),
    Column("disabled", Boolean, nullable=False, server_default=false()),
    Column("made_at", Text, nullable=False),
    Column("password_set_at", Text, nullable=False),
)

user_roles = Table(
    "user_roles",
    metadata,
    Column("name", Text, ForeignKey("users.name"), primary_key=True),
    # A practice's id, or * for all of them.
    Column("practice", Text, primary_key=True),
    Column("role", Text, primary_key=True),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("name", Text, ForeignKey("users.name"), primary_key=True),
    Column("digest", Text, primary_key=True),
)

web_sessions = Table(
    "web_sessions",
    metadata,
    # Of the random id that the browser holds: who reads the database can't sign in with what stands here.
    Column("digest", Text, primary_key=True),
    Column("name", Text, ForeignKey("users.name"), nullable=False),
    Column("begun_at", Text, nullable=False),
    Column("seen_at", Text, nullable=False),
    Column("ends_at", Text, nullable=False),
    # Whether the second factor was given too, where the user has one.
    Column("complete", Boolean, nullable=False),
    Column("unlocked_until", Text, nullable=True),
    # The secret of a second factor that is being set up, sealed.
    Column("enrolling", LargeBinary, nullable=True),
    Index(None, "name"),
)

sign_in_failures = Table(
    "sign_in_failures",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("last_at", Text, nullable=False),
)

findings = Table(
    "findings",
    metadata,
    of_practice(primary_key=True),
    # The beginning of the sha256 of the finding's key: the same as long as it is asked, and fit for an address.
    Column("id", Text, primary_key=True),
    Column("key", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("severity", Integer, nullable=False),
    # open, waiting, decided (a person has answered, the next turn counts it), closed.
    Column("state", Text, nullable=False),
    Column("due", Text, nullable=False),
    Column("since", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("payer", Text, nullable=False),
    Column("payer_name", Text, nullable=False),
    Column("client", Text, nullable=False),
    Column("clinician", Text, nullable=False),
    Column("service", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    # What of the amount no other row of the practice counts already.
    Column("counted", BigInteger, nullable=False),
    Column("items", Integer, nullable=False),
    Column("exact", Boolean, nullable=False),
    Column("says", Text, nullable=False),
    Column("decided", Text, nullable=False),
    # All that a person may search for, in small letters.
    Column("search", Text, nullable=False),
    # Names what the review said, so that a review writes only the rows that changed.
    Column("digest", Text, nullable=False),
    # The order of the work list: SQLite and PostgreSQL read the first page of it without sorting.
    Index("ix_findings_order", "state", "due", "severity"),
    # All that sums and filters look at, so that they never read the rows themselves.
    Index(
        "ix_findings_filter",
        "state", "practice", "code", "severity", "owner", "payer", "due", "since", "amount", "counted", "exact",
    ),
    # What is searched for words, with what the search then sums: the texts alone are a sixth of the rows.
    Index("ix_findings_words", "state", "practice", "search", "severity", "counted", "id"),
)  # fmt: skip

finding_bodies = Table(
    "finding_bodies",
    metadata,
    of_practice(primary_key=True),
    Column("id", Text, primary_key=True),
    # The finding as the review made it with the trail behind it, and what was decided about it since, as JSON.
    Column("body", LargeBinary, nullable=False),
    Column("decisions", LargeBinary, nullable=True),
)

finding_choices = Table(
    "finding_choices",
    metadata,
    of_practice(primary_key=True),
    # owner or payer: what the filters of the work list offer.
    Column("kind", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    Column("name", Text, nullable=False),
)

chapters = Table(
    "chapters",
    metadata,
    of_practice(primary_key=True),
    Column("name", Text, primary_key=True),
    # Names the body, so that a turn writes only the chapters that changed.
    Column("digest", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

saved_views = Table(
    "saved_views",
    metadata,
    Column("user", Text, ForeignKey("users.name"), primary_key=True),
    Column("name", Text, primary_key=True),
    # What stands behind the question mark of the address.
    Column("query", Text, nullable=False),
)
