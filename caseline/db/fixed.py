"""Statements that are asked for every mail: compiled once, and run by the driver itself.

SQLAlchemy's own way with a small statement costs our process as much again as the driver's: its cache is asked, its
context and its result are made. `make bench ARGS="mail-in"` tells what that comes to.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Generic, TypeVar

import psycopg
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

T = TypeVar("T")
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
        driver = _driver(connection)
        try:
            return _told(self.sent(driver, values))
        except psycopg.Error as error:
            raise _as_of_sqlalchemy(connection, self._compiled[0], error) from error

    def sent(self, driver: "psycopg.Connection[Any]", values: Mapping[str, Any]) -> "psycopg.Cursor[Any]":
        """Give it to the driver, and answer where its rows will be."""
        sql, own = self._compiled
        # Prepared only where the engine lets it, see `open_engine`.
        return driver.execute(sql, {**own, **values}, prepare=True)

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


@dataclass(frozen=True, slots=True)
class Wanted(Generic[T]):
    """A question that is still to be asked: alone, or together with others."""

    fixed: Fixed
    values: Mapping[str, Any]
    read: Callable[[list[tuple[Any, ...]]], T]
    """Makes of the rows what is wanted."""

    def on(self, connection: sa.Connection) -> T:
        """Ask it alone."""
        return self.read(self.fixed.rows(connection, self.values))


def together(connection: sa.Connection, *wanted: Wanted[Any]) -> list[Any]:
    """Ask all these questions in one message, of which none needs the answer to another; their answers in order.

    Each question that waits for its answer alone lets other threads in, and waits for them when it has come.
    """
    driver = _driver(connection)
    try:
        with driver.pipeline():
            cursors = [one.fixed.sent(driver, one.values) for one in wanted]
        rows = [_told(cursor) for cursor in cursors]
    except psycopg.Error as error:
        raise _as_of_sqlalchemy(connection, b"several statements", error) from error
    return [one.read(found) for one, found in zip(wanted, rows, strict=True)]


def _driver(connection: sa.Connection) -> "psycopg.Connection[Any]":
    if not connection.in_transaction():
        connection.begin()
    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        raise TypeError(f"a statement for psycopg on {type(driver).__name__}")
    return driver


def _told(cursor: "psycopg.Cursor[Any]") -> list[tuple[Any, ...]]:
    told = cursor.pgresult
    return cursor.fetchall() if told is not None and told.nfields else []


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
