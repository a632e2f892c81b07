"""The hand-written bad files: one row costs one row, and a file that cannot be used stops before anything is loaded."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from staging import heads, mapping_file, sources
from staging.faults import FileFault
from tests.factories.imports import Desk, Row

BAD: Final = Path(__file__).parents[2] / "data" / "bad"
EXPECTED: Final[dict[str, dict[str, Any]]] = yaml.safe_load((BAD / "expected.yaml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Imported:
    """What one import made of a folder."""

    folder: Path
    mapping: str
    rows: dict[str, list[Row]]
    """By file name."""
    subjects: dict[str, str]
    """By key."""
    read: dict[str, int]
    """Records that the reader counted, by file name."""

    def stream(self, name: str) -> bytes:
        """The bytes that places count in: the file's own, or its UTF-8 form for UTF-16."""
        (file,) = sources.find([self.folder / name])
        head = heads.look(file, mapping_file.load(self.mapping))
        with heads.open_stream(file, head.encoding) as stream:
            return stream.read()


def _imported(desk: Desk, folder: Path, mapping: Path) -> Imported:
    desk.run(folder, mapping=mapping, confirmed=True)
    rows: dict[str, list[Row]] = {}
    for row in desk.rows("request"):
        if Path(row.file).parent == folder:
            rows.setdefault(Path(row.file).name, []).append(row)
    subjects = {key: record["subject"] for key, record in desk.records().items()}
    read = dict(desk.query("SELECT name, read FROM staging.file"))
    return Imported(folder, str(mapping), rows, subjects, read)


@pytest.fixture(scope="module")
def csv_files(shared_desk: Desk) -> Imported:
    return _imported(shared_desk, BAD / "rows", BAD / "mapping.yaml")


@pytest.fixture(scope="module")
def json_files(shared_desk: Desk) -> Imported:
    return _imported(shared_desk, BAD / "json", BAD / "json.yaml")


@pytest.mark.parametrize("name", EXPECTED["rows"])
def test_one_bad_row_of_a_csv_file_costs_one_row(csv_files: Imported, name: str) -> None:
    _check(csv_files, name, EXPECTED["rows"][name])


@pytest.mark.parametrize("name", EXPECTED["json"])
def test_one_bad_line_of_json_costs_one_line(json_files: Imported, name: str) -> None:
    _check(json_files, name, EXPECTED["json"][name])


def _check(imported: Imported, name: str, expected: dict[str, Any]) -> None:
    rows = imported.rows.get(name, [])
    bad = [f"{row.line} {error['code']} {error['field'] or '-'}" for row in rows for error in row.errors]
    assert sorted(bad) == sorted(expected.get("bad", []))
    assert [row.line for row in rows if row.status == "SUCCESS"] == expected["good"]
    assert {
        row.line: imported.subjects[row.key or ""] for row in rows if row.line in expected.get("values", {})
    } == expected.get("values", {})
    assert len(rows) == imported.read[name]


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind in ("rows", "json") for name in EXPECTED[kind]])
def test_place_of_every_row_is_where_its_record_stands(
    csv_files: Imported, json_files: Imported, kind: str, name: str
) -> None:
    imported = csv_files if kind == "rows" else json_files
    data = imported.stream(name)
    for row in imported.rows.get(name, []):
        piece = data[row.offset : row.offset + row.length]
        assert row.line == 1 + data.count(b"\n", 0, row.offset)
        assert data[row.offset - 1 : row.offset] in {b"", b"\n"} or row.offset == 3, "a record begins a line"
        assert piece.endswith(b"\n") or row.offset + row.length == len(data), "and ends one"
        assert row.raw in {None, piece}


def test_errors_say_what_to_do(csv_files: Imported, json_files: Imported) -> None:
    for rows in (*csv_files.rows.values(), *json_files.rows.values()):
        for error in (error for row in rows for error in row.errors):
            assert set(error) == {"code", "field", "value", "text"}
            assert ":" in error["text"], "what is wrong: what to do"


@pytest.mark.parametrize("name", EXPECTED["files"])
def test_file_that_cannot_be_used_stops_before_anything_is_loaded(desk: Desk, name: str) -> None:
    with pytest.raises(FileFault) as caught:
        desk.run(BAD / "rows" / "references.csv", BAD / "files" / name, mapping=BAD / "mapping.yaml")

    assert caught.value.code == EXPECTED["files"][name]
    assert name in str(caught.value)
    assert ": " in str(caught.value).split(name)[1], "what is wrong: what to do"
    assert desk.query("SELECT 1 FROM staging.row UNION ALL SELECT 1 FROM staging.run") == []


def test_every_bad_file_has_its_line_in_the_table() -> None:
    for kind in ("rows", "json", "files"):
        assert {path.name for path in (BAD / kind).iterdir()} - {"companies.txt"} == set(EXPECTED[kind])
