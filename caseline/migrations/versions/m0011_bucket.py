"""Contents of files may lie in a bucket of an S3-compatible store.

Revision: 0011
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A third place."""
    op.execute("ALTER TABLE files.content DROP CONSTRAINT ck_content_place")
    op.execute("""
        ALTER TABLE files.content ADD CONSTRAINT ck_content_place CHECK (place IN ('database', 'folder', 'bucket'))
    """)


def downgrade() -> None:
    """Without it; refused by the constraint while contents lie there: `caseline files move` brings them elsewhere."""
    op.execute("ALTER TABLE files.content DROP CONSTRAINT ck_content_place")
    op.execute("ALTER TABLE files.content ADD CONSTRAINT ck_content_place CHECK (place IN ('database', 'folder'))")
