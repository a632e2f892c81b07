"""A connection to the database that is kept between the short statements of pace and governor."""

import contextlib
import os
import threading
import weakref
from collections.abc import Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

from caseline.crm.bitrix24 import forks

_FOREIGN: Final[list[sa.Connection]] = []
"""Connections of the process that we were forked off from; collected as garbage, they would say good-bye for it."""


class Line:
    """Runs statements one by one, each in a transaction of its own; for all threads of a process."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._lock = threading.Lock()
        self._connection: sa.Connection | None = None
        self._end: weakref.finalize[Any, Any] | None = None
        forks.mind(self)

    def ask(self, statement: sa.TextClause, values: Mapping[str, Any]) -> Sequence[sa.Row[Any]]:
        """The rows of a statement; a connection that has broken meanwhile is opened anew, once."""
        with self._lock:
            try:
                return self._ask(statement, values)
            except sa.exc.DBAPIError as error:
                if not error.connection_invalidated:
                    raise
            self._close()
            return self._ask(statement, values)

    def close(self) -> None:
        """End the connection; the next statement opens another."""
        with self._lock:
            self._close()

    def forked(self) -> None:
        """Leave the connection to the parent: what might still be written to it from here goes nowhere."""
        self._lock = threading.Lock()
        if self._connection is None or self._end is None:
            return
        self._end.detach()
        with contextlib.suppress(Exception):
            nowhere = os.open(os.devnull, os.O_RDWR)
            os.dup2(nowhere, self._connection.connection.driver_connection.fileno(), inheritable=False)  # type: ignore[union-attr] # psycopg's
            os.close(nowhere)
        _FOREIGN.append(self._connection)
        self._connection = self._end = None

    def _ask(self, statement: sa.TextClause, values: Mapping[str, Any]) -> Sequence[sa.Row[Any]]:
        if self._connection is None:
            self._connection = self._engine.connect()
            self._end = weakref.finalize(self, _hang_up, self._connection)
        found = self._connection.execute(statement, values)
        return found.all() if found.returns_rows else ()

    def _close(self) -> None:
        if self._end is not None:
            self._end()
        self._connection = self._end = None


def _hang_up(connection: sa.Connection) -> None:
    """End it; nothing is rolled back, for each statement was a transaction of its own."""
    with contextlib.suppress(Exception):
        connection.invalidate()
    connection.close()
