"""SQL of measuring a house: each measure by itself, for a limited time, so that one that fails costs only itself."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from caseline.health.measures import MEASURES, Measure, Sample, Taken

LONGEST_MS: Final = 5_000


def take(engine: sa.Engine, *, now: datetime, measures: Iterable[Measure] = MEASURES) -> Taken:
    """Measure; reads only."""
    samples: list[Sample] = []
    failed: dict[str, str] = {}
    with engine.connect() as connection:
        for measure in measures:
            try:
                connection.execute(sa.text(f"SET LOCAL statement_timeout = {LONGEST_MS}"))
                connection.execute(sa.text("SET TRANSACTION READ ONLY"))
                rows = connection.execute(sa.text(measure.statement), {"now": now}).all()
            except sa.exc.DBAPIError as error:
                if error.connection_invalidated:
                    raise
                failed[measure.name] = str(error.orig).splitlines()[0]
            else:
                samples += (Sample(measure.name, tuple(map(str, row[:-1])), float(row[-1])) for row in rows)
            finally:
                connection.rollback()
    return Taken(tuple(samples), failed)
