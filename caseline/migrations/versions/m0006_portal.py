"""How fast a portal may be asked: its bucket of requests, and the time that its methods have used.

Revision: 0006
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

STATEMENTS = (
    "CREATE SCHEMA portal",
    """
    CREATE TABLE portal.pace (
      portal text NOT NULL CONSTRAINT pk_pace PRIMARY KEY,
      full_at timestamptz NOT NULL,
      share double precision NOT NULL DEFAULT 1 CONSTRAINT ck_pace_share CHECK (share > 0 AND share <= 1),
      struck_at timestamptz NOT NULL DEFAULT to_timestamp(0)
    )
    """,
    """
    CREATE TABLE portal.operating (
      webhook text NOT NULL,
      method text NOT NULL,
      seconds double precision NOT NULL DEFAULT 0,
      told_at double precision NOT NULL DEFAULT 0,
      reset_at timestamptz,
      closed_until timestamptz,
      CONSTRAINT pk_operating PRIMARY KEY (webhook, method)
    )
    """,
)


def upgrade() -> None:
    """Make the tables."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Drop them with what they hold."""
    op.execute("DROP SCHEMA portal CASCADE")
