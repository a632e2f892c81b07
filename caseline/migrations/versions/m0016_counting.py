"""What is asked for every mail and letter costs no more when there are many: ids that thousands name, letters counted.

Revision: 0016
"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

INDEXES = (
    ("mail", "ix_ghost_address", "ghost (id, address, mail_id)"),
    ("outbox", "ix_letter_queued_at", "letter (queued_at, id)"),
    ("outbox", "ix_letter_state", "letter (state, id)"),
    ("outbox", "ix_recipient_plain", r"recipient (regexp_replace(folded, '(.)\+[^@]*@', '\1@'), letter_id)"),
    ("outbox", "ix_recipient_domain", "recipient (substring(folded, '@[^@]*$'), letter_id)"),
)


def upgrade() -> None:
    """Make the indexes."""
    for schema, name, what in INDEXES:
        op.execute(f"CREATE INDEX {name} ON {schema}.{what}")


def downgrade() -> None:
    """Drop them."""
    for schema, name, _what in INDEXES:
        op.execute(f"DROP INDEX {schema}.{name}")
