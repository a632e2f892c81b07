"""Statements that are asked for every mail: compiled once, and run by the driver itself.

SQLAlchemy's own way with a small statement costs our process as much again as the driver's: its cache is asked, its
context and its result are made. `make bench ARGS="mail-in"` tells what that comes to.
"""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, Final

import psycopg
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

_DIALECT: Final = PGDialect_psycopg()  # type: ignore[no-untyped-call]


class Fixed:
    """One statement with its parameters; those that it names itself need not be given.

    It is for values that PostgreSQL and Python have in common (numbers, texts, bytes, instants, lists of them): others
    are not converted. Everything else is as with `Connection.execute`: the transaction that it begins, and
    the exceptions, which are SQLAlchemy's.
    """

    def __init__(self, statement: sa.Executable) -> None:
        self._statement: Final = statement

    def rows(self, connection: sa.Connection, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """All rows of the answer; values for names that the statement does not have are left alone."""
        if not connection.in_transaction():
            connection.begin()
        sql, own = self._compiled
        driver = connection.connection.driver_connection
        if not isinstance(driver, psycopg.Connection):
            raise TypeError(f"a statement for psycopg on {type(driver).__name__}")
        try:
            # Prepared only where the engine lets it, see `open_engine`.
            cursor = driver.execute(sql, {**own, **values}, prepare=True)
            told = cursor.pgresult
            return cursor.fetchall() if told is not None and told.nfields else []
        except psycopg.Error as error:
            raise _as_of_sqlalchemy(connection, sql, error) from error

    def row(self, connection: sa.Connection, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """The one row of the answer, or None."""
        found = self.rows(connection, values)
        if len(found) > 1:
            raise sa.exc.MultipleResultsFound(f"{len(found)} rows where one at most was expected")
        return found[0] if found else None

    @cached_property
    def _compiled(self) -> tuple[bytes, dict[str, Any]]:
        compiled = self._statement.compile(dialect=_DIALECT)  # type: ignore[attr-defined]
        own = {name: value for name, value in compiled.params.items() if value is not None}
        return str(compiled).encode(), own


def _as_of_sqlalchemy(connection: sa.Connection, sql: bytes, error: psycopg.Error) -> BaseException:
    """The same fault as SQLAlchemy tells it; a connection that is lost is given up."""
    lost: bool = connection.dialect.is_disconnect(error, connection.connection.driver_connection, None)  # type: ignore[arg-type]
    if lost:
        connection.invalidate(error)
    made: Callable[..., BaseException] = sa.exc.DBAPIError.instance
    return made(
        sql.decode(),
        {},
        error,
        psycopg.Error,
        hide_parameters=True,
        connection_invalidated=lost,
        dialect=connection.dialect,
    )
