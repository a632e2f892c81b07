"""Full-text search over requests: a vector for each, filled after imports, and how far that is.

Revision: 0019
"""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE crm.search (
      record_id bigint NOT NULL CONSTRAINT fk_search_record_id REFERENCES crm.record (id) ON DELETE CASCADE,
      version integer NOT NULL,
      tsv tsvector NOT NULL,
      CONSTRAINT pk_search PRIMARY KEY (record_id) INCLUDE (version)
    )
    """,
    "CREATE INDEX ix_search_tsv ON crm.search USING gin (tsv)",
    """
    CREATE TABLE crm.search_state (
      one boolean NOT NULL DEFAULT true CONSTRAINT ck_search_state_one CHECK (one),
      ready boolean NOT NULL DEFAULT true,
      waiting bigint NOT NULL DEFAULT 0,
      looked_at timestamptz,
      CONSTRAINT pk_search_state PRIMARY KEY (one)
    )
    """,
    "INSERT INTO crm.search_state DEFAULT VALUES",
)


def upgrade() -> None:
    """Make the tables, empty; requests that are there already are found when `search index` has run."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Drop them; nothing is lost that could not be made again."""
    op.execute("DROP TABLE crm.search_state")
    op.execute("DROP TABLE crm.search")
