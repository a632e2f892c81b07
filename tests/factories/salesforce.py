"""Small Salesforce exports: records as dictionaries, files as their columns say."""

import csv
import zipfile
from collections.abc import Iterable, Sequence
from io import StringIO
from pathlib import Path

OPENED = "2024-01-15 10:00:00"
Record = dict[str, str]


def case_id(number: int) -> str:
    """A case's id of 18 characters."""
    return f"500{number:012d}AAA"


def account_id(number: int) -> str:
    """A company's id of 18 characters."""
    return f"001{number:012d}AAA"


def case(number: int, **fields: str) -> Record:
    """A good case, unless `fields` say otherwise."""
    return {
        "Id": case_id(number),
        "CaseNumber": f"{number:08d}",
        "Subject": f"Case {number}",
        "Status": "New",
        "CreatedDate": OPENED,
    } | fields


def account(number: int, **fields: str) -> Record:
    """A good company."""
    return {"Id": account_id(number), "Name": f"Company {number}", "CreatedDate": OPENED} | fields


def table(records: Iterable[Record], columns: Sequence[str] | None = None) -> str:
    """CSV text; without `columns` the header has every column that a record has."""
    rows = list(records)
    header = list(columns) if columns else list(dict.fromkeys(name for row in rows for name in row))
    out = StringIO()
    writer = csv.DictWriter(out, header, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def export(folder: Path, **files: Iterable[Record]) -> Path:
    """A folder with `Case=[...]`, `Account=[...]` and so on as CSV files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, records in files.items():
        (folder / f"{name}.csv").write_text(table(records), encoding="utf-8")
    return folder


def packed(archive: Path, **files: Iterable[Record]) -> Path:
    """The same as a zip."""
    archive.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, records in files.items():
            opened.writestr(f"{name}.csv", table(records))
    return archive
