"""What the filters of the work list offer, so that nobody walks over all questions for it."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "finding_choices",
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["practice"], ["practices.practice"], name="fk_finding_choices_practice_practices"),
        sa.PrimaryKeyConstraint("practice", "kind", "value", name="pk_finding_choices"),
    )
    # A review writes what changed: its rows are written anew, and with them what can be chosen.
    op.execute("DELETE FROM findings")
    op.execute("DELETE FROM finding_bodies")
    op.execute("DELETE FROM reviews")
