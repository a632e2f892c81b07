"""How good an answer is beside its ask, campaigns read the event log, and who is where since when.

Revision: 0032
"""

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE feedback.ask ADD COLUMN grade text, ADD COLUMN mean double precision",
    "ALTER TABLE feedback.ask ADD CONSTRAINT ck_ask_grade CHECK (grade IN ('bad', 'neutral', 'good'))",
    "CREATE INDEX ix_ask_letter_id ON feedback.ask (letter_id) WHERE letter_id IS NOT NULL",
    """
    CREATE INDEX ix_stage_row_here_since ON crm.stage_row (stage, entered_at, record_id)
      WHERE left_at IS NULL AND NOT imported
    """,
    "INSERT INTO crm.consumer (name, event_id) SELECT 'feedback', coalesce(max(id), 0) FROM crm.event",
)


def upgrade() -> None:
    """Change the tables."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Change them back."""
    op.execute("DELETE FROM crm.consumer WHERE name = 'feedback'")
    op.execute("DROP INDEX crm.ix_stage_row_here_since")
    op.execute("DROP INDEX feedback.ix_ask_letter_id")
    op.execute("ALTER TABLE feedback.ask DROP COLUMN grade, DROP COLUMN mean")
