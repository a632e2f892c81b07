"""Looking at the beginning of a file: encoding, header, first record."""

import json
from pathlib import Path

import pytest

from staging import heads, mapping_file, sources
from staging.faults import FileFault
from staging.heads import Head
from staging.mapping import Mapping

CSV = """
version: 1
source: heads
title: Heads
encodings: [utf-8, windows-1251, iso-8859-1]
parts: { group: { files: ["*"], key: Id, fields: { name: { column: Name, required: true } }, extra: { Tag: Tag } } }
"""
JSON = """
version: 1
source: heads
title: Heads
format: jsonl
parts: { group: { files: ["*"], key: id, fields: { name: about.name }, keep: "*" } }
"""


def mapping(text: str = CSV) -> Mapping:
    return mapping_file.parse(text, "heads.yaml")


def look(folder: Path, data: bytes, text: str = CSV) -> Head:
    (folder / "file").write_bytes(data)
    (file,) = sources.find([folder / "file"])
    head = heads.look(file, mapping(text))
    heads.check_columns(file, head, mapping(text), "group")
    return head


# ---------------------------------------------------------------------------------------------------------- encoding


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (b"Id,Name\n1,plain\n", "utf-8"),
        ("Id,Name\n1,ёлка\n".encode(), "utf-8"),
        ("Id,Name\n1,ёлка\n".encode("utf-8-sig"), "utf-8"),
        ("Id,Name\n1,ёлка\n".encode("cp1251"), "cp1251"),
        ("Id,Name\n1,ёлка\n".encode("utf-16"), "utf-16"),
        ("\ufeffId,Name\n1,ёлка\n".encode("utf-16-be"), "utf-16"),
        ("Id,Name\n1,café\n".encode("latin-1").replace(b"\xe9", b"\x98"), "iso8859-1"),
        ("Id,Name\n1,ёлка\n2,сосна\n3,".encode() + b"\xff\n4,\xff\n", "utf-8"),
        (b"Id,Name\n1," + "ёлка\n".encode("cp1251") * 3 + "ёлка\n".encode(), "cp1251"),
    ],
)
def test_encoding_is_that_of_most_lines(tmp_path: Path, data: bytes, encoding: str) -> None:
    assert look(tmp_path, data).encoding == encoding


# ------------------------------------------------------------------------------------------------------------ header


@pytest.mark.parametrize(
    ("start", "header", "position", "line"),
    [
        (b"Id,Name\n", ("Id", "Name"), 8, 2),
        (b"Id,Name\r\n", ("Id", "Name"), 9, 2),
        (b'"Id","Name"\n', ("Id", "Name"), 12, 2),
        (b"\xef\xbb\xbfId,Name\n", ("Id", "Name"), 11, 2),
        (b'\xef\xbb\xbf"Id","Name"\n', ("Id", "Name"), 15, 2),
        (b" Id , Name \n", ("Id", "Name"), 12, 2),
        (b'Id,Name,"two\nlines"\n', ("Id", "Name", "two\nlines"), 20, 3),
        (b'Id,Name,"a ""b"", c"\n', ("Id", "Name", 'a "b", c'), 21, 2),
        (b"Id,Name,\n", ("Id", "Name", ""), 9, 2),
    ],
)
def test_header_ends_where_records_begin(
    tmp_path: Path, start: bytes, header: tuple[str, ...], position: int, line: int
) -> None:
    assert look(tmp_path, start + b"1,x\n") == Head("utf-8", header, position, line)


def test_places_of_utf16_count_in_utf8(tmp_path: Path) -> None:
    assert look(tmp_path, "Id,Name,ё\n1,x,y\n".encode("utf-16")).position == len("Id,Name,ё\n".encode())


def test_required_column_may_be_replaced_by_a_default(tmp_path: Path) -> None:
    lenient = CSV.replace("required: true", "required: true, default: Nameless")

    assert look(tmp_path, b"Id\n1\n", lenient).header == ("Id",)


def test_mapped_columns_that_are_not_there_are_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"Id,Name\n1,x\n")
    (file,) = sources.find([tmp_path / "file"])

    assert heads.check_columns(file, heads.look(file, mapping()), mapping(), "group") == ["Tag"]


def test_file_with_more_columns_than_a_table_holds_is_refused(tmp_path: Path) -> None:
    header = ",".join(["Id", "Name", *(f"c{n}" for n in range(2000))])

    with pytest.raises(FileFault, match="2,002 columns"):
        look(tmp_path, header.encode() + b"\n")


def test_quote_open_in_the_header_of_a_big_file_is_found_at_once(tmp_path: Path) -> None:
    with pytest.raises(FileFault, match="never closed"):
        look(tmp_path, b'Id,"Name\n' + b"1,x\n" * 1_000_000)


# -------------------------------------------------------------------------------------------------------- JSON lines


def test_leaves_of_the_first_lines_are_columns(tmp_path: Path) -> None:
    lines = [{"id": 1, "about": {"name": "x", "size": {"cm": 3}}, "tags": [1]}, {"id": 2, "late": True}]

    head = look(tmp_path, "\n".join(map(json.dumps, lines)).encode(), JSON)

    assert head.header == ("id", "about.name", "about.size.cm", "tags", "late", "rest")
    assert (head.position, head.line) == (0, 1)


def test_only_mapped_columns_are_columns_unless_everything_is_kept(tmp_path: Path) -> None:
    head = look(tmp_path, b'{"id": 1, "other": 2}\n', JSON.replace(', keep: "*"', ""))

    assert head.header == ("id", "about.name", "rest")


def test_key_of_ids_does_not_make_a_column_of_every_id(tmp_path: Path) -> None:
    line = json.dumps({"id": 1, "prices": {f"sku{n}": n for n in range(3000)}})

    head = look(tmp_path, line.encode(), JSON)

    assert len(head.header) <= heads.WIDEST + 1
    assert head.header[-1] == "rest"
