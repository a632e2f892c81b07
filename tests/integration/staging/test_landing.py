"""What COPY makes of a block: the same as Python's csv module, whatever the text."""

import csv
import io
from collections.abc import Iterator

import hypothesis.strategies as st
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings

from staging import blocks, careful, landing, mapping_file
from staging.careful import Shape
from staging.landing import Layout, Refused
from staging.mapping import Mapping
from tests.factories.imports import Desk

MAPPING = """
version: 1
source: landing
title: Landing
delimiter: "{delimiter}"
parts: {{ group: {{ files: [x.csv], key: a, fields: {{ name: a }} }} }}
"""
HEADER = ("a", "b", "c")
TRICKY = st.sampled_from(
    ["", '"', ",", ";", "\n", "\r\n", "\r", "\\.", "\\", "\n\\.\n", "ё", "😀", "NULL", "\\N", " ", "\t", "\x01", "\x7f"]
)
VALUES = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8),
    st.lists(TRICKY, max_size=5).map("".join),
)
ROWS = st.lists(st.lists(VALUES, min_size=3, max_size=3), min_size=1, max_size=6)


@pytest.fixture(scope="module")
def connection(shared_desk: Desk) -> Iterator[sa.Connection]:
    with shared_desk.house.engine.connect() as opened:
        yield opened


def landed(connection: sa.Connection, data: bytes, mapping: Mapping, encoding: str) -> list[tuple[str, ...]]:
    """The records of `data` as they stand in the landing table; empty texts and NULL are the same to us."""
    layout = landing.ensure(connection, "landing", HEADER)
    shape = Shape(HEADER, mapping.delimiter, encoding)
    block = blocks.cut(data, offset=0, line=1, delimiter=mapping.delimiter, last=True)
    try:
        _copy(connection, layout, block.data, mapping, encoding)
        taken = block.tidy
    except Refused:
        taken = False
    if not taken:
        connection.rollback()
        layout = landing.ensure(connection, "landing", HEADER)
        found = careful.sort_out(block, shape)
        assert found.damaged == ()
        _copy(connection, layout, found.good.data, mapping, encoding)
    table = layout.table
    rows = connection.execute(sa.select(table.c.c1, table.c.c2, table.c.c3).order_by(table.c.id)).all()
    connection.rollback()
    return [tuple(value or "" for value in row) for row in rows]


def _copy(connection: sa.Connection, layout: Layout, data: bytes, mapping: Mapping, encoding: str) -> None:
    with connection.begin_nested():
        landing.copy(connection, layout, data, mapping=mapping, encoding=encoding)


@given(ROWS, st.sampled_from([",", ";", "\\t", "|"]), st.booleans(), st.sampled_from(["\n", "\r\n"]))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_records_land_as_the_csv_module_reads_them(
    connection: sa.Connection, rows: list[list[str]], sign: str, quote_all: bool, end: str
) -> None:
    mapping = mapping_file.parse(MAPPING.format(delimiter=sign), "test.yaml")
    out = io.StringIO()
    lone = any("\r" in value for row in rows for value in row)
    csv.writer(
        out,
        delimiter=mapping.delimiter,
        quoting=csv.QUOTE_ALL if quote_all or lone else csv.QUOTE_MINIMAL,
        lineterminator=end,
    ).writerows(rows)

    found = landed(connection, out.getvalue().encode(), mapping, "utf-8")

    assert found == [
        tuple(row)
        for row in csv.reader(io.StringIO(out.getvalue(), newline=""), delimiter=mapping.delimiter, strict=True)
    ]


@pytest.mark.parametrize("encoding", ["cp1251", "cp1252", "iso8859-1", "koi8-r", "cp866", "cp932"])
def test_server_reads_every_encoding_as_python_does(connection: sa.Connection, encoding: str) -> None:
    mapping = mapping_file.parse(MAPPING.format(delimiter=","), "test.yaml")
    letters = [bytes([n]) for n in range(128, 256)]
    text = "".join(letter.decode(encoding, "ignore") for letter in letters) + (
        "日本語～①" if encoding == "cp932" else ""
    )
    text = "".join(letter for letter in text if letter.isprintable())
    data = f"{text},b,c\n".encode(encoding)

    assert landed(connection, data, mapping, encoding) == [(text, "b", "c")]
