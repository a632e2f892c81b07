"""SQL of contents: which there are, where each lies, and the bytes of those that lie in the database."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from caseline.files import tables
from caseline.files.spool import PIECE, Content

_content = tables.content
LARGEST: Final = 128 * 1024 * 1024
"""Bytes of a content in the database: a dump writes each byte as two digits, and no value may have a gigabyte."""
_AT_ONCE: Final = 4 * PIECE
"""A larger one goes to the server in pieces, which the server joins: our memory holds one of them."""


class Place(StrEnum):
    """Where a content lies."""

    DATABASE = "database"
    FOLDER = "folder"
    BUCKET = "bucket"


def place(connection: sa.Connection, digest: bytes, *, hold: bool = False) -> Place | None:
    """Where a content lies; None when it was never kept. `hold`: nobody takes it away until the transaction ends."""
    query = sa.select(_content.c.place).where(_content.c.sha256 == digest)
    query = query.with_for_update(read=True, key_share=True) if hold else query
    found = connection.execute(query).scalar_one_or_none()
    return None if found is None else Place(found)


def note(connection: sa.Connection, content: Content, where: Place, *, at: datetime) -> None:
    """Write down that a content lies there, with its bytes where that is the database; somebody else may have done."""
    values = {"sha256": content.digest, "size": content.size, "place": where, "bytes": None, "kept_at": at}
    if where is Place.DATABASE:
        values["bytes"] = _bytes(connection, content)
    connection.execute(insert(_content).values(values).on_conflict_do_nothing())


def move(connection: sa.Connection, content: Content, where: Place) -> None:
    """Write down that a content lies elsewhere by now."""
    values = {"place": where, "bytes": _bytes(connection, content) if where is Place.DATABASE else None}
    connection.execute(sa.update(_content).where(_content.c.sha256 == content.digest).values(values))


def pieces(connection: sa.Connection, digest: bytes) -> Iterator[bytes]:
    """The bytes that lie in the database, a piece at a time: they are stored unpacked, so the server reads no more."""
    start = 1
    while True:
        piece = sa.func.substring(_content.c.bytes, start, PIECE)
        found = connection.execute(sa.select(piece).where(_content.c.sha256 == digest)).scalar_one()
        if not found:
            return
        yield bytes(found)
        start += PIECE


def elsewhere(connection: sa.Connection, where: Place, after: bytes) -> bytes | None:
    """The next content, by its digest, that does not lie there; locked until the transaction ends."""
    query = sa.select(_content.c.sha256).where(_content.c.place != where, _content.c.sha256 > after)
    query = query.order_by(_content.c.sha256).limit(1).with_for_update(skip_locked=True)
    found = connection.execute(query).scalar_one_or_none()
    return None if found is None else bytes(found)


def totals(connection: sa.Connection) -> dict[Place, tuple[int, int]]:
    """How many contents lie in each place, and how many bytes they are."""
    query = sa.select(_content.c.place, sa.func.count(), sa.func.sum(_content.c.size)).group_by(_content.c.place)
    return {Place(where): (number, int(size)) for where, number, size in connection.execute(query)}


def _bytes(connection: sa.Connection, content: Content) -> bytes | sa.ScalarSelect[bytes]:
    if content.size <= _AT_ONCE:
        return b"".join(content.pieces())
    connection.execute(sa.text("CREATE TEMPORARY TABLE IF NOT EXISTS file_piece (n int, content bytea) ON COMMIT DROP"))
    connection.execute(sa.text("TRUNCATE file_piece"))
    for number, piece in enumerate(content.pieces()):
        values = {"n": number, "content": piece}
        connection.execute(sa.text("INSERT INTO file_piece VALUES (:n, :content)"), values)
    joined = sa.literal_column("string_agg(content, '' ORDER BY n)", sa.LargeBinary)
    return sa.select(joined).select_from(sa.table("file_piece")).scalar_subquery()
