"""Asks of one kind about one request share what follows; what waits for an address is found by an index.

Revision: 0042
"""

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE feedback.effect ADD COLUMN scope text",
    "ALTER TABLE feedback.made_record ADD COLUMN scope text",
    # What there is twice already stays as it is; the first of each has the place.
    """
    WITH first AS (
      SELECT DISTINCT ON (a.subject_id, c.kind, e.kind, e.key) e.id,
        'request ' || a.subject_id || ' ' || c.kind AS scope
      FROM feedback.effect AS e JOIN feedback.ask AS a ON a.id = e.ask_id
      JOIN feedback.campaign AS c ON c.id = a.campaign_id
      WHERE a.subject = 'request' AND e.kind IN ('record', 'assignment', 'review', 'bonus')
      ORDER BY a.subject_id, c.kind, e.kind, e.key, e.id
    )
    UPDATE feedback.effect AS e SET scope = first.scope FROM first WHERE first.id = e.id
    """,
    """
    WITH first AS (
      SELECT DISTINCT ON (a.subject_id, c.kind, m.kind) m.record_id,
        'request ' || a.subject_id || ' ' || c.kind AS scope
      FROM feedback.made_record AS m JOIN feedback.ask AS a ON a.id = m.ask_id
      JOIN feedback.campaign AS c ON c.id = a.campaign_id
      WHERE a.subject = 'request' ORDER BY a.subject_id, c.kind, m.kind, m.record_id
    )
    UPDATE feedback.made_record AS m SET scope = first.scope FROM first WHERE first.record_id = m.record_id
    """,
    "CREATE UNIQUE INDEX uq_effect_scope ON feedback.effect (scope, kind, key) WHERE scope IS NOT NULL",
    "CREATE INDEX ix_ask_needs_data ON feedback.ask (id) WHERE state = 'needs_data'",
    "CREATE UNIQUE INDEX uq_made_record_scope ON feedback.made_record (scope, kind) WHERE scope IS NOT NULL",
)


def upgrade() -> None:
    """Change the tables."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Change them back."""
    op.execute("DROP INDEX feedback.ix_ask_needs_data")
    op.execute("ALTER TABLE feedback.made_record DROP COLUMN scope")
    op.execute("ALTER TABLE feedback.effect DROP COLUMN scope")
