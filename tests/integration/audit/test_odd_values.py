"""Odd values: import and check read them alike, and the outcome of each is the one that is written here."""

import json
from pathlib import Path
from typing import Final

import pytest

from tests.factories.checks import check, found
from tests.factories.imports import Desk

MAPPING: Final = """
version: 1
source: odd
title: Odd values
{options}
stages: [{{ code: new, label: New }}]
parts:
  request:
    files: [odd.*]
    key: {{ column: id, fold: true }}
    fields: {{ subject: s, stage: {{ value: new }}, created_at: c }}
    {part}
"""
DAY: Final = "2024-01-01"


def run(desk: Desk, folder: Path, content: bytes, options: str = "", part: str = "") -> dict[str | None, str]:
    """Import a file and check it; answers status by key."""
    folder.mkdir()
    (folder / "odd.yaml").write_text(MAPPING.format(options=options, part=part), encoding="utf-8")
    name = "odd.jsonl" if "jsonl" in options else "odd.csv"
    (folder / name).write_bytes(content)
    desk.run(folder / name, mapping=folder / "odd.yaml")
    verdict = check(desk)
    assert found(verdict) == []
    (part_verdict,) = verdict.parts
    assert part_verdict.read == sum(part_verdict.outcomes.values())
    return desk.statuses("request")


def lines(*rows: str, header: str = "id,s,c") -> bytes:
    return "\n".join([header, *rows]).encode()


@pytest.mark.parametrize(
    ("options", "good", "bad"),
    [
        (
            "",
            ["2024-02-29", "2024-01-01 24:00:00", "2024-01-01 23:59:60", "2024-01-01T10:00:00.250Z", "1900-01-01"],
            ["2023-02-29", "2024-02-30", "1899-12-31", "2200-01-01", "2024-01-01 +1:00:00", "2024- 1- 1", "19e1-01-01"],
        ),
        (
            'dates: ["DD.MM.YYYY hh:mm", "DD.MM.YYYY", "DD.MM.YYYY hh:mm:ss.sss"]\nzone: Europe/Moscow',
            ["29.02.2024", "26.10.2014 01:30", "01.01.2024 10:11:12.345"],
            ["31.04.2024 10:00", "1 .01.2024", "01.01.2024 -1:30", "01.13.2024", "2024-01-01"],
        ),
        (
            'dates: ["YYYY-MM-DD hh:mm:ss"]\nzone: Europe/Berlin',
            ["2013-03-31 02:30:00", "2013-10-27 02:30:00", "1901-05-05 05:05:05", "2199-12-31 23:59:59"],
            ["2013-03-31"],
        ),
    ],
)
def test_dates(desk: Desk, tmp_path: Path, options: str, good: list[str], bad: list[str]) -> None:
    content = lines(*(f"{number},x,{text}" for number, text in enumerate([*good, *bad])))

    statuses = run(desk, tmp_path / "odd", content, options)

    assert statuses == {str(n): "SUCCESS" if n < len(good) else "FAILED" for n in range(len(good) + len(bad))}


def test_numbers(desk: Desk, tmp_path: Path) -> None:
    good = ["1 234,50", "-7", ",5", "1e5", "0,1", "12345678901234567,89", ""]
    bad = ["1.234", "1,5,5", "0x10", "٣", "NaN", "--1"]
    content = lines(*(f"{n};x;{DAY};{text}" for n, text in enumerate([*good, *bad])), header="id;s;c;n")
    options = 'delimiter: ";"\ndecimal: ","\nthousands: " "'

    statuses = run(desk, tmp_path / "odd", content, options, "extra: { n: { column: n, type: money } }")

    assert [statuses[str(n)] for n in range(len(good) + len(bad))] == ["SUCCESS"] * 7 + ["FAILED"] * 6


def test_moments_in_extra_fields_keep_their_fractions(desk: Desk, tmp_path: Path) -> None:
    content = lines(f"1,x,{DAY},2024-03-01T09:00:00.250Z", header="id,s,c,m")

    run(desk, tmp_path / "odd", content, part="extra: { m: { column: m, type: datetime } }")

    assert desk.records()["1"]["extra"]["m"].startswith("2024-03-01T09:00:00.25")


