"""Records that are longer than others: fields of megabytes, records longer than a block, records that never end."""

from pathlib import Path
from typing import Any

import pytest

from staging import blocks
from tests.factories.imports import Desk
from tests.factories.salesforce import case, case_id, table

MIB = 1024 * 1024
CASES: dict[str, Any] = {"only": ("request",)}
LENIENT = (
    "extends: salesforce\nparts: { request: { fields: { description: { column: Description, max: 100000000 } } } }\n"
)


def lenient(folder: Path) -> Path:
    """A mapping that does not cut descriptions."""
    (folder / "lenient.yaml").write_text(LENIENT)
    return folder / "lenient.yaml"


def test_field_of_five_megabytes_arrives_whole(desk: Desk, tmp_path: Path) -> None:
    text = 'Привет, "мир"\r\n5\' 6" ' * (5 * MIB // 22)
    (tmp_path / "Case.csv").write_text(
        table([case(1), case(2, Description=text), case(3)]), encoding="utf-8", newline=""
    )

    desk.run(tmp_path / "Case.csv", mapping=lenient(tmp_path), **CASES)

    assert [row.status for row in desk.rows()] == ["SUCCESS"] * 3
    assert desk.records()[case_id(2)]["description"] == text


def test_big_field_of_a_damaged_block_arrives_whole_too(desk: Desk, tmp_path: Path) -> None:
    text = '5" pipe ' * MIB
    lines = (
        table([case(1), case(2, Description="@"), case(3), case(4)]).replace("@", text).replace("Case 3", "Ca\0se 3")
    )
    (tmp_path / "Case.csv").write_text(lines, encoding="utf-8")

    desk.run(tmp_path / "Case.csv", mapping=lenient(tmp_path), **CASES)

    assert [row.codes for row in desk.rows()] == [[], [], ["NUL_BYTE"], []]
    assert desk.records()[case_id(2)]["description"] == text


def test_record_longer_than_a_block_arrives_whole(desk: Desk, tmp_path: Path) -> None:
    text = "0123456789abcde\n" * MIB
    assert len(text) == 16 * MIB > blocks.SIZE
    (tmp_path / "Case.csv").write_text(table([case(1), case(2, Description=text), case(3)]))

    desk.run(tmp_path / "Case.csv", mapping=lenient(tmp_path), **CASES)

    assert {row.line: row.status for row in desk.rows()} == {2: "SUCCESS", 3: "SUCCESS", 3 + MIB + 1: "SUCCESS"}
    ((length,),) = desk.query(f"SELECT length(description) FROM crm.record WHERE origin = '{case_id(2)}'")
    assert length == 16 * MIB


def test_quote_left_open_before_many_blocks_costs_one_row(desk: Desk, tmp_path: Path) -> None:
    filler = "x" * 20_000
    lines = [case(n, Description=filler) for n in range(1000)]
    data = table(lines).replace("Case 7,", '"Case 7,')
    assert len(data) > 2 * blocks.SIZE
    (tmp_path / "Case.csv").write_text(data)

    desk.run(tmp_path / "Case.csv", **CASES)

    assert {row.line: row.codes for row in desk.rows() if row.codes} == {9: ["UNCLOSED_QUOTE"]}
    assert desk.totals() == {"read": 1000, "new": 0, "success": 999, "failed": 1, "filtered": 0}


@pytest.mark.long
def test_record_that_never_ends_is_given_up_and_the_rest_is_read(desk: Desk, tmp_path: Path) -> None:
    endless = b"x" * (blocks.LONGEST + 3 * MIB)
    good = [line.encode() + b"\n" for line in table([case(1), case(2)]).splitlines()]
    (tmp_path / "Case.csv").write_bytes(good[0] + good[1] + endless + b"\n" + good[2])

    desk.run(tmp_path / "Case.csv", **CASES)

    rows = desk.rows()
    assert [row.status for row in rows] == ["SUCCESS", "FAILED", "FAILED", "SUCCESS"]
    assert rows[1].codes == ["TOO_LONG"]
    assert (rows[0].line, rows[-1].line) == (2, 4)
