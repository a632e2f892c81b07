"""What keeps this database in step with a portal: what is to be read, how far we have read, what we have written."""

import sqlalchemy as sa

from caseline.db.metadata import metadata

SCHEMA = "portal"


def _at(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


notice = sa.Table(
    "notice",
    metadata,
    sa.Column("entity", sa.Text, primary_key=True),
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("turn", sa.BigInteger, nullable=False, server_default=sa.text("1")),
    _at("noted_at", nullable=False),
    schema=SCHEMA,
)
"""A record of the portal that something has happened to; gone when it was read, unless it was noted once more."""

cursor = sa.Table(
    "cursor",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    _at("since"),
    _at("upto"),
    sa.Column("after_id", sa.BigInteger, nullable=False, server_default=sa.text("0")),
    schema=SCHEMA,
)
"""How far a list of the portal was read: changes before `since` are noted; while a walk is under way, those up to
`upto` are as far as the id `after_id`. Times are the portal's own. `pushed` is how far the register was
read for what is to be written into leads."""

step = sa.Table(
    "step",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("record_id", sa.BigInteger, nullable=False),
    sa.Column("word", sa.Text, nullable=False),
    _at("at", nullable=False),
    sa.Index("ix_step_record_id", "record_id", "id"),
    schema=SCHEMA,
)
"""An item of the portal's stage history that no stage row has been made of yet."""

written = sa.Table(
    "written",
    metadata,
    sa.Column(
        "record_id",
        sa.BigInteger,
        sa.ForeignKey("crm.record.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    _at("due_at"),
    sa.Column("category", sa.Text),
    sa.Column("group_id", sa.BigInteger),
    sa.Column("visits", sa.BigInteger, nullable=False),
    sa.Column("business_s", sa.BigInteger, nullable=False),
    sa.Column("paused_s", sa.BigInteger, nullable=False),
    schema=SCHEMA,
)
"""What of ours a lead holds since we wrote it last; what it tells of changes that bring no more than this is our own
echo."""

gone = sa.Table(
    "gone",
    metadata,
    sa.Column("entity", sa.Text, primary_key=True),
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    _at("at", nullable=False),
    schema=SCHEMA,
)
"""Records that were deleted in the portal; the register keeps them for what belongs to them, with their clock ended."""

application = sa.Table(
    "application",
    metadata,
    sa.Column("portal", sa.Text, primary_key=True),
    sa.Column("member_id", sa.Text, nullable=False),
    sa.Column("refresh", sa.LargeBinary, nullable=False),
    _at("refreshed_at", nullable=False),
    schema=SCHEMA,
)
"""The local application as it is installed in the portal: its refresh token, encrypted by a key that only the secret of
the application gives."""
