"""pandas.to_sql as most people would first try it, on the first rows only."""

from pathlib import Path
from typing import Any, Final

import pandas as pd
import sqlalchemy as sa

from benchmarks.contender import Job
from benchmarks.exports import CASES

ROWS: Final = 20_000
"""All 290,000 take minutes and tell nothing new; the table says that it is scaled."""


def run(job: Job) -> tuple[int, dict[str, Any]]:
    """Read as text (anything else loses leading zeros) and write with the defaults."""
    frame = pd.read_csv(Path(job.folder, CASES), dtype=str, keep_default_na=False, nrows=ROWS)
    engine = sa.create_engine(sa.make_url(job.url).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        connection.execute(sa.schema.CreateSchema("bench"))
        frame.to_sql("landed", connection, schema="bench", index=False)
    engine.dispose()
    return len(frame), {}
