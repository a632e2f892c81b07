"""Tables of the register about its event log: how far each consumer has read it."""

import sqlalchemy as sa

from caseline.crm.tables import SCHEMA
from caseline.db.metadata import metadata

consumer = sa.Table(
    "consumer",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("event_id", sa.BigInteger, nullable=False, autoincrement=False),
    sa.Column("seen_id", sa.BigInteger),
    sa.Column("seen_xid", sa.BigInteger),
    sa.Column("seen_at", sa.DateTime(timezone=True)),
    sa.CheckConstraint("num_nulls(seen_id, seen_xid, seen_at) IN (0, 3)", name="seen"),
    schema=SCHEMA,
)
"""Who reads the event log. Up to `event_id` all is done. Numbers of events are given before their transactions end, so
a smaller one may come to light later: `seen_id` was the largest when the transactions from `seen_xid` on had not begun,
and is safe to go on from as soon as all before those have ended."""

handled = sa.Table(
    "handled_event",
    metadata,
    sa.Column("consumer", sa.Text, primary_key=True, nullable=False),
    sa.Column("event_id", sa.BigInteger, primary_key=True, autoincrement=False),
    schema=SCHEMA,
)
"""Events beyond that mark that are done already. Written only by who holds the row of the consumer: it is there."""
