"""Connections that a process keeps: the same one serves again, as good as new, and a closed one is replaced."""

from collections.abc import Iterator
from contextlib import nullcontext

import psycopg
import pytest
import sqlalchemy as sa

from caseline.db.engine import open_engine
from caseline.db.fixed import Fixed, Wanted, together

PLANNED = Fixed(sa.text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%pg_prepared%'"))


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    opened = open_engine(database_url, keep=2)
    yield opened
    opened.dispose()


def pid(engine: sa.Engine) -> int:
    with engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())


def test_a_connection_that_is_given_back_serves_again(engine: sa.Engine) -> None:
    assert pid(engine) == pid(engine)


def test_nothing_of_whoever_had_it_is_left(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        connection.exec_driver_sql("SET statement_timeout = '7s'")
        connection.exec_driver_sql("CREATE TEMP TABLE left_over (id int)")
        connection.exec_driver_sql("SELECT pg_advisory_lock(7)")
        connection.commit()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        assert connection.exec_driver_sql("SHOW statement_timeout").scalar_one() == "0"
        assert connection.exec_driver_sql("SHOW timezone").scalar_one() == "UTC"
        assert connection.exec_driver_sql("SELECT to_regclass('left_over')").scalar_one() is None
        assert connection.exec_driver_sql("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'").scalar_one() == 0
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE public.never (id int)")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT to_regclass('public.never')").scalar_one() is None


def test_one_that_the_server_has_closed_is_replaced_unseen(engine: sa.Engine, database_url: str) -> None:
    before = pid(engine)
    other = open_engine(database_url)
    # It waits until the server has done so.
    with other.begin() as connection:
        connection.execute(sa.text("SELECT pg_terminate_backend(:pid, 9000)"), {"pid": before})
    other.dispose()

    assert pid(engine) != before


@pytest.mark.parametrize("noticed", [True, False])
def test_one_that_dies_in_use_is_given_back_without_a_word(
    engine: sa.Engine,
    database_url: str,
    noticed: bool,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    other = open_engine(database_url)
    ends = pytest.raises(sa.exc.OperationalError, match="connection is lost") if noticed else nullcontext()
    with ends, engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        before = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        with other.begin() as killing:
            killing.execute(sa.text("SELECT pg_terminate_backend(:pid, 9000)"), {"pid": before})
        if noticed:
            raw = connection.connection.driver_connection
            assert isinstance(raw, psycopg.Connection)
            with pytest.raises(psycopg.OperationalError):
                raw.execute("SELECT 1")
    other.dispose()

    assert pid(engine) != before
    assert pid(engine) == pid(engine)
    assert [record for record in caplog.records if record.levelname in {"WARNING", "ERROR"}] == []
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize("prepares", [True, False])
def test_what_is_always_the_same_is_planned_once_where_it_was_wished(database_url: str, prepares: bool) -> None:
    engine = open_engine(database_url, keep=1, prepares=prepares)
    for _ in range(3):
        with engine.begin() as connection:
            assert PLANNED.row(connection, {}) == (int(prepares),)
            assert connection.exec_driver_sql("SELECT count(*) FROM pg_prepared_statements").scalar_one() == prepares
    engine.dispose()


def test_a_table_that_was_changed_meanwhile_is_planned_anew(database_url: str) -> None:
    engine, other = open_engine(database_url, keep=1, prepares=True), open_engine(database_url)
    read, put = Fixed(sa.text("SELECT n FROM changing")), Fixed(sa.text("INSERT INTO changing VALUES (:n)"))
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE changing (n int)")
        put.rows(connection, {"n": 1})
    with engine.begin() as connection:
        assert read.rows(connection, {}) == [(1,)]
    with other.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE changing ADD COLUMN more int")
        connection.exec_driver_sql("CREATE INDEX ON changing (n)")
    with engine.begin() as connection:
        put.rows(connection, {"n": 2})
        assert read.rows(connection, {}) == [(1,), (2,)]
    with other.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE changing ALTER COLUMN n TYPE text")
    # The server refuses a plan whose answer has another type by now: once, since what is rolled back forgets it.
    with pytest.raises(sa.exc.NotSupportedError), engine.begin() as connection:
        read.rows(connection, {})
    with engine.begin() as connection:
        assert read.rows(connection, {}) == [("1",), ("2",)]
    other.dispose()
    engine.dispose()


@pytest.mark.parametrize("prepares", [True, False])
def test_several_questions_are_asked_in_one_message(database_url: str, prepares: bool) -> None:
    engine = open_engine(database_url, keep=1, prepares=prepares)
    double = Fixed(sa.text("SELECT 2 * CAST(:n AS int)"))
    divide = Fixed(sa.text("SELECT 1 / CAST(:n AS int)"))
    put = Fixed(sa.text("INSERT INTO several VALUES (:n)"))
    asked = [Wanted(double, {"n": n}, lambda rows: rows[0][0]) for n in (1, 2, 3)]
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE several (n int)")
        assert together(connection, *asked, Wanted(put, {"n": 7}, len)) == [2, 4, 6, 0]
    # One that cannot be answered spoils the others; the fault is SQLAlchemy's, and what was written meanwhile is taken back.
    with pytest.raises(sa.exc.DataError, match="division by zero"), engine.begin() as connection:
        together(connection, Wanted(put, {"n": 8}, len), Wanted(divide, {"n": 0}, len), asked[0])
    with engine.begin() as connection:
        assert together(connection, *asked) == [2, 4, 6]
        assert connection.exec_driver_sql("SELECT n FROM several").scalars().all() == [7]
    engine.dispose()


def test_a_connection_that_is_lost_between_questions_is_replaced(database_url: str) -> None:
    engine, other = open_engine(database_url, keep=1, prepares=True), open_engine(database_url)
    one = Wanted(Fixed(sa.text("SELECT 1")), {}, lambda rows: rows[0][0])

    def lost(connection: sa.Connection) -> None:
        own = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        with other.begin() as killing:
            killing.execute(sa.text("SELECT pg_terminate_backend(:pid, 9000)"), {"pid": own})
        together(connection, one, one)

    with pytest.raises(sa.exc.OperationalError), engine.begin() as connection:
        lost(connection)
    with engine.begin() as connection:
        assert together(connection, one, one) == [1, 1]
    other.dispose()
    engine.dispose()
