"""SQL of troubles: what cannot be fetched, why, and when it is tried again at the earliest."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from caseline.mail import tables

_trouble = tables.trouble


@dataclass(frozen=True, slots=True)
class Spot:
    """What is in trouble: a mailbox, a folder of it, or a mail of that folder."""

    mailbox: str
    folder: str = ""
    uid: int = 0


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong, and since when."""

    mailbox: str
    folder: str
    uid: int
    text: str
    times: int
    since: datetime
    not_before: datetime

    @property
    def spot(self) -> Spot:
        """What is in trouble."""
        return Spot(self.mailbox, self.folder, self.uid)

    @property
    def place(self) -> str:
        """How messages call it."""
        parts = (self.mailbox, f"folder {self.folder}" * bool(self.folder), f"mail {self.uid}" * bool(self.uid))
        return ", ".join(filter(None, parts))


def _is(spot: Spot) -> sa.ColumnElement[bool]:
    return sa.and_(_trouble.c.mailbox == spot.mailbox, _trouble.c.folder == spot.folder, _trouble.c.uid == spot.uid)


def note(
    connection: sa.Connection, spot: Spot, text: str, *, first: timedelta, most: timedelta, now: datetime
) -> Trouble:
    """It went wrong, once more perhaps; the pause is `first`, then twice as long each time, `most` at last."""
    known = connection.execute(sa.select(_trouble.c.times).where(_is(spot))).scalar_one_or_none() or 0
    pause = min(first * 2 ** min(known, 20), most)
    again = {"text": text, "times": _trouble.c.times + 1, "not_before": now + pause}
    new = {"mailbox": spot.mailbox, "folder": spot.folder, "uid": spot.uid, "text": text, "times": 1, "since": now}
    statement = insert(_trouble).values(**new, not_before=now + pause)
    statement = statement.on_conflict_do_update(index_elements=["mailbox", "folder", "uid"], set_=again)
    return Trouble(*connection.execute(statement.returning(*_trouble.c)).one())


def clear(connection: sa.Connection, spot: Spot) -> None:
    """It works again."""
    connection.execute(sa.delete(_trouble).where(_is(spot)))


def forget(connection: sa.Connection, mailbox: str, folder: str, *, but: Collection[int]) -> None:
    """Troubles with mails of a folder that it has no more."""
    gone = _trouble.c.uid != sa.all_(sa.literal(list(but), sa.ARRAY(sa.BigInteger)))
    mails = (_trouble.c.mailbox == mailbox, _trouble.c.folder == folder, _trouble.c.uid > 0)
    connection.execute(sa.delete(_trouble).where(*mails, gone))


def all_of(connection: sa.Connection) -> list[Trouble]:
    """Every trouble, the oldest first."""
    query = sa.select(*_trouble.c).order_by(_trouble.c.since, _trouble.c.mailbox, _trouble.c.folder, _trouble.c.uid)
    return [Trouble(*row) for row in connection.execute(query)]
