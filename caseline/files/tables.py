"""Table of contents of files."""

import sqlalchemy as sa

from caseline.db.metadata import metadata

SCHEMA = "files"

content = sa.Table(
    "content",
    metadata,
    sa.Column("sha256", sa.LargeBinary, primary_key=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("bytes", sa.LargeBinary),
    sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("length(sha256) = 32", name="sha256"),
    sa.CheckConstraint("place IN ('database', 'folder', 'bucket')", name="place"),
    sa.CheckConstraint("(place = 'database') = (bytes IS NOT NULL)", name="bytes"),
    schema=SCHEMA,
)
"""The bytes of a file, or that they lie in the folder or the bucket; files of other tables name it by its digest."""
