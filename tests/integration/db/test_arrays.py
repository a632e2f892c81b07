"""Lists that are passed as one text come out of the database as they went in."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from caseline.db import arrays

AT = datetime(2026, 4, 6, 7, 8, 9, 123456, tzinfo=UTC)


@pytest.mark.parametrize(
    ("told", "kind", "values"),
    [
        (arrays.bigints, "bigint", [1, None, -(2**63)]),
        (arrays.instants, "timestamptz", [AT, None, datetime(1999, 1, 1, tzinfo=UTC)]),
        (arrays.texts, "text", []),
        (arrays.texts, "text", ["one"]),
        (arrays.texts, "text", ["plain", "{a,b}", " ", "NULL", "a\nb\tc", "ё"]),
        (arrays.texts, "text", ['"', "\\", '\\"', '","', "plain", "\\\\"]),
        (arrays.texts, "text", ["", '"', "NULL"]),
        (arrays.texts, "text", ["plain", None, "", 'a "b"', "c\\", None]),
        (arrays.texts, "text", [None, None]),
    ],
)
def test_a_list_told_as_one_text_is_read_as_it_was(
    database_url: str, told: Callable[[Sequence[Any]], str], kind: str, values: list[Any]
) -> None:
    with psycopg.connect(database_url.replace("+psycopg", "")) as connection:
        row = connection.execute(f"SELECT CAST(%s AS {kind}[])".encode(), (told(values),)).fetchone()

    assert row == (values,)
