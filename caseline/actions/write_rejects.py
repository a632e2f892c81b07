"""Writes FAILED rows into files that people mend and import again."""

import csv
import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import sqlalchemy as sa

from caseline.actions.replace_file import replacing
from caseline.actions.wiring import House
from staging import mapping_file, reject_lines, rejects, report
from staging.mapping import Mapping


@dataclass(frozen=True, slots=True)
class Written:
    """A file of rejects, or a member of a zip, with the rows in it."""

    path: str
    part: str
    rows: int


def write(house: House, out: Path, *, source: str | None = None, part: str | None = None) -> tuple[str, list[Written]]:
    """Write the rejects of a source (the last imported one) to `out`; answers (mapping, files), no file if none FAILED.

    One part goes into `out` itself, several into files beside it (`out-contact.csv`), and into a zip as its members,
    each with a name by which the import finds its part. `part` may also be an entity. `.jsonl` sources give JSON lines.
    Raises `NothingImported`.
    """
    with house.engine.begin() as connection:
        mapping = report.last_mapping(connection, source)
        named = mapping_file.name_of(mapping) or "FILE"
        found = rejects.parts(connection, mapping.source, part)
        if not found:
            return named, []
        if out.suffix.lower() == ".zip":
            return named, _write_zip(connection, mapping, found, out)
        several = len(found) > 1
        paths = [out.with_name(f"{out.stem}-{one.name}{out.suffix}") if several else out for one in found]
        return named, [_write_file(connection, mapping, one, path) for one, path in zip(found, paths, strict=True)]


def _write_file(connection: sa.Connection, mapping: Mapping, part: rejects.Part, path: Path) -> Written:
    with replacing(path) as file:
        return Written(str(path), part.name, _fill(connection, mapping, part, file))


def _write_zip(connection: sa.Connection, mapping: Mapping, found: list[rejects.Part], out: Path) -> list[Written]:
    names = {part: rejects.file_name(connection, mapping, part) for part in found}
    written = []
    with replacing(out) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, name in names.items():
            # Parts that stand in the lines of one file have one name: a folder for each keeps them apart.
            shared = list(names.values()).count(name) > 1
            member = f"{part.name}/{name}" if shared else name
            with archive.open(member, "w", force_zip64=True) as stream:
                written.append(Written(f"{out}!{member}", part.name, _fill(connection, mapping, part, stream)))
    return written


def _fill(connection: sa.Connection, mapping: Mapping, part: rejects.Part, file: IO[bytes]) -> int:
    columns = rejects.columns(connection, part)
    rows = rejects.stream(connection, mapping, part, columns)
    # The mark makes spreadsheets read UTF-8, and the import too, whatever encoding the source has; JSON knows of none.
    encoding = "utf-8" if mapping.format == "jsonl" else "utf-8-sig"
    text = io.TextIOWrapper(file, encoding=encoding, newline="", write_through=True)
    if mapping.format == "jsonl":
        objects = (reject_lines.document(part.name, columns, row) for row in rows)
        text.writelines(json.dumps(found, ensure_ascii=False) + "\n" for found in objects)
    else:
        writer = csv.writer(text, delimiter=mapping.delimiter, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow(reject_lines.header(columns))
        writer.writerows(reject_lines.record(part.name, row) for row in rows)
    text.detach()
    return part.failed
