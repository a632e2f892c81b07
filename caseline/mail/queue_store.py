"""SQL of mails that wait to be taken in: claimed by lease, settled, given back, put into quarantine."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by

from caseline.db.fixed import Fixed
from caseline.mail import tables
from caseline.mail.outcome import Outcome, State

_mail, _raw, _piece = tables.mail, tables.raw, tables.piece
MOST_ATTEMPTS: Final = 5
"""Attempts after which a mail goes into quarantine."""
_SHOWN: Final = 1_000
_DIED: Final = "whoever took it in died each time, without saying why: read it with `caseline mail raw`"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A mail that somebody takes in now."""

    id: int
    raw_id: int
    size: int
    """Bytes of the raw mail."""
    received_at: datetime
    attempts: int
    """This one included."""
    fence: int


@dataclass(frozen=True, slots=True)
class Listed:
    """A mail as lists show it."""

    id: int
    state: State
    received_at: datetime
    done_at: datetime | None
    sender: str | None
    subject: str | None
    automatic: str | None
    record_id: int | None
    attempts: int
    error: str | None
    size: int


def claim(connection: sa.Connection, *, owner: str, now: datetime, until: datetime) -> Claimed | None:
    """The oldest received mail that nobody holds and that does not pause, leased to `owner`; the caller commits.

    The attempt counts from here: a mail that kills its process comes to quarantine too.
    """
    while True:
        row = _CLAIM.row(connection, {"owner_is": owner, "now": now, "until_is": until})
        if row is None:
            return None
        claimed = Claimed(*row)
        if claimed.attempts <= MOST_ATTEMPTS:
            return claimed
        _put_aside(connection, claimed.id, now=now)


def _put_aside(connection: sa.Connection, mail_id: int, *, now: datetime) -> None:
    values = {"state": State.QUARANTINE, "owner": None, "until": None, "done_at": now, "attempts": MOST_ATTEMPTS}
    reason = sa.func.coalesce(_mail.c.error, _DIED)
    connection.execute(sa.update(_mail).values(values | {"error": reason}).where(_mail.c.id == mail_id))


def _mine(mail: Claimed) -> sa.ColumnElement[bool]:
    return sa.and_(_mail.c.id == mail.id, _mail.c.fence == mail.fence, _mail.c.state == State.RECEIVED)


# Statements that every mail needs are made once: to make them takes longer than to run them.
_RECEIVED: Final = _mail.c.state == sa.literal_column(f"'{State.RECEIVED}'")
"""Said literally: a kept plan finds the index of received mails by it."""
_FREE: Final = sa.and_(_RECEIVED, sa.or_(_mail.c.until.is_(None), _mail.c.until <= sa.bindparam("now")))
_OLDEST: Final = sa.select(_mail.c.id).where(_FREE).order_by(_mail.c.id).limit(1).with_for_update(skip_locked=True)
_CLAIM: Final = Fixed(
    sa.update(_mail)
    .values(
        owner=sa.bindparam("owner_is"),
        until=sa.bindparam("until_is"),
        fence=_mail.c.fence + 1,
        attempts=_mail.c.attempts + 1,
    )
    .where(_mail.c.id == _OLDEST.scalar_subquery(), _raw.c.id == _mail.c.raw_id)
    .returning(_mail.c.id, _mail.c.raw_id, _raw.c.size, _mail.c.received_at, _mail.c.attempts, _mail.c.fence)
)
_MINE: Final = sa.and_(
    _mail.c.id == sa.bindparam("mine"),
    _mail.c.fence == sa.bindparam("fenced"),
    _RECEIVED,
)
_CONTENT: Final = (
    sa.select(sa.func.string_agg(_piece.c.content, aggregate_order_by(sa.literal_column("''::bytea"), _piece.c.n)))
    .where(_piece.c.raw_id == _mail.c.raw_id, sa.bindparam("wanted"))
    .scalar_subquery()
)
_HOLD: Final = Fixed(sa.select(_CONTENT).where(_MINE).with_for_update(of=_mail))
_SETTLE: Final = sa.update(_mail).where(_MINE)


@dataclass(frozen=True, slots=True)
class Held:
    """A mail that is locked."""

    content: bytes | None
    """Its bytes, where they were asked for."""


