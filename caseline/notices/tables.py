"""Tables of the room of notices: what somebody was told, and what somebody chose to be told."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from caseline.db.metadata import metadata
from caseline.people.tables import identity

SCHEMA = "notices"


def _person(*, key: bool = False) -> sa.Column[int]:
    gone = sa.ForeignKey("people.person.id", ondelete="CASCADE")
    return sa.Column("person_id", sa.BigInteger, gone, primary_key=key, nullable=False)


notice = sa.Table(
    "notice",
    metadata,
    identity(),
    sa.Column("event_id", sa.BigInteger, nullable=False),
    _person(),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("record_id", sa.BigInteger, nullable=False),
    sa.Column("assignment_id", sa.BigInteger),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("data", JSONB, nullable=False, server_default="{}"),
    sa.Column("read_at", sa.DateTime(timezone=True)),
    sa.Column("mail", sa.Text),
    sa.Column("letter_id", sa.BigInteger),
    sa.UniqueConstraint("event_id", "person_id", "kind"),
    sa.CheckConstraint("mail IN ('wanted', 'written', 'refused')", name="mail"),
    sa.Index("ix_notice_person_id", "person_id", "id"),
    sa.Index("ix_notice_unread", "person_id", "id", postgresql_where=sa.text("read_at IS NULL")),
    sa.Index("ix_notice_mail", "id", postgresql_where=sa.text("mail = 'wanted'")),
    schema=SCHEMA,
)
"""What somebody is told because of an event, once. The event log outlives records, and so do notices, which are shown
only as long as there is something to open. `mail`: a letter is wanted, written, or was refused with the reason in
`data`."""

choice = sa.Table(
    "choice",
    metadata,
    _person(key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("way", sa.Text, nullable=False),
    sa.CheckConstraint("way IN ('none', 'page', 'mail')", name="way"),
    schema=SCHEMA,
)
"""How somebody wants to be told of a kind of news, where that is not as usual."""
