"""The card of a request: what happened to it is found by its id; a form that is sent twice is done once.

Revision: 0021
"""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

STATEMENTS = (
    # What imports tell stands in no timeline, so none of their many rows is in it.
    """
    CREATE INDEX ix_event_record_id ON crm.event (record_id, id) WHERE entity = 'request' AND NOT imported
    """,
    """
    CREATE TABLE people.sent_form (
      digest bytea NOT NULL CONSTRAINT pk_sent_form PRIMARY KEY,
      at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX ix_sent_form_at ON people.sent_form (at)",
)


def upgrade() -> None:
    """Make the index and the table."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Drop them."""
    op.execute("DROP TABLE people.sent_form")
    op.execute("DROP INDEX crm.ix_event_record_id")
