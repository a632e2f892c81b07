"""Makes a second database beside ours on the same server, for Prefect, which wants one of its own."""

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

from caseline.db.engine import DatabaseUnfit


def ensure(url: str, name: str) -> None:
    """Make the database `name` on the server of `url`, unless it is there; raises `DatabaseUnfit` without the right."""
    with psycopg.connect(url, autocommit=True) as connection:
        if connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone() is not None:
            return
        command = sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(sql.Identifier(name))
        try:
            connection.execute(command)
        except psycopg.errors.DuplicateDatabase:
            return  # made by another process at this moment
        except psycopg.errors.InsufficientPrivilege as error:
            user = connection.info.user
            raise DatabaseUnfit(
                f"the user {user} may not create the database {name} for Prefect: let an administrator type "
                f'CREATE DATABASE "{name}" OWNER "{user}"'
            ) from error


def address(url: str, name: str) -> str:
    """Address of the database `name` beside that of `url`, as the driver asyncpg takes it; it may hold a password."""
    given = make_url(url)
    # libpq and asyncpg agree on little more than where the server is.
    options = {key: value for key, value in given.query.items() if key in {"host", "port"}}
    if "sslmode" in given.query:
        options["ssl"] = given.query["sslmode"]
    beside = URL.create(
        "postgresql+asyncpg", given.username, given.password, given.host, given.port, database=name, query=options
    )
    return beside.render_as_string(hide_password=False)


def own_name(url: str) -> str:
    """Name of the database of `url`."""
    return make_url(url).database or "postgres"


def shown(url: str) -> str:
    """The address without user and password."""
    given = make_url(url)
    return f"{given.host or given.query.get('host', 'localhost')}:{given.port or 5432}/{given.database}"
