"""The few records that are no requests are found by an index.

Revision: 0041
"""

from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index."""
    op.execute("CREATE INDEX ix_record_other_kind ON crm.record (id) WHERE kind <> 'request'")


def downgrade() -> None:
    """Remove it."""
    op.execute("DROP INDEX crm.ix_record_other_kind")
