"""Looking for words reads the words alone, and no longer the rows."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # An entry of an index has its limits: what is longer is cut, as it is when a row is written.
    op.execute("UPDATE findings SET search = substr(search, 1, 600)")
    op.create_index(
        "ix_findings_words", "findings", ["state", "practice", "search", "severity", "counted", "id"], unique=False
    )
