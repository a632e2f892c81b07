"""Tables of the outbox: letters with their recipients and files, templates, secrets, and why nothing is sent."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from caseline.db.metadata import metadata
from caseline.outbox.addresses import DETAIL

SCHEMA = "outbox"


def _at(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str, *, nullable: bool = True, default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable, server_default=default)


def _texts(name: str) -> sa.Column[list[str]]:
    return sa.Column(name, ARRAY(sa.Text), nullable=False, server_default=sa.text("'{}'"))


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False, server_default=sa.text("0"))


def _part_of_letter(name: str) -> sa.Column[int]:
    gone = sa.ForeignKey("outbox.letter.id", ondelete="CASCADE")
    return sa.Column(name, sa.BigInteger, gone, primary_key=True, autoincrement=False)


def _position() -> sa.Column[int]:
    return sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False)


_OPEN = sa.text("state IN ('queued', 'sending')")
PLAIN = rf"regexp_replace(folded, '{DETAIL}', '\1@')"
"""A recipient as `addresses.plain` has it."""
DOMAIN = "substring(folded, '@[^@]*$')"
"""The domain of a recipient, with its @. Whoever asks for these two must write the same, else no index helps."""

letter = sa.Table(
    "letter",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=False), primary_key=True),
    sa.Column("record_id", sa.BigInteger),
    sa.Column("assignment_id", sa.BigInteger),
    _text("nature", nullable=False),
    _text("occasion"),
    _text("message_id", nullable=False),
    _text("sender", nullable=False),
    _text("sender_name", nullable=False, default=""),
    _text("reply_to", nullable=False),
    _text("mark", nullable=False),
    _text("subject", nullable=False),
    _text("body", nullable=False),
    _text("html"),
    _text("in_reply_to"),
    _texts("ancestors"),
    sa.Column("thread_index", sa.LargeBinary, nullable=False),
    _texts("secret_links"),
    _text("unsubscribe"),
    sa.Column("blanked", sa.Boolean, nullable=False, server_default=sa.false()),
    _text("state", nullable=False, default="queued"),
    _text("reason"),
    _at("queued_at", nullable=False),
    _at("due_at", nullable=False),
    _number("attempts"),
    _at("taken_at"),
    _at("released_at"),
    _at("done_at"),
    _text("owner"),
    _at("until"),
    _number("fence"),
    sa.CheckConstraint("nature IN ('personal', 'reply', 'notice', 'ask')", name="nature"),
    sa.CheckConstraint("state IN ('queued', 'held', 'sending', 'sent', 'failed', 'cancelled')", name="state"),
    sa.CheckConstraint("nature = 'personal' OR occasion IS NOT NULL", name="occasion"),
    sa.CheckConstraint("record_id IS NOT NULL OR assignment_id IS NULL", name="record_id"),
    sa.CheckConstraint("(state = 'sending') = (until IS NOT NULL)", name="until"),
    sa.CheckConstraint("(state IN ('sent', 'failed', 'cancelled')) = (done_at IS NOT NULL)", name="done_at"),
    sa.CheckConstraint("state NOT IN ('held', 'failed', 'cancelled') OR reason IS NOT NULL", name="reason"),
    sa.UniqueConstraint("message_id"),
    sa.UniqueConstraint("occasion"),
    sa.Index("ix_letter_due", "due_at", "id", postgresql_where=_OPEN),
    sa.Index("ix_letter_open", "record_id", "id", postgresql_where=_OPEN),
    sa.Index("ix_letter_record_id", "record_id", "id"),
    sa.Index("ix_letter_automatic", "taken_at", postgresql_where=sa.text("nature <> 'personal'")),
    sa.Index("ix_letter_queued_at", "queued_at", "id"),
    sa.Index("ix_letter_state", "state", "id"),
    sa.Index("ix_letter_failed_ask", "done_at", "id", postgresql_where=sa.text("nature = 'ask' AND state = 'failed'")),
    schema=SCHEMA,
)
"""A letter with all that its bytes are made of; the record that it belongs to may be in another system, so no key
points there, and it may belong to none. `ancestors` are its References. `until`: whoever sends it has it until then.
`released_at`: the brake against loops does not count it. `blanked`: its secret links are gone, because it was sent."""

recipient = sa.Table(
    "recipient",
    metadata,
    _part_of_letter("letter_id"),
    _position(),
    _text("address", nullable=False),
    _text("folded", nullable=False),
    _text("name", nullable=False, default=""),
    sa.Column("copy", sa.Boolean, nullable=False, server_default=sa.false()),
    _text("state", nullable=False, default="waiting"),
    _text("answer"),
    sa.CheckConstraint("state IN ('waiting', 'sent', 'failed')", name="state"),
    sa.Index("ix_recipient_folded", "folded", "letter_id"),
    sa.Index("ix_recipient_failed", "folded", "letter_id", postgresql_where=sa.text("state = 'failed'")),
    sa.Index("ix_recipient_plain", sa.text(PLAIN), "letter_id"),
    sa.Index("ix_recipient_domain", sa.text(DOMAIN), "letter_id"),
    schema=SCHEMA,
)
"""Whom a letter goes to, and what the server said; `folded` is the form by which letters to an address are counted."""

attachment = sa.Table(
    "attachment",
    metadata,
    _part_of_letter("letter_id"),
    _position(),
    _text("name", nullable=False),
    _text("content_type", nullable=False),
    sa.Column("content", sa.LargeBinary),
    _text("cid"),
    sa.Column("picture", sa.LargeBinary, sa.ForeignKey("outbox.picture.digest")),
    sa.CheckConstraint("num_nonnulls(content, picture) = 1", name="content"),
    sa.CheckConstraint("(cid IS NULL) = (picture IS NULL)", name="cid"),
    schema=SCHEMA,
)
"""Files that go along; and pictures that stand in the HTML, which names them by `cid`."""

picture = sa.Table(
    "picture",
    metadata,
    sa.Column("digest", sa.LargeBinary, primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
    schema=SCHEMA,
)
"""Contents of pictures by their SHA-256; each is kept once, and stays as long as letters need it."""

picture_name = sa.Table(
    "picture_name",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    _text("content_type", nullable=False),
    sa.Column("width", sa.Integer, nullable=False),
    sa.Column("height", sa.Integer, nullable=False),
    sa.Column("digest", sa.LargeBinary, sa.ForeignKey("outbox.picture.digest"), nullable=False),
    _at("changed_at", nullable=False),
    _text("changed_by"),
    schema=SCHEMA,
)
"""Pictures that somebody has put in the place of the shipped ones of these names."""

autotext = sa.Table(
    "autotext",
    metadata,
    sa.Column("folded", sa.Text, primary_key=True),
    _text("name", nullable=False),
    _text("ru", nullable=False, default=""),
    _text("en", nullable=False, default=""),
    _at("changed_at", nullable=False),
    _text("changed_by"),
    sa.CheckConstraint("ru <> '' OR en <> ''", name="text"),
    schema=SCHEMA,
)
"""Texts that templates name like tags; `folded` is the name by which they are found, whatever its letter case."""

template = sa.Table(
    "template",
    metadata,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("language", sa.Text, primary_key=True),
    _text("subject", nullable=False),
    _text("body", nullable=False),
    _text("html", nullable=False, default=""),
    _at("changed_at", nullable=False),
    _text("changed_by"),
    sa.CheckConstraint("language IN ('en', 'ru')", name="language"),
    schema=SCHEMA,
)
"""Templates that somebody has changed or added; they go before the shipped ones."""

secret = sa.Table(
    "secret",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=False), primary_key=True),
    sa.Column("value", sa.LargeBinary, nullable=False),
    _at("made_at", nullable=False),
    sa.CheckConstraint("length(value) >= 32", name="value"),
    schema=SCHEMA,
)
"""What Message-IDs and reply addresses are minted with; the newest mints, all of them are known again."""

pause = sa.Table(
    "pause",
    metadata,
    sa.Column("server", sa.LargeBinary, primary_key=True),
    _at("until", nullable=False),
    _number("failures"),
    _text("reason", nullable=False),
    schema=SCHEMA,
)
"""Nothing is sent before `until`, because the server could not be used; `server` is a keyed digest of its address with
user and password, so that a corrected one is tried at once."""
