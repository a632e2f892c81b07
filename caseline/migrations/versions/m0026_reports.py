"""Reports find what was left in a period without reading everything.

Revision: 0026
"""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

INDEXES = (("ix_stage_row_left_at", "stage_row", "left_at"),)


def upgrade() -> None:
    """Make the indexes: of ranges of pages, so that an import writes next to nothing into them."""
    for name, table, column in INDEXES:
        op.execute(
            f"CREATE INDEX {name} ON crm.{table} USING brin ({column} timestamptz_minmax_multi_ops)"
            " WITH (pages_per_range = 32, autosummarize = on)"
        )


def downgrade() -> None:
    """Drop them."""
    for name, _table, _column in INDEXES:
        op.execute(f"DROP INDEX crm.{name}")
