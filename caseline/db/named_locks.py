"""Locks by name, for what is no row yet or no row at all; they end with the transaction."""

from collections.abc import Iterable
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


def hold(connection: sa.Connection, names: Iterable[str]) -> None:
    """Nobody else holds one of these names until the transaction ends.

    They are taken in one order everywhere, so that nobody waits for somebody who waits for him.
    """
    _HOLD.rows(connection, {"names": list(names)})
