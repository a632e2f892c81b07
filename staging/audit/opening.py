"""Opens a located file as chunks of records, in the encoding that it is found to have."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from staging.audit import text_lines
from staging.audit.csv_records import CsvRecords
from staging.audit.faulty import AuditFault
from staging.audit.json_records import JsonRecords
from staging.audit.records import Chunks
from staging.audit.source_files import Source
from staging.audit.store import StagedFile
from staging.mapping import Mapping


@dataclass(frozen=True, slots=True)
class Opened:
    """A file whose encoding is known."""

    source: Source
    encoding: str
    mapping: Mapping

    @property
    def staged(self) -> StagedFile:
        """What the staging tables know of it."""
        return self.source.staged

    @property
    def size(self) -> int:
        """Bytes that are read, packed ones unpacked."""
        with self.source.open() as stream:
            return stream.seek(0, 2)

    @contextmanager
    def reading(self) -> Iterator[tuple[Chunks, Callable[[], int]]]:
        """(chunks of records, a function that answers how many bytes are read)."""
        nothing = frozenset({"", *self.mapping.nulls})
        with self.source.open() as stream, text_lines.text(stream, self.encoding) as lines:
            records: CsvRecords | JsonRecords
            if self.mapping.format == "jsonl":
                records = JsonRecords(lines, nothing=nothing)
            else:
                records = CsvRecords(lines, delimiter=self.mapping.delimiter, nothing=nothing)
            yield records.chunks(), stream.tell


def look(source: Source, mapping: Mapping) -> Opened:
    """Find out the encoding; `AuditFault` when none of the mapping's fits."""
    with source.open() as stream:
        found = text_lines.encoding(stream.read(text_lines.SAMPLE), mapping.encodings)
    if found is None:
        wanted = " or ".join(mapping.encodings)
        raise AuditFault(
            f"{source.path}: it is not written in {wanted}: name its encoding in the mapping (`encodings`)"
        )
    return Opened(source, found, mapping)
