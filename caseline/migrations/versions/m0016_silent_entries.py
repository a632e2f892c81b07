"""Which entries of the dictionary stand in a text without counting there, so that none of them is taken for dead.

Revision: 0016
"""

from alembic import op

revision = "0016"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column: the table is not written anew. It fills as requests are looked at."""
    op.execute("ALTER TABLE keywords.scored ADD COLUMN silent bigint[] NOT NULL DEFAULT '{}'")


def downgrade() -> None:
    """Drop it."""
    op.execute("ALTER TABLE keywords.scored DROP COLUMN silent")
