"""Places of saved views, by which people put them in order.

Revision: 0028
"""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column: as long as nobody moves them, views stand by their names."""
    op.execute("ALTER TABLE listing.view ADD COLUMN place integer NOT NULL DEFAULT 0")


def downgrade() -> None:
    """Drop it: they stand by their names again."""
    op.execute("ALTER TABLE listing.view DROP COLUMN place")
