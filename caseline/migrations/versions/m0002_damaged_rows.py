"""Damaged rows are found again when a later export brings the same record.

Revision: 0002
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """An index over the few rows that could not be read."""
    op.execute('CREATE INDEX ix_row_damaged ON staging."row" (part_id, file_id, byte_offset) WHERE payload IS NULL')


def downgrade() -> None:
    """Without it."""
    op.execute("DROP INDEX staging.ix_row_damaged")
