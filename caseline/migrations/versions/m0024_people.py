"""How requests are shared out in a group; a second step of signing in, with codes for emergencies.

Revision: 0024
"""

from alembic import op

revision = "0024"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add columns to small tables, and a table."""
    op.execute("""
        ALTER TABLE people."group"
          ADD COLUMN active boolean NOT NULL DEFAULT true,
          ADD COLUMN turns text NOT NULL DEFAULT 'hand'
            CONSTRAINT ck_group_turns CHECK (turns IN ('hand', 'turn', 'load')),
          ADD COLUMN last_turn_id bigint
            CONSTRAINT fk_group_last_turn_id REFERENCES people.person (id) ON DELETE SET NULL
    """)
    op.execute("ALTER TABLE people.login ADD COLUMN second_key text, ADD COLUMN second_used bigint")
    op.execute("ALTER TABLE people.session ADD COLUMN waits boolean NOT NULL DEFAULT false")
    op.execute("""
        CREATE TABLE people.emergency_code (
          login_id bigint NOT NULL
            CONSTRAINT fk_emergency_code_login_id REFERENCES people.login (id) ON DELETE CASCADE,
          digest bytea NOT NULL,
          CONSTRAINT pk_emergency_code PRIMARY KEY (login_id, digest)
        )
    """)


def downgrade() -> None:
    """Drop them with what they hold; sessions that still wait for their second step are no sessions."""
    op.execute("DELETE FROM people.session WHERE waits")
    op.execute("DROP TABLE people.emergency_code")
    op.execute("ALTER TABLE people.session DROP COLUMN waits")
    op.execute("ALTER TABLE people.login DROP COLUMN second_key, DROP COLUMN second_used")
    for column in ("active", "turns", "last_turn_id"):
        op.execute(f'ALTER TABLE people."group" DROP COLUMN {column}')
