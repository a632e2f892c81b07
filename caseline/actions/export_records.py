"""Writes all records of an entity into a file for other programs, streamed."""

import csv
import io
import json
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, Final

from caseline.actions.replace_file import replacing
from caseline.actions.wiring import House
from caseline.crm import vocabulary

EXTRA: Final = "extra"
_EVERY: Final = 1_000  # rows between two calls of `watch`


def export(
    house: House,
    entity: str,
    out: Path,
    *,
    source: str | None = None,
    watch: Callable[[int], None] = lambda _: None,
) -> int:
    """Write id, source, origin, version, core fields (references as origin of their target) and extra fields.

    `.jsonl` gives one object a line with `extra` inside it; any other ending gives CSV (UTF-8) with a column
    `extra.<name>` for each extra field in use. Times are ISO 8601 in UTC. Answers the number of records.
    """
    rows = _counted(house.crm.read(entity, source), watch)
    if out.suffix.lower() == ".jsonl":
        with replacing(out) as file:
            return _write_lines(rows, file, set())
    extras: set[str] = set()
    # Which extra fields there are is known when all has been read; so it is read once, and spread into columns then.
    with tempfile.TemporaryFile(dir=out.parent) as spool, replacing(out) as file:
        number = _write_lines(rows, spool, extras)
        spool.seek(0)
        _write_table(entity, spool, file, sorted(extras))
    return number


def _counted(rows: Iterator[dict[str, Any]], watch: Callable[[int], None]) -> Iterator[dict[str, Any]]:
    for number, row in enumerate(rows, 1):
        yield row
        if number % _EVERY == 0:
            watch(number)


def _write_lines(rows: Iterator[dict[str, Any]], file: IO[bytes], extras: set[str]) -> int:
    number = 0
    for number, row in enumerate(rows, 1):  # noqa: B007 - the last number is the count
        extras.update(row[EXTRA])
        file.write(json.dumps(row, ensure_ascii=False, default=_plain).encode() + b"\n")
    return number


def _write_table(entity: str, lines: IO[bytes], file: IO[bytes], extras: list[str]) -> None:
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    names = ["id", "source", "origin", "version", *(field.name for field in vocabulary.ENTITIES[entity])]
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow([*names, *(f"{EXTRA}.{name}" for name in extras)])
    for line in lines:
        row = json.loads(line)
        extra = row[EXTRA]
        writer.writerow([*(_cell(row[name]) for name in names), *(_cell(extra.get(name)) for name in extras)])
    text.detach()


def _cell(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"no way to write {type(value).__name__}")
