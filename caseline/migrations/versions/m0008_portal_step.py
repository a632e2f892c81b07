"""In step with a portal: what is noted, how far lists were read, steps of stages, what was written, what is gone there.

Revision: 0008
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE portal.notice (
      entity text NOT NULL,
      id bigint NOT NULL,
      turn bigint NOT NULL DEFAULT 1,
      noted_at timestamptz NOT NULL,
      CONSTRAINT pk_notice PRIMARY KEY (entity, id)
    )
    """,
    """
    CREATE TABLE portal.cursor (
      name text NOT NULL CONSTRAINT pk_cursor PRIMARY KEY,
      since timestamptz,
      upto timestamptz,
      after_id bigint NOT NULL DEFAULT 0
    )
    """,
    """
    CREATE TABLE portal.step (
      id bigint NOT NULL CONSTRAINT pk_step PRIMARY KEY,
      record_id bigint NOT NULL,
      word text NOT NULL,
      at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX ix_step_record_id ON portal.step (record_id, id)",
    """
    CREATE TABLE portal.written (
      record_id bigint NOT NULL CONSTRAINT pk_written PRIMARY KEY
        CONSTRAINT fk_written_record_id REFERENCES crm.record (id) ON DELETE CASCADE,
      due_at timestamptz,
      category text,
      group_id bigint,
      visits bigint NOT NULL,
      business_s bigint NOT NULL,
      paused_s bigint NOT NULL
    )
    """,
    """
    CREATE TABLE portal.gone (
      entity text NOT NULL,
      id bigint NOT NULL,
      at timestamptz NOT NULL,
      CONSTRAINT pk_gone PRIMARY KEY (entity, id)
    )
    """,
    """
    CREATE TABLE portal.application (
      portal text NOT NULL CONSTRAINT pk_application PRIMARY KEY,
      member_id text NOT NULL,
      refresh bytea NOT NULL,
      refreshed_at timestamptz NOT NULL
    )
    """,
)


def upgrade() -> None:
    """Make the tables."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Drop them with what they hold."""
    for table in ("application", "gone", "written", "step", "cursor", "notice"):
        op.execute(f"DROP TABLE portal.{table}")
