"""A link to a public review knows the letter that it stands in: what comes with the letter is believed to be nobody.

Revision: 0043
"""

from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the table."""
    op.execute("ALTER TABLE feedback.review_ask ADD COLUMN letter_id bigint")


def downgrade() -> None:
    """Change it back."""
    op.execute("ALTER TABLE feedback.review_ask DROP COLUMN letter_id")
