"""The letter of a reminder stands beside its ask; an ask whose letter was sent after all goes on.

Revision: 0040
"""

from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE feedback.ask ADD COLUMN reminder_id bigint",
    "INSERT INTO feedback.step (before, after) VALUES ('failed', 'sent')",
)


def upgrade() -> None:
    """Change the tables."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Change them back; an ask that has taken the step before now keeps its state."""
    op.execute("DELETE FROM feedback.moved WHERE before = 'failed' AND after = 'sent'")
    op.execute("DELETE FROM feedback.step WHERE before = 'failed' AND after = 'sent'")
    op.execute("ALTER TABLE feedback.ask DROP COLUMN reminder_id")
