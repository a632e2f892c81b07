"""Rejects of sources that look quite different: JSON lines, and one flat file with records inside its lines."""

import csv
import json
from pathlib import Path

from tests.integration.cli.conftest import Command, Query

JSON_LINES = """
version: 1
source: tickets
title: Tickets as JSON lines
format: jsonl
stages: [{ code: open, label: Open }]
parts:
  request:
    files: ["tickets*.jsonl"]
    key: id
    fields:
      number: id
      subject: { column: title, required: true }
      description: body.text
      stage: { column: state.name, values: { open: open } }
      created_at: { column: state.since, formats: "YYYY-MM-DD hh:mm:ss" }
    keep: "*"
"""

FLAT = """
version: 1
source: flat
title: One flat file
delimiter: ";"
encodings: [windows-1251]
zone: Europe/Moscow
dates: ["DD.MM.YYYY hh:mm"]
stages: [{ code: open, label: Open }]
parts:
  company:
    files: [list.csv]
    inline: true
    key: { column: Клиент, fold: true }
    fields:
      name: { column: Клиент, max: 20 }
  request:
    files: [list.csv]
    key: Номер
    fields:
      number: Номер
      subject: { column: Тема, required: true }
      stage: { column: Статус, values: { открыта: open } }
      company: { to: company, here: true }
      created_at: Дата
"""


def ticket(number: int, **changes: object) -> str:
    good = {
        "id": number,
        "title": f"Ticket {number}",
        "body": {"text": "line\nline", "words": 2},
        "state": {"name": "open", "since": "2024-01-02 03:04:05"},
        "tags": ["a", "b"],
    }
    return json.dumps(good | changes, ensure_ascii=False)


def test_json_lines_come_back_mended(caseline: Command, query: Query, tmp_path: Path) -> None:
    mapping = tmp_path / "tickets.yaml"
    mapping.write_text(JSON_LINES, encoding="utf-8")
    lines = [ticket(1), ticket(2, title=""), '{"id": 3, "title": "broken', ticket(1, title="Twice")]
    (tmp_path / "tickets.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    rejects = tmp_path / "rejects.jsonl"
    assert caseline("import", tmp_path / "tickets.jsonl", "--mapping", mapping).code == 3
    caseline("rejects", "--out", rejects)

    untouched = caseline("import", rejects, "--mapping", mapping, "--json").object["entities"]["request"]

    rows = [json.loads(line) for line in rejects.read_text(encoding="utf-8-sig").splitlines()]
    assert [row["caseline_codes"] for row in rows] == ["MISSING", "BAD_JSON", "DUPLICATE"]
    assert rows[0]["body"] == {"text": "line\nline", "words": "2"}
    assert rows[1]["caseline_raw"] == lines[2] + "\n"
    assert (untouched["success"], untouched["failed"]) == (1, 3)

    mended = [
        rows[0] | {"title": "Ticket 2"},
        json.loads(ticket(3)) | {name: rows[1][name] for name in ("caseline_row", "caseline_part")},
        rows[2] | {"id": "4"},
    ]
    rejects.write_text("".join(json.dumps(row) + "\n" for row in mended), encoding="utf-8")
    answer = caseline("import", rejects, "--mapping", mapping, "--json")

    assert answer.code == 0, answer.err
    assert query("SELECT origin, subject FROM crm.record ORDER BY origin") == [
        ("1", "Ticket 1"),
        ("2", "Ticket 2"),
        ("3", "Ticket 3"),
        ("4", "Twice"),
    ]


def test_records_inside_the_lines_of_another_part_come_back_mended(
    caseline: Command, query: Query, tmp_path: Path
) -> None:
    mapping = tmp_path / "flat.yaml"
    mapping.write_text(FLAT, encoding="utf-8")
    header = "Номер;Тема;Статус;Клиент;Дата"
    lines = [
        "1;Первая;открыта;Ромашка;01.02.2024 10:00",
        "2;;открыта;Ромашка;01.02.2024 10:00",
        f"3;Третья;открыта;{'Длинное имя ' * 3};01.02.2024 10:00",
    ]
    (tmp_path / "list.csv").write_bytes("\n".join([header, *lines, ""]).encode("windows-1251"))
    assert caseline("import", tmp_path / "list.csv", "--mapping", mapping).code == 3
    archive = tmp_path / "rejects.zip"

    written = caseline("rejects", "--out", archive)
    assert "rejects.zip!company/list.csv: 1 row of company" in written.out
    assert "rejects.zip!request/list.csv: 2 rows of request" in written.out

    caseline("rejects", "--out", tmp_path / "mended.csv")
    for part, column, value in (("company", "Клиент", "Короткое имя"), ("request", "Тема", "Вторая")):
        path = tmp_path / f"mended-{part}.csv"
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file, delimiter=";"))
        rows[0][column] = value
        if part == "request":
            rows[1]["Клиент"] = "Короткое имя"
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), delimiter=";")
            writer.writeheader()
            writer.writerows(rows)
    answer = caseline(
        "import", tmp_path / "mended-company.csv", tmp_path / "mended-request.csv", "--mapping", mapping, "--json"
    )

    assert answer.code == 0, answer.out + answer.err
    found = query(
        "SELECT r.origin, r.subject, c.name FROM crm.record r JOIN crm.company c ON c.id = r.company_id ORDER BY 1"
    )
    assert found == [("1", "Первая", "Ромашка"), ("2", "Вторая", "Ромашка"), ("3", "Третья", "Короткое имя")]
