"""Indexes by which reports of feedback read no more than their period: ratings and clicks by time, asks by theirs.

Revision: 0039
"""

from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

STATEMENTS = (
    # The weekly letter is about no request.
    "ALTER TABLE outbox.letter ALTER COLUMN record_id DROP NOT NULL",
    "CREATE INDEX ix_ask_happened_at ON feedback.ask (happened_at, id)",
    "CREATE INDEX ix_rating_at ON feedback.rating (at, ask_id) WHERE superseded_at IS NULL",
    "CREATE INDEX ix_signal_at ON feedback.signal (at, ask_id) WHERE value IS NOT NULL",
)


def upgrade() -> None:
    """Make them."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Remove them."""
    for name in ("ix_ask_happened_at", "ix_rating_at", "ix_signal_at"):
        op.execute(f"DROP INDEX feedback.{name}")
