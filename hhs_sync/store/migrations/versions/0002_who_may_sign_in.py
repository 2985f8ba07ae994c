"""Users of the web page and their sessions; the activity as a chain in which no row can be changed unseen."""

import sqlalchemy as sa
from alembic import op

from hhs_sync.store.activity import chained

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    chain_the_activity()
    op.create_table(
        "users",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("second_factor", sa.LargeBinary(), nullable=True),
        sa.Column("second_factor_step", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("disabled", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("made_at", sa.Text(), nullable=False),
        sa.Column("password_set_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_users"),
    )
    op.create_table(
        "user_roles",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["name"], ["users.name"], name="fk_user_roles_name_users"),
        sa.PrimaryKeyConstraint("name", "practice", "role", name="pk_user_roles"),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["name"], ["users.name"], name="fk_recovery_codes_name_users"),
        sa.PrimaryKeyConstraint("name", "digest", name="pk_recovery_codes"),
    )
    op.create_table(
        "web_sessions",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.Text(), nullable=False),
        sa.Column("ends_at", sa.Text(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("unlocked_until", sa.Text(), nullable=True),
        sa.Column("enrolling", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["name"], ["users.name"], name="fk_web_sessions_name_users"),
        sa.PrimaryKeyConstraint("digest", name="pk_web_sessions"),
    )
    op.create_index("ix_web_sessions_name", "web_sessions", ["name"])
    op.create_table(
        "sign_in_failures",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name="pk_sign_in_failures"),
    )


def chain_the_activity() -> None:
    """The rows as they were, in a table that links each to the one before."""
    database = op.get_bind()
    old = database.execute(sa.text('SELECT at, "by", what, practice, details FROM activity ORDER BY id')).mappings()
    rows = [dict(row) for row in old]
    op.drop_table("activity")
    table = op.create_table(
        "activity",
        sa.Column("id", Number, autoincrement=False, nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("practice", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_activity"),
    )
    op.create_index("ix_activity_practice_id", "activity", ["practice", "id"])
    last = ""
    for number, row in enumerate(rows, start=1):
        whole = {"id": number, "subject": "", "address": "", **row}
        last = chained(last, whole)
        database.execute(table.insert().values(**whole, hash=last))
    refuse_changes()


def refuse_changes() -> None:
    """The triggers went with the old table; PostgreSQL's function is still there."""
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER activity_refuses_{change.lower()} BEFORE {change} ON activity"
                " BEGIN SELECT RAISE(ABORT, 'activity is only ever added to'); END"
            )
        return
    op.execute(
        "CREATE TRIGGER activity_refuses_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON activity"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_activity()"
    )
