"""Statements that the driver runs answer, begin and fail as SQLAlchemy's own do."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from caseline.db.engine import open_engine
from caseline.db.fixed import Fixed

MOMENT = datetime(2026, 11, 30, 9, 30, 0, 123_456, tzinfo=UTC)
VALUES = sa.select(
    sa.bindparam("text", type_=sa.Text),
    sa.bindparam("number", type_=sa.BigInteger),
    sa.bindparam("bytes", type_=sa.LargeBinary),
    sa.bindparam("at", type_=sa.DateTime(timezone=True)),
    sa.bindparam("texts", type_=sa.ARRAY(sa.Text)),
    sa.literal("100 %"),
    sa.bindparam("nothing", type_=sa.Text),
)
GIVEN = {"text": "Ё", "number": 1 << 40, "bytes": b"\0\xff", "at": MOMENT, "texts": ["a", "%(b)s"], "nothing": None}


@pytest.fixture
def connection(database_url: str) -> Iterator[sa.Connection]:
    engine = open_engine(database_url)
    with engine.connect() as opened:
        yield opened
    engine.dispose()


def test_rows_are_those_of_sqlalchemy(connection: sa.Connection) -> None:
    found = Fixed(VALUES).rows(connection, {**GIVEN, "unknown": 1})

    assert found == [tuple(row) for row in connection.execute(VALUES, GIVEN)]
    assert found[0][:4] == ("Ё", 1 << 40, b"\0\xff", MOMENT)


def test_what_it_does_is_a_part_of_the_transaction(connection: sa.Connection) -> None:
    Fixed(sa.text("CREATE TABLE kept (n int)")).rows(connection, {})
    assert connection.in_transaction()
    Fixed(sa.text("INSERT INTO kept VALUES (:n)")).rows(connection, {"n": 1})
    connection.commit()
    Fixed(sa.text("INSERT INTO kept VALUES (:n)")).rows(connection, {"n": 2})
    connection.rollback()

    assert Fixed(sa.text("SELECT n FROM kept")).row(connection, {}) == (1,)


def test_faults_are_those_of_sqlalchemy_and_say_no_values(connection: sa.Connection) -> None:
    connection.exec_driver_sql("CREATE TABLE once (name text PRIMARY KEY)")
    put = Fixed(sa.text("INSERT INTO once VALUES (:name)"))
    put.rows(connection, {"name": "Ivanov"})

    with pytest.raises(sa.exc.IntegrityError) as told:
        put.rows(connection, {"name": "Ivanov"})

    assert getattr(told.value.orig, "sqlstate", None) == "23505"
    assert not told.value.connection_invalidated
    assert told.value.hide_parameters
    connection.rollback()
    with pytest.raises(sa.exc.DataError):
        put.rows(connection, {"name": "a\0b"})


def test_a_lost_connection_is_given_up(connection: sa.Connection) -> None:
    (mine,) = Fixed(sa.text("SELECT pg_backend_pid()")).row(connection, {}) or (0,)
    with connection.engine.connect() as other:
        other.execute(sa.text("SELECT pg_terminate_backend(:pid)"), {"pid": mine})

    with pytest.raises(sa.exc.OperationalError) as told:
        Fixed(sa.text("SELECT 1")).rows(connection, {})

    assert told.value.connection_invalidated
    assert connection.invalidated
    connection.rollback()
    assert Fixed(sa.text("SELECT 1")).row(connection, {}) == (1,)


def test_one_row_is_one(connection: sa.Connection) -> None:
    assert Fixed(sa.text("SELECT 1 WHERE false")).row(connection, {}) is None
    with pytest.raises(sa.exc.MultipleResultsFound):
        Fixed(sa.text("VALUES (1), (2)")).row(connection, {})
