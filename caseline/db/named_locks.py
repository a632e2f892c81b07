"""Locks by name, for what is no row yet or no row at all."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

import sqlalchemy as sa

from caseline.db.fixed import Fixed

_HOLD: Final = Fixed(
    sa.text("""
SELECT pg_advisory_xact_lock(key) FROM (
  SELECT DISTINCT hashtextextended(name, 0) AS key FROM unnest(CAST(:names AS text[])) AS name ORDER BY 1
) AS sorted
""")
)

_TRY: Final = sa.text("SELECT pg_try_advisory_lock(hashtextextended(:name, 0))")
_LEAVE: Final = sa.text("SELECT pg_advisory_unlock(hashtextextended(:name, 0))")


def hold(connection: sa.Connection, names: Iterable[str]) -> None:
    """Nobody else holds one of these names until the transaction ends.

    They are taken in one order everywhere, so that nobody waits for somebody who waits for him.
    """
    _HOLD.rows(connection, {"names": list(names)})


@contextmanager
def alone(engine: sa.Engine, name: str) -> Iterator[bool]:
    """Whether nobody else is at what has this name; nobody is until the block ends, in which no transaction is open.

    For what waits for others over a network. Whoever dies meanwhile lets go of it.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        mine = bool(connection.execute(_TRY, {"name": name}).scalar_one())
        try:
            yield mine
        finally:
            if mine:
                connection.execute(_LEAVE, {"name": name})
