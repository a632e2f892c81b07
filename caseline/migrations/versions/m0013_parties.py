"""Who wrote a message and to whom, by address; who worked on its assignment; what people have put where it stands.

Revision: 0013
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

COLUMNS = (
    ("message", "sender_address", "text"),
    ("message", "told_addresses", "text[]"),
    ("message_trait", "outsider", "boolean NOT NULL DEFAULT false"),
    ("message_trait", "placed", "boolean NOT NULL DEFAULT false"),
)


def upgrade() -> None:
    """Add the columns: no table is written anew. Headers of messages that are there are read when somebody asks."""
    for table, column, kind in COLUMNS:
        op.execute(f"ALTER TABLE crm.{table} ADD COLUMN {column} {kind}")
    op.execute("""
        UPDATE crm.message_trait AS t SET placed = true FROM mail.mail AS m
        WHERE m.message_ref = t.message_id AND m.verdict ->> 'by' <> 'rules' AND m.state = 'done'
    """)


def downgrade() -> None:
    """Drop them."""
    for table, column, _kind in COLUMNS:
        op.execute(f"ALTER TABLE crm.{table} DROP COLUMN {column}")
