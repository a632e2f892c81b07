"""The registry of asks is read by when each took its last step.

Revision: 0038
"""

from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index."""
    op.execute("CREATE INDEX ix_ask_state_at ON feedback.ask (state_at, id)")


def downgrade() -> None:
    """Remove it."""
    op.execute("DROP INDEX feedback.ix_ask_state_at")
