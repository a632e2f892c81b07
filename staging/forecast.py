"""Guesses how many records a file holds from its first ones, so that progress has an end to run to."""

from typing import Final

from staging import heads
from staging.blocks import Cutter
from staging.mapping import Mapping
from staging.survey import Found

SAMPLE: Final = 1024 * 1024
_UTF16: Final = 0.6
"""Bytes as UTF-8 for each byte of UTF-16: Latin text halves, Cyrillic stays as long."""


def records(found: Found, mapping: Mapping) -> int:
    """About how many records stand in a file; exact when it is shorter than the sample."""
    head = found.head
    delimiter = mapping.delimiter if mapping.format == "csv" else None
    with heads.open_stream(found.file, head.encoding) as stream:
        stream.read(head.position)
        block = Cutter(stream, offset=head.position, line=head.line, delimiter=delimiter, size=SAMPLE).next()
    if block is None or not len(block.starts):
        return 0
    if block.last:
        return len(block.starts)
    size = found.file.size * (_UTF16 if head.encoding == "utf-16" else 1)
    return int(len(block.starts) * (size - head.position) / len(block.data))
