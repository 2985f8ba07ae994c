"""The questions of the last review as rows that can be filtered, sorted and summed."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "findings",
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due", sa.Text(), nullable=False),
        sa.Column("since", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("payer", sa.Text(), nullable=False),
        sa.Column("payer_name", sa.Text(), nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("clinician", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("counted", sa.BigInteger(), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("exact", sa.Boolean(), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("decided", sa.Text(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["practice"], ["practices.practice"], name="fk_findings_practice_practices"),
        sa.PrimaryKeyConstraint("practice", "id", name="pk_findings"),
    )
    op.create_index("ix_findings_order", "findings", ["state", "due", "severity"])
    op.create_index(
        "ix_findings_filter",
        "findings",
        ["state", "practice", "code", "severity", "owner", "payer", "due", "since", "amount", "counted", "exact"],
    )
    op.create_table(
        "finding_bodies",
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("decisions", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["practice"], ["practices.practice"], name="fk_finding_bodies_practice_practices"),
        sa.PrimaryKeyConstraint("practice", "id", name="pk_finding_bodies"),
    )
    # Stored reviews held their findings themselves. They are made anew with the next look.
    op.execute("DELETE FROM reviews")
