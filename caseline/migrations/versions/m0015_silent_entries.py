"""Entries that stand in a text without counting there, so that none is taken for dead; an order of categories for ties.

Revision: 0015
"""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns: no table is written anew. The first fills as requests are looked at; NULL: not known."""
    op.execute("ALTER TABLE keywords.scored ADD COLUMN silent bigint[]")
    op.execute("ALTER TABLE keywords.dictionary ADD COLUMN category_order text[] NOT NULL DEFAULT '{}'")


def downgrade() -> None:
    """Drop them."""
    op.execute("ALTER TABLE keywords.dictionary DROP COLUMN category_order")
    op.execute("ALTER TABLE keywords.scored DROP COLUMN silent")
