"""SQL of arrivals: which mails of a folder are known, and which of them the server was told of."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from caseline.mail import tables

_arrival = tables.arrival


@dataclass(frozen=True, slots=True)
class Place:
    """A folder in one epoch: a server that counts UIDs anew has another UIDVALIDITY."""

    mailbox: str
    folder: str
    uidvalidity: int


def _in(place: Place) -> sa.ColumnElement[bool]:
    return sa.and_(
        _arrival.c.mailbox == place.mailbox,
        _arrival.c.folder == place.folder,
        _arrival.c.uidvalidity == place.uidvalidity,
    )


def _among(uids: Collection[int]) -> sa.ColumnElement[bool]:
    return _arrival.c.uid == sa.any_(sa.literal(list(uids), sa.ARRAY(sa.BigInteger)))


def unknown(connection: sa.Connection, place: Place, uids: Sequence[int]) -> list[int]:
    """Those of `uids` that have not arrived from here, in their order.

    All that the folder has is compared, so a mail that could not be fetched is asked for until it can.
    """
    known = set(connection.execute(sa.select(_arrival.c.uid).where(_in(place), _among(uids))).scalars())
    return [uid for uid in uids if uid not in known]


def keep(
    connection: sa.Connection, place: Place, uid: int, raw_id: int, *, date: datetime | None, now: datetime
) -> bool:
    """Note where a raw mail lay; False when that is known, as another fetcher was first."""
    values = {
        "mailbox": place.mailbox,
        "folder": place.folder,
        "uidvalidity": place.uidvalidity,
        "uid": uid,
        "raw_id": raw_id,
        "internal_date": date,
        "arrived_at": now,
    }
    statement = insert(_arrival).values(values).on_conflict_do_nothing().returning(_arrival.c.id)
    return connection.execute(statement).one_or_none() is not None


def untold(connection: sa.Connection, place: Place) -> list[int]:
    """Mails that are stored, and of which the server was not told; the oldest first."""
    query = sa.select(_arrival.c.uid).where(_in(place), _arrival.c.flagged_at.is_(None)).order_by(_arrival.c.uid)
    return list(connection.execute(query).scalars())


def told(connection: sa.Connection, place: Place, uids: Collection[int], *, now: datetime) -> None:
    """The server was told of these."""
    connection.execute(sa.update(_arrival).values(flagged_at=now).where(_in(place), _among(uids)))
