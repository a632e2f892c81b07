"""What an ask began as is written down when it goes on from there, and asks name people as they name their clients.

Revision: 0045
"""

from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE OR REPLACE FUNCTION feedback.begin_asks() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      wrong text;
    BEGIN
      SELECT state INTO wrong FROM fresh
      WHERE state NOT IN ('draft', 'skipped', 'queued', 'needs_data', 'awaiting_address') LIMIT 1;
      IF FOUND THEN
        RAISE EXCEPTION 'an ask begins as draft or skipped, not as %', wrong USING ERRCODE = 'check_violation';
      END IF;
      RETURN NULL;
    END $$
    """,
    """
    CREATE FUNCTION feedback.first_steps(state text) RETURNS TABLE (number bigint, before text, after text)
    LANGUAGE sql IMMUTABLE AS $$
      SELECT 1, NULL::text, CASE WHEN state IN ('queued', 'needs_data', 'awaiting_address') THEN 'draft' ELSE state END
      UNION ALL
      SELECT 2, 'draft', state WHERE state IN ('queued', 'needs_data', 'awaiting_address')
    $$
    """,
    # A plan that was made while there were no steps yet would read all of them for each ask that one statement moves.
    """
    CREATE OR REPLACE FUNCTION feedback.keep_to_steps() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
    BEGIN
      IF NOT EXISTS (SELECT FROM feedback.step WHERE before = OLD.state AND after = NEW.state) THEN
        RAISE EXCEPTION 'ask %: there is no step from % to %', NEW.id, OLD.state, NEW.state
          USING ERRCODE = 'check_violation';
      ELSIF NEW.state_at < OLD.state_at THEN
        RAISE EXCEPTION 'ask %: a step cannot be older than the one before', NEW.id USING ERRCODE = 'check_violation';
      END IF;
      IF NOT EXISTS (SELECT FROM feedback.moved WHERE ask_id = OLD.id) THEN
        INSERT INTO feedback.moved (ask_id, before, after, at, by, reason)
        SELECT OLD.id, f.before, f.after, OLD.state_at, OLD.state_by, OLD.reason
        FROM feedback.first_steps(OLD.state) AS f ORDER BY f.number;
      END IF;
      INSERT INTO feedback.moved (ask_id, before, after, at, by, reason)
      VALUES (NEW.id, OLD.state, NEW.state, NEW.state_at, NEW.state_by, NEW.reason);
      RETURN NULL;
    END $$
    """,
    """
    CREATE VIEW feedback.taken AS
    SELECT m.ask_id, m.id AS number, m.before, m.after, m.at, m.by, m.reason FROM feedback.moved AS m
    UNION ALL
    SELECT a.id, f.number, f.before, f.after, a.state_at, a.state_by, a.reason
    FROM feedback.ask AS a CROSS JOIN LATERAL feedback.first_steps(a.state) AS f
    WHERE NOT EXISTS (SELECT FROM feedback.moved AS m WHERE m.ask_id = a.id)
    """,
    "ALTER TABLE feedback.ask DROP CONSTRAINT fk_ask_responsible_id",
    "ALTER TABLE feedback.ask DROP CONSTRAINT fk_ask_asked_by_id",
    "ALTER TABLE feedback.ask DROP CONSTRAINT fk_ask_division_id",
    "ALTER TABLE crm.handled_event DROP CONSTRAINT fk_handled_event_consumer",
)
# As migrations 0030 and 0044 made them.
BEFORE = (
    """
    INSERT INTO feedback.moved (ask_id, before, after, at, by, reason)
    SELECT ask_id, before, after, at, by, reason FROM feedback.taken AS t
    WHERE NOT EXISTS (SELECT FROM feedback.moved AS m WHERE m.ask_id = t.ask_id) ORDER BY ask_id, number
    """,
    "DROP VIEW feedback.taken",
    """
    CREATE OR REPLACE FUNCTION feedback.begin_asks() RETURNS trigger LANGUAGE plpgsql AS $$
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
    """
    CREATE OR REPLACE FUNCTION feedback.keep_to_steps() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'INSERT' AND NEW.state NOT IN ('draft', 'skipped') THEN
        RAISE EXCEPTION 'an ask begins as draft or skipped, not as %', NEW.state USING ERRCODE = 'check_violation';
      ELSIF TG_OP = 'UPDATE' AND NOT EXISTS (
        SELECT FROM feedback.step WHERE before = OLD.state AND after = NEW.state
      ) THEN
        RAISE EXCEPTION 'ask %: there is no step from % to %', NEW.id, OLD.state, NEW.state
          USING ERRCODE = 'check_violation';
      ELSIF TG_OP = 'UPDATE' AND NEW.state_at < OLD.state_at THEN
        RAISE EXCEPTION 'ask %: a step cannot be older than the one before', NEW.id USING ERRCODE = 'check_violation';
      END IF;
      INSERT INTO feedback.moved (ask_id, before, after, at, by, reason)
      VALUES (NEW.id, CASE WHEN TG_OP = 'UPDATE' THEN OLD.state END, NEW.state, NEW.state_at, NEW.state_by, NEW.reason);
      RETURN NULL;
    END $$
    """,
    "DROP FUNCTION feedback.first_steps",
    """
    ALTER TABLE feedback.ask
      ADD CONSTRAINT fk_ask_responsible_id FOREIGN KEY (responsible_id) REFERENCES people.person (id),
      ADD CONSTRAINT fk_ask_asked_by_id FOREIGN KEY (asked_by_id) REFERENCES people.person (id),
      ADD CONSTRAINT fk_ask_division_id FOREIGN KEY (division_id) REFERENCES people.division (id)
    """,
    """
    ALTER TABLE crm.handled_event ADD CONSTRAINT fk_handled_event_consumer FOREIGN KEY (consumer)
      REFERENCES crm.consumer (name) ON DELETE CASCADE
    """,
)


def upgrade() -> None:
    """What an ask began as stands in itself until it goes on, and ids of people are checked where they come from."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """All steps are rows again, and all references are checked."""
    for statement in BEFORE:
        op.execute(statement)
