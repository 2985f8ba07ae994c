"""The chapters of the books, which pages read one at a time."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "chapters",
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["practice"], ["practices.practice"], name="fk_chapters_practice_practices"),
        sa.PrimaryKeyConstraint("practice", "name", name="pk_chapters"),
    )
