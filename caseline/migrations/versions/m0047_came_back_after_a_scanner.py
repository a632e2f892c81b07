"""An ask whose letter came back has failed, also where a scanner has sent a value from its page before.

Revision: 0047
"""

from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Permit the step."""
    op.execute("INSERT INTO feedback.step (before, after) VALUES ('answering', 'failed')")


def downgrade() -> None:
    """Permit it no more; an ask that has taken it before now keeps its state."""
    op.execute("DELETE FROM feedback.moved WHERE before = 'answering' AND after = 'failed'")
    op.execute("DELETE FROM feedback.step WHERE before = 'answering' AND after = 'failed'")
