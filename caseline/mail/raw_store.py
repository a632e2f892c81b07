"""SQL of raw mails: their bytes in pieces, each mail once."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from mmap import ACCESS_READ, mmap

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from caseline.files import spool
from caseline.mail import tables
from caseline.mail.transfer import Raw

_raw, _piece, _mail = tables.raw, tables.piece, tables.mail

_WHOLE = sa.select(_piece.c.content).where(_piece.c.raw_id == sa.bindparam("id")).order_by(_piece.c.n)


def keep(
    connection: sa.Connection, sha256: bytes, size: int, pieces: Iterable[bytes], *, now: datetime
) -> tuple[int, bool]:
    """(id, whether it is new) of the raw mail with this hash; a new one gets its pieces and a mail that is `received`.

    Two that keep the same bytes at once wait for one another: the second finds what the first has kept.
    """
    statement = insert(_raw).values(sha256=sha256, size=size, stored_at=now).on_conflict_do_nothing()
    raw_id = connection.execute(statement.returning(_raw.c.id)).scalar_one_or_none()
    if raw_id is None:
        return connection.execute(sa.select(_raw.c.id).where(_raw.c.sha256 == sha256)).scalar_one(), False
    for number, content in enumerate(pieces):
        connection.execute(sa.insert(_piece).values(raw_id=raw_id, n=number, content=content))
    connection.execute(sa.insert(_mail).values(raw_id=raw_id, received_at=now))
    return raw_id, True


def pieces(connection: sa.Connection, raw_id: int) -> Iterator[bytes]:
    """The bytes of a raw mail, one piece in memory at a time."""
    query = sa.select(_piece.c.content)
    number = 0
    while True:
        mine = sa.and_(_piece.c.raw_id == raw_id, _piece.c.n == number)
        content = connection.execute(query.where(mine)).scalar_one_or_none()
        if content is None:
            return
        yield bytes(content)
        number += 1


def head(connection: sa.Connection, raw_id: int, size: int) -> bytes:
    """The first bytes of a raw mail, `size` at most."""
    found = bytearray()
    for piece in pieces(connection, raw_id):
        found += piece[: size - len(found)]
        if len(found) >= size:
            break
    return bytes(found)


def opened(connection: sa.Connection, raw_id: int, size: int, *, in_memory: int) -> Raw:
    """All bytes of a raw mail of that size: in memory up to `in_memory`, above that in a temporary file.

    The file has no name and goes with the last that uses it. Raises `StoreTrouble` when there is no room for it.
    """
    if size <= in_memory:
        return whole(connection, raw_id)
    with spool.temporary() as file:
        for piece in pieces(connection, raw_id):
            spool.write(file, piece)
        spool.flush(file)
        return mmap(file.fileno(), 0, access=ACCESS_READ)


def whole(connection: sa.Connection, raw_id: int) -> bytes:
    """All bytes of a raw mail."""
    return b"".join(connection.execute(_WHOLE, {"id": raw_id}).scalars())


def of_mail(connection: sa.Connection, mail_id: int) -> int | None:
    """The raw mail that a mail was; None where there is no such mail."""
    return connection.execute(sa.select(_mail.c.raw_id).where(_mail.c.id == mail_id)).scalar_one_or_none()


def forget_copy(connection: sa.Connection, raw_id: int, earlier: int, *, now: datetime) -> bool:
    """Take away the bytes of another copy of a mail whose own were taken away; whether they were."""
    gone = sa.select(_raw.c.id).join(_mail, _mail.c.raw_id == _raw.c.id)
    if connection.execute(gone.where(_mail.c.id == earlier, _raw.c.erased_at.is_not(None))).first() is None:
        return False
    connection.execute(sa.delete(_piece).where(_piece.c.raw_id == raw_id))
    connection.execute(sa.update(_raw).where(_raw.c.id == raw_id).values(erased_at=now))
    return True


def erased(connection: sa.Connection, raw_id: int) -> bool:
    """Whether the bytes of a mail were taken away."""
    return connection.execute(sa.select(_raw.c.erased_at).where(_raw.c.id == raw_id)).scalar_one_or_none() is not None
