"""Which years a version of a calendar does not know is asked of its days, for the years around now.

Revision: 0014
"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Drop what was true of the years around the making of a version only."""
    op.execute("ALTER TABLE timing.calendar_version DROP COLUMN provisional")


def downgrade() -> None:
    """Add it again, without years."""
    op.execute("ALTER TABLE timing.calendar_version ADD COLUMN provisional int[] NOT NULL DEFAULT '{}'")
    op.execute("ALTER TABLE timing.calendar_version ALTER COLUMN provisional DROP DEFAULT")
