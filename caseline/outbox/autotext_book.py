"""SQL of autotexts."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from caseline.db import named_locks
from caseline.outbox.autotexts import Autotext, folded
from caseline.outbox.tables import autotext

_COLUMNS = (autotext.c.name, autotext.c.ru, autotext.c.en)


def every(connection: sa.Connection) -> list[Autotext]:
    """All autotexts by name."""
    return [Autotext(*row) for row in connection.execute(sa.select(*_COLUMNS).order_by(autotext.c.folded))]


def find(connection: sa.Connection, name: str) -> Autotext | None:
    """The autotext of a name, in any letter case."""
    query = sa.select(*_COLUMNS).where(autotext.c.folded == folded(name))
    row = connection.execute(query).one_or_none()
    return None if row is None else Autotext(*row)


def texts(connection: sa.Connection, language: str) -> dict[str, str]:
    """What autotexts say in a language, by their folded names."""
    return {one.folded: one.said(language) for one in every(connection)}


def hold(connection: sa.Connection) -> None:
    """Nobody else adds or removes one, or saves a template that may name one, until the transaction ends."""
    named_locks.hold(connection, ["outbox.autotext"])


def held(connection: sa.Connection) -> list[str]:
    """The names of all, which stay until the transaction ends."""
    hold(connection)
    return [one.name for one in every(connection)]


def put(connection: sa.Connection, new: Autotext, *, by: str | None, now: datetime) -> None:
    """Save one."""
    values = {"name": new.name, "ru": new.ru, "en": new.en, "changed_at": now, "changed_by": by}
    made = insert(autotext).values(folded=new.folded, **values)
    connection.execute(made.on_conflict_do_update(index_elements=["folded"], set_=values))


def drop(connection: sa.Connection, name: str) -> None:
    """Remove one."""
    connection.execute(sa.delete(autotext).where(autotext.c.folded == folded(name)))
