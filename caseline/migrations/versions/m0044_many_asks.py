"""Asks are made in large sets, and what the rounds look for is found without what has been settled long ago.

Revision: 0044
"""

from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE FUNCTION feedback.begin_asks() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      wrong text;
    BEGIN
      SELECT state INTO wrong FROM fresh
      WHERE state NOT IN ('draft', 'skipped', 'queued', 'needs_data', 'awaiting_address') LIMIT 1;
      IF FOUND THEN
        RAISE EXCEPTION 'an ask begins as draft or skipped, not as %', wrong USING ERRCODE = 'check_violation';
      END IF;
      INSERT INTO feedback.moved (ask_id, after, at, by, reason)
      SELECT id, CASE WHEN state = 'skipped' THEN state ELSE 'draft' END, state_at, state_by, reason FROM fresh;
      INSERT INTO feedback.moved (ask_id, before, after, at, by, reason)
      SELECT id, 'draft', state, state_at, state_by, reason FROM fresh WHERE state NOT IN ('draft', 'skipped');
      RETURN NULL;
    END $$
    """,
    "DROP TRIGGER begins ON feedback.ask",
    """
    CREATE TRIGGER begins AFTER INSERT ON feedback.ask REFERENCING NEW TABLE AS fresh
      FOR EACH STATEMENT EXECUTE FUNCTION feedback.begin_asks()
    """,
    "ALTER TABLE feedback.campaign ADD COLUMN aged_until timestamptz",
    """
    CREATE INDEX ix_letter_failed_ask ON outbox.letter (done_at, id) WHERE nature = 'ask' AND state = 'failed'
    """,
    "CREATE INDEX ix_recipient_failed ON outbox.recipient (folded, letter_id) WHERE state = 'failed'",
)


def upgrade() -> None:
    """One row of steps for each new ask, written for all that a statement makes; what goes on at once has two."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Each ask for itself again."""
    op.execute("DROP INDEX outbox.ix_recipient_failed")
    op.execute("DROP INDEX outbox.ix_letter_failed_ask")
    op.execute("ALTER TABLE feedback.campaign DROP COLUMN aged_until")
    op.execute("DROP TRIGGER begins ON feedback.ask")
    op.execute(
        "CREATE TRIGGER begins AFTER INSERT ON feedback.ask FOR EACH ROW EXECUTE FUNCTION feedback.keep_to_steps()"
    )
    op.execute("DROP FUNCTION feedback.begin_asks")
