"""Tables of inbound mail: raw mails, where they arrived, what became of them, ids that were only named."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from caseline.db.metadata import metadata

SCHEMA = "mail"


def _identity() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger, sa.Identity(always=False), primary_key=True)


def _at(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


raw = sa.Table(
    "raw",
    metadata,
    _identity(),
    sa.Column("sha256", sa.LargeBinary, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    _at("stored_at", nullable=False),
    _at("erased_at"),
    sa.UniqueConstraint("sha256"),
    sa.CheckConstraint("length(sha256) = 32", name="sha256"),
    sa.Index("ix_raw_stored_at", "stored_at", postgresql_where=sa.text("erased_at IS NULL")),
    schema=SCHEMA,
)
"""The bytes of a mail as they came, each once; never changed. `erased_at`: they were taken away then, as data of a
person or because they were old; the digest stays, so that the same mail is not taken for a new one."""

piece = sa.Table(
    "piece",
    metadata,
    sa.Column("raw_id", sa.BigInteger, sa.ForeignKey("mail.raw.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("n", sa.Integer, primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
    schema=SCHEMA,
)
"""A megabyte of a raw mail at most, in their order."""

arrival = sa.Table(
    "arrival",
    metadata,
    _identity(),
    sa.Column("mailbox", sa.Text, nullable=False),
    sa.Column("folder", sa.Text, nullable=False),
    sa.Column("uidvalidity", sa.BigInteger, nullable=False),
    sa.Column("uid", sa.BigInteger, nullable=False),
    sa.Column("raw_id", sa.BigInteger, sa.ForeignKey("mail.raw.id"), nullable=False),
    _at("internal_date"),
    _at("arrived_at", nullable=False),
    _at("flagged_at"),
    sa.UniqueConstraint("mailbox", "folder", "uidvalidity", "uid"),
    sa.Index("ix_arrival_raw_id", "raw_id"),
    sa.Index("ix_arrival_unflagged", "mailbox", "folder", postgresql_where=sa.text("flagged_at IS NULL")),
    schema=SCHEMA,
)
"""Where a raw mail lay; written in the transaction that stores it. `flagged_at`: the server was told, afterwards."""

mail = sa.Table(
    "mail",
    metadata,
    _identity(),
    sa.Column("raw_id", sa.BigInteger, sa.ForeignKey("mail.raw.id"), nullable=False),
    sa.Column("state", sa.Text, nullable=False, server_default="received"),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("owner", sa.Text),
    _at("until"),
    sa.Column("fence", sa.Integer, nullable=False, server_default="0"),
    sa.Column("error", sa.Text),
    sa.Column("message_id", sa.Text),
    sa.Column("fingerprint", sa.LargeBinary),
    sa.Column("same_as", sa.BigInteger, sa.ForeignKey("mail.mail.id")),
    sa.Column("id_reused", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("subject", sa.Text),
    sa.Column("sender", sa.Text),
    _at("sent_at"),
    sa.Column("automatic", sa.Text),
    sa.Column("record_id", sa.BigInteger),
    sa.Column("assignment_id", sa.BigInteger),
    sa.Column("message_ref", sa.BigInteger),
    sa.Column("verdict", JSONB(none_as_null=True)),
    _at("received_at", nullable=False),
    _at("done_at"),
    sa.UniqueConstraint("raw_id"),
    sa.CheckConstraint("state IN ('received', 'done', 'tray', 'same', 'quarantine')", name="state"),
    sa.CheckConstraint("(state = 'same') = (same_as IS NOT NULL)", name="same_as"),
    sa.CheckConstraint("(state = 'quarantine') <= (error IS NOT NULL)", name="error"),
    sa.Index("ix_mail_received", "id", postgresql_where=sa.text("state = 'received'")),
    sa.Index("ix_mail_fingerprint", "fingerprint", postgresql_where=sa.text("fingerprint IS NOT NULL")),
    sa.Index("ix_mail_message_id", "message_id", postgresql_where=sa.text("message_id IS NOT NULL")),
    sa.Index("ix_mail_record_id", "record_id", postgresql_where=sa.text("record_id IS NOT NULL")),
    sa.Index("ix_mail_apart", "state", "id", postgresql_where=sa.text("state IN ('tray', 'quarantine')")),
    schema=SCHEMA,
)
"""What becomes of a raw mail: received, then done (it is in the timeline of a request), in the tray (automatic, belongs
to nothing), the same as an earlier one, or in quarantine. Claimed by `owner` until `until`, with a rising fence."""

ghost = sa.Table(
    "ghost",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("mail_id", sa.BigInteger, sa.ForeignKey("mail.mail.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("address", sa.Text, nullable=False),
    _at("at", nullable=False),
    sa.Index("ix_ghost_mail_id", "mail_id"),
    sa.Index("ix_ghost_address", "id", "address", "mail_id"),
    schema=SCHEMA,
)
"""An id that a mail named and that we never had; it points at whatever request that mail belongs to by now."""

root = sa.Table(
    "root",
    metadata,
    sa.Column("root", sa.LargeBinary, primary_key=True),
    sa.Column("mail_id", sa.BigInteger, sa.ForeignKey("mail.mail.id", ondelete="CASCADE"), primary_key=True),
    _at("at", nullable=False),
    sa.Index("ix_root_mail_id", "mail_id"),
    schema=SCHEMA,
)
"""The first 22 bytes of the Thread-Index of a mail."""

trouble = sa.Table(
    "trouble",
    metadata,
    sa.Column("mailbox", sa.Text, primary_key=True),
    sa.Column("folder", sa.Text, primary_key=True, server_default=""),
    sa.Column("uid", sa.BigInteger, primary_key=True, server_default="0", autoincrement=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("times", sa.Integer, nullable=False),
    _at("since", nullable=False),
    _at("not_before", nullable=False),
    schema=SCHEMA,
)
"""A mailbox that cannot be opened (a wrong password, a certificate), a folder of it, or a mail that the server does not
give; and when it is tried again at the earliest."""
