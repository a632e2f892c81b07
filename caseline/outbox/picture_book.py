"""SQL of pictures: those that somebody has put in the place of the shipped ones of the same names."""

import hashlib
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from caseline.db import named_locks
from caseline.outbox import pictures
from caseline.outbox.pictures import Picture
from caseline.outbox.tables import picture, picture_name

_COLUMNS = (
    picture_name.c.name,
    picture_name.c.content_type,
    picture_name.c.width,
    picture_name.c.height,
    picture.c.content,
)


def every(connection: sa.Connection) -> dict[str, Picture]:
    """The pictures by their names."""
    return dict(pictures.shipped()) | own(connection)


def own(connection: sa.Connection) -> dict[str, Picture]:
    """Those that somebody has put in the place of shipped ones."""
    query = sa.select(*_COLUMNS).join(picture, picture.c.digest == picture_name.c.digest)
    rows = connection.execute(query)
    return {name: Picture(name, kind, width, height, bytes(content)) for name, kind, width, height, content in rows}


def hold(connection: sa.Connection, name: str) -> None:
    """Nobody else replaces the picture of that name until the transaction ends."""
    named_locks.hold(connection, [f"outbox.picture {name}"])


def put(connection: sa.Connection, new: Picture, *, by: str | None, now: datetime) -> None:
    """Let a picture stand in the place of the one of its name; letters that were written keep theirs."""
    digest = hashlib.sha256(new.content).digest()
    connection.execute(insert(picture).values(digest=digest, content=new.content).on_conflict_do_nothing())
    values = {
        "content_type": new.content_type,
        "width": new.width,
        "height": new.height,
        "digest": digest,
        "changed_at": now,
        "changed_by": by,
    }
    made = insert(picture_name).values(name=new.name, **values)
    connection.execute(made.on_conflict_do_update(index_elements=["name"], set_=values))


def drop(connection: sa.Connection, name: str) -> None:
    """Let the shipped one count again."""
    connection.execute(sa.delete(picture_name).where(picture_name.c.name == name))