def hold(connection: sa.Connection, mail: Claimed, *, content: bool = False) -> Held | None:
    """Lock a claimed mail until the transaction ends; None when somebody else has claimed it meanwhile.

    `content`: bring its bytes along, which saves a question for each mail.
    Nobody claims a locked mail, so a lease that lapses during the transaction takes nothing away.
    """
    found = _HOLD.row(connection, {"mine": mail.id, "fenced": mail.fence, "wanted": content})
    return None if found is None else Held(found[0] or b"" if content else None)


def settle(connection: sa.Connection, mail: Claimed, outcome: Outcome, *, now: datetime) -> bool:
    """Write what became of a mail, in the transaction that did it; False for a stale worker."""
    values = outcome.columns | {"owner": None, "until": None, "error": None, "done_at": now}
    return connection.execute(_SETTLE, {**values, "mine": mail.id, "fenced": mail.fence}).rowcount == 1


def give_back(connection: sa.Connection, mail: Claimed) -> bool:
    """It was not tried, for no fault of its own: the attempt does not count."""
    values = {"owner": None, "until": None, "attempts": _mail.c.attempts - 1}
    return connection.execute(sa.update(_mail).values(values).where(_mine(mail))).rowcount == 1


def fail(connection: sa.Connection, mail: Claimed, reason: str, *, now: datetime, again: datetime) -> State | None:
    """It could not be taken in: it is tried again at `again`, or goes into quarantine; None for a stale worker."""
    reason = reason.replace("\0", "")[:_SHOWN].encode(errors="replace").decode() or "without a reason"
    last = mail.attempts >= MOST_ATTEMPTS
    state = State.QUARANTINE if last else State.RECEIVED
    values = {"state": state, "error": reason, "owner": None, "until": None if last else again}
    if last:
        values["done_at"] = now
    return state if connection.execute(sa.update(_mail).values(values).where(_mine(mail))).rowcount else None


def retry(connection: sa.Connection, ids: Collection[int]) -> list[int]:
    """Put these mails back from quarantine, with all their attempts before them; answers which were there."""
    wanted = _mail.c.id == sa.any_(sa.literal(list(ids), sa.ARRAY(sa.BigInteger)))
    values = {"state": State.RECEIVED, "attempts": 0, "error": None, "until": None, "done_at": None}
    statement = sa.update(_mail).values(values).where(wanted, _mail.c.state == State.QUARANTINE)
    return sorted(connection.execute(statement.returning(_mail.c.id)).scalars())


def in_tray(connection: sa.Connection, mail_id: int) -> Claimed | None:
    """A mail of the tray, locked until the transaction ends; None when it is not there, or its bytes were erased."""
    columns = (_mail.c.id, _mail.c.raw_id, _raw.c.size, _mail.c.received_at, _mail.c.attempts, _mail.c.fence)
    query = sa.select(*columns).join(_raw, _raw.c.id == _mail.c.raw_id)
    there = (_mail.c.id == mail_id, _mail.c.state == State.TRAY, _raw.c.erased_at.is_(None))
    locked = query.where(*there).with_for_update(of=_mail)
    row = connection.execute(locked).one_or_none()
    return None if row is None else Claimed(*row)


def listed(connection: sa.Connection, states: Collection[State], *, limit: int) -> list[Listed]:
    """Mails in these states, the newest first."""
    names = (
        "id",
        "state",
        "received_at",
        "done_at",
        "sender",
        "subject",
        "automatic",
        "record_id",
        "attempts",
        "error",
    )
    query = sa.select(*(_mail.c[name] for name in names), _raw.c.size).join(_raw, _raw.c.id == _mail.c.raw_id)
    query = query.where(_mail.c.state.in_([str(state) for state in states])).order_by(_mail.c.id.desc()).limit(limit)
    return [Listed(row[0], State(row[1]), *row[2:]) for row in connection.execute(query)]


def counts(connection: sa.Connection) -> dict[State, int]:
    """How many mails are in each state that has any."""
    query = sa.select(_mail.c.state, sa.func.count()).group_by(_mail.c.state)
    return {State(state): number for state, number in connection.execute(query)}
