"""dlt by its quickest way into PostgreSQL: Arrow tables, its csv loader, no normalising of values."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import dlt
import pyarrow as pa
import pyarrow.csv
from dlt.destinations import postgres
from dlt.destinations.impl.postgres.configuration import PostgresCredentials
from sqlalchemy import make_url

from benchmarks.contender import Job
from benchmarks.exports import CASES


def run(job: Job) -> tuple[int, dict[str, Any]]:
    """Text columns, no keys: what raw COPY does, with dlt's packages, schema and bookkeeping."""
    pipeline = dlt.pipeline(
        "bench", destination=postgres(_credentials(job.url)), dataset_name="bench", pipelines_dir=job.scratch
    )
    source = dlt.resource(_tables(Path(job.folder, CASES)), name="landed")
    info = pipeline.run(source, loader_file_format="csv", write_disposition="append")
    info.raise_on_failed_jobs()
    trace = pipeline.last_trace
    normalized = trace.last_normalize_info if trace else None
    return (normalized.row_counts["landed"] if normalized else 0), {}


def _tables(path: Path) -> Iterator[pa.Table]:
    with path.open("rb") as file:
        header = pa.csv.read_csv(pa.py_buffer(file.readline())).column_names
    convert = pa.csv.ConvertOptions(column_types=dict.fromkeys(header, pa.string()))
    parse = pa.csv.ParseOptions(newlines_in_values=True)
    read = pa.csv.ReadOptions(block_size=16 << 20)
    with pa.csv.open_csv(path, read_options=read, parse_options=parse, convert_options=convert) as batches:
        for batch in batches:
            yield pa.Table.from_batches([batch])


def _credentials(url: str) -> PostgresCredentials:
    """The same server as everybody's: its socket folder stands where dlt wants the name of a machine."""
    parts = make_url(url)
    credentials = PostgresCredentials()
    credentials.database = parts.database or ""
    credentials.username = parts.username or ""
    credentials.password = "none"  # noqa: S105 - the socket asks for none, dlt insists
    credentials.host = quote(str(parts.query["host"]), safe="")
    credentials.port = int(str(parts.query["port"]))
    credentials.resolve()
    return credentials
