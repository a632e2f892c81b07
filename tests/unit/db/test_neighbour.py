"""The address of Prefect's own database, made of ours."""

import pytest

from caseline.db import neighbour


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (
            "postgresql://caseline@/caseline?host=/srv/home/postgres/run&port=5432",
            "postgresql+asyncpg://caseline@/prefect?host=%2Fsrv%2Fhome%2Fpostgres%2Frun&port=5432",
        ),
        (
            "postgresql://ada:p%40ss@db.example:5433/desk?sslmode=require&application_name=x",
            "postgresql+asyncpg://ada:p%40ss@db.example:5433/prefect?ssl=require",
        ),
    ],
)
def test_address_keeps_the_way_to_the_server_and_the_password(ours: str, theirs: str) -> None:
    assert neighbour.address(ours, "prefect") == theirs


def test_shown_address_has_no_user_and_no_password() -> None:
    assert neighbour.shown("postgresql://ada:secret@db.example/desk") == "db.example:5432/desk"


def test_own_name_is_the_database_of_the_address() -> None:
    assert neighbour.own_name("postgresql://ada@db.example/desk") == "desk"