def test_keys_that_are_folded(desk: Desk, tmp_path: Path) -> None:
    keys = [" 1 ", "İstanbul", "ΟΔΥΣΣΕΥΣ", "Ёлка  x", "елка\u00a0X", "ß", "x" * 1001]
    content = lines(*(f'"{key}",x,{DAY}' for key in keys))

    statuses = run(desk, tmp_path / "odd", content)

    assert set(statuses) == {"1", "istanbul", "οδυσσευσ", "елка x", "ß", None}


def test_quotes_and_line_ends(desk: Desk, tmp_path: Path) -> None:
    content = (
        b'id,s,c\r\n1,a "q" b,2024-01-01\r\n2,"l1\r\nl2",2024-01-01\r\n3,lone\rreturn,2024-01-01\r\n\\.\r\n\r\n'
        b'4,"in\rside",2024-01-01\r\n5,"\\.",2024-01-01\r\n6,"a"b,2024-01-01\r\n7,"a",2024-01-01,\r\n8,a\r\n'
        b'9,"multi\r\nline","too","many"\r\n10,"never closed,2024-01-01\r\n11,z,2024-01-01\r\n12,"z",2024-01-01'
    )

    statuses = run(desk, tmp_path / "odd", content)

    assert {key for key, status in statuses.items() if status == "SUCCESS"} == {"1", "2", "3", "4", "5", "11", "12"}


def test_a_letter_longer_than_the_csv_module_likes_beside_damaged_lines(desk: Desk, tmp_path: Path) -> None:
    long = "z" * 300_000
    content = lines(f'1,a 5" pipe {long},{DAY}', f'2,"{long}",{DAY}', f"3,b\0,{DAY}", f'4,"x"y,{DAY}')

    statuses = run(desk, tmp_path / "odd", content)

    assert [statuses[key] for key in ("1", "2", "3", "4")] == ["SUCCESS", "SUCCESS", "FAILED", "FAILED"]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-16", "Привет 😀"),
        ("windows-1251", "«Ёлка»\u00a0№ 5"),
        ("windows-1252", "café – €"),
        ("iso-8859-1", "café \x85"),
        ("koi8-r", "Привет ё"),
        ("cp866", "Привет ё"),
        ("shift_jis", "日本語 ー ｱ"),
    ],
)
def test_encodings(desk: Desk, tmp_path: Path, encoding: str, text: str) -> None:
    content = f"id,s,c\n1,{text},{DAY}\n2,plain,{DAY}\n".encode(encoding)

    run(desk, tmp_path / "odd", content, f"encodings: [utf-8, {encoding}]")

    assert desk.records()["1"]["subject"] == text


def test_json_documents_of_all_shapes(desk: Desk, tmp_path: Path) -> None:
    documents = [
        '{"id": 1, "s": "a", "s": "b", "c": "2024-01-01"}',
        '{"id": 2, "s": "a", "c": "2024-01-01", "n": 1e3, "big": 123456789012345678901234567890, "f": -0.0, "e": 1E-3}',
        '{"id": "3", "s": 5, "c": "2024-01-01", "k": {"a": {"b": []}, "e": {}}, "l": [[], {}], "rest": 7, "x": ""}',
        ' {"id": 4.0, "s": " ", "c": "2024-01-01"} ',
        '{"id": 5, "s": "a\\tb\\u0001", "c": "2024-01-01", "1": {"0": "x"}, "d.t": "dot", "k": 8}',
        '{"id": {"a": 1}, "s": "an object for a key", "c": "2024-01-01"}',
        '{"id": 7, "s": "\\ud800", "c": "2024-01-01"}',
        '{"id": 8, "s": "x", "c": "2024-01-01", "n": NaN}',
        "[]",
        "{}",
    ]
    part = "extra: { n: { column: n, type: number } }\n    keep: '*'"

    statuses = run(desk, tmp_path / "odd", "\n".join(documents).encode(), "format: jsonl", part)

    good = {key for key, status in statuses.items() if status == "SUCCESS"}
    assert good >= {"1", "2", "3", "5"}
    assert len(good) == 5  # a key that is an object is a key like any other
    assert desk.records()["2"]["extra"]["big"] == "123456789012345678901234567890"


def test_json_values_kept_by_name(desk: Desk, tmp_path: Path) -> None:
    document = {"id": 1, "s": "a", "c": DAY, "k": "v", "n": {"m": 5}, "z": "not asked for"}

    run(desk, tmp_path / "odd", json.dumps(document).encode(), "format: jsonl", "keep: [k, n.m]")

    assert desk.records()["1"]["extra"] == {"k": "v", "n.m": "5"}
