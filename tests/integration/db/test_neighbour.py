"""A second database beside ours."""

import uuid
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from caseline.db import neighbour
from caseline.db.engine import DatabaseUnfit


@pytest.fixture
def name(database_url: str) -> Iterator[str]:
    name = f"prefect_{uuid.uuid4().hex[:8]}"
    yield name
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def test_database_is_made_once(database_url: str, name: str) -> None:
    neighbour.ensure(database_url, name)
    neighbour.ensure(database_url, name)

    beside = make_url(database_url).set(database=name).render_as_string(hide_password=False)
    with psycopg.connect(beside) as connection:
        assert connection.execute("SHOW server_encoding").fetchone() == ("UTF8",)


def test_user_who_may_not_make_it_is_told_what_to_ask_for(database_url: str, name: str) -> None:
    options = "-crole=pg_monitor"  # a role that every server has and that may not create databases
    as_other = make_url(database_url).update_query_dict({"options": options}).render_as_string(hide_password=False)

    with pytest.raises(DatabaseUnfit, match=f'CREATE DATABASE "{name}" OWNER'):
        neighbour.ensure(as_other, name)
