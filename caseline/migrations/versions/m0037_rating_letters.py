"""Letters that ask for feedback: pictures in them, letters about no request, a way to want no more; autotexts.

Revision: 0037
"""

from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE outbox.letter ALTER COLUMN record_id DROP NOT NULL, ADD COLUMN unsubscribe text",
    "ALTER TABLE outbox.letter DROP CONSTRAINT ck_letter_nature",
    """
    ALTER TABLE outbox.letter
      ADD CONSTRAINT ck_letter_nature CHECK (nature IN ('personal', 'reply', 'notice', 'ask')),
      ADD CONSTRAINT ck_letter_record_id CHECK (record_id IS NOT NULL OR assignment_id IS NULL)
    """,
    """
    CREATE TABLE outbox.picture (
      digest bytea NOT NULL,
      content bytea NOT NULL,
      CONSTRAINT pk_picture PRIMARY KEY (digest)
    )
    """,
    """
    CREATE TABLE outbox.picture_name (
      name text NOT NULL,
      content_type text NOT NULL,
      width integer NOT NULL,
      height integer NOT NULL,
      digest bytea NOT NULL,
      changed_at timestamptz NOT NULL,
      changed_by text,
      CONSTRAINT pk_picture_name PRIMARY KEY (name),
      CONSTRAINT fk_picture_name_digest FOREIGN KEY (digest) REFERENCES outbox.picture (digest)
    )
    """,
    """
    ALTER TABLE outbox.attachment
      ALTER COLUMN content DROP NOT NULL,
      ADD COLUMN cid text,
      ADD COLUMN picture bytea,
      ADD CONSTRAINT fk_attachment_picture FOREIGN KEY (picture) REFERENCES outbox.picture (digest),
      ADD CONSTRAINT ck_attachment_content CHECK (num_nonnulls(content, picture) = 1),
      ADD CONSTRAINT ck_attachment_cid CHECK ((cid IS NULL) = (picture IS NULL))
    """,
    """
    CREATE TABLE outbox.autotext (
      folded text NOT NULL,
      name text NOT NULL,
      ru text DEFAULT '' NOT NULL,
      en text DEFAULT '' NOT NULL,
      changed_at timestamptz NOT NULL,
      changed_by text,
      CONSTRAINT pk_autotext PRIMARY KEY (folded),
      CONSTRAINT ck_autotext_text CHECK (ru <> '' OR en <> '')
    )
    """,
)


def upgrade() -> None:
    """Make the tables, and let letters be about no request."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take them back, with the letters that there were not before."""
    op.execute("DROP TABLE outbox.autotext")
    op.execute("DELETE FROM outbox.letter WHERE record_id IS NULL OR nature = 'ask'")
    op.execute("ALTER TABLE outbox.attachment DROP COLUMN cid, DROP COLUMN picture, ALTER COLUMN content SET NOT NULL")
    op.execute("DROP TABLE outbox.picture_name")
    op.execute("DROP TABLE outbox.picture")
    op.execute(
        "ALTER TABLE outbox.letter DROP CONSTRAINT ck_letter_record_id, DROP CONSTRAINT ck_letter_nature,"
        " DROP COLUMN unsubscribe, ALTER COLUMN record_id SET NOT NULL,"
        " ADD CONSTRAINT ck_letter_nature CHECK (nature IN ('personal', 'reply', 'notice'))"
    )
