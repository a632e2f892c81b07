"""What is known of a portal: the bond with this database, records on their way, its words for values of ours.

Revision: 0007
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE portal.bond (
      portal text NOT NULL CONSTRAINT pk_bond PRIMARY KEY,
      since timestamptz NOT NULL
    )
    """,
    """
    CREATE TABLE portal.intent (
      entity text NOT NULL,
      source text NOT NULL,
      origin text COLLATE "C" NOT NULL,
      owner_id bigint,
      content bytea NOT NULL,
      token uuid NOT NULL,
      sent_at timestamptz NOT NULL,
      CONSTRAINT pk_intent PRIMARY KEY (entity, source, origin)
    )
    """,
    "CREATE INDEX ix_intent_token ON portal.intent (token)",
    """
    CREATE TABLE portal.choice (
      entity text NOT NULL,
      field text NOT NULL,
      value text NOT NULL,
      word text NOT NULL,
      CONSTRAINT pk_choice PRIMARY KEY (entity, field, value)
    )
    """,
)


def upgrade() -> None:
    """Make the tables."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Drop them with what they hold."""
    for table in ("choice", "intent", "bond"):
        op.execute(f"DROP TABLE portal.{table}")
