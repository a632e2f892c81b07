"""What sources call a stage, beside what people call it.

Revision: 0029
"""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; up to now the name on the pages was the only one that histories were read by."""
    op.execute("ALTER TABLE crm.stage ADD COLUMN spellings text[] NOT NULL DEFAULT '{}'")
    op.execute("UPDATE crm.stage SET spellings = ARRAY[label]")


def downgrade() -> None:
    """Drop it."""
    op.execute("ALTER TABLE crm.stage DROP COLUMN spellings")
