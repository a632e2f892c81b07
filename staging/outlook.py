"""What stands before an open run: asked once when somebody begins to work on it."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from staging import forecast, loading, report, tables
from staging.mapping import Mapping
from staging.register import Found


@dataclass(frozen=True, slots=True)
class Outlook:
    """How far a run is, and what is left of it, in rows."""

    settled: int
    """Became SUCCESS or FAILED in this run already."""
    failed: int
    waiting: int
    """Loaded, and to be settled: also FAILED rows of earlier runs that are tried once more."""
    unread: int
    """Still in the files; guessed from the first records of each."""
    files: int
    """Files that are not read to their end."""

    @property
    def expected(self) -> int:
        """Rows that the whole run will settle, about."""
        return self.settled + self.waiting + self.unread

    @property
    def nothing_to_do(self) -> bool:
        """Neither files nor rows are left."""
        return not self.files and not self.waiting


def look(connection: sa.Connection, run_id: int, found: Sequence[Found], mapping: Mapping) -> Outlook:
    """Look ahead; takes as long as counting the rows that wait."""
    done = report.progress(connection, run_id)
    left = loading.unloaded(connection, run_id, list(found))
    unread = 0.0
    for file in left:
        share = 1 - file.position / file.found.file.size if file.found.file.size else 0
        unread += forecast.records(file.found, mapping) * share * len(file.found.parts)
    return Outlook(done.settled, done.failed, _waiting(connection, run_id), int(unread), len(left))


def _waiting(connection: sa.Connection, run_id: int) -> int:
    """Rows in batches that are not done; SUCCESS and, unless the batch is a retry, FAILED are not touched again."""
    batch, row = tables.batch, tables.row
    reach = sa.and_(
        row.c.part_id == batch.c.part_id,
        row.c.layout_id == batch.c.layout_id,
        row.c.id.between(batch.c.first_id, batch.c.last_id),
        sa.or_(row.c.status == tables.NEW, sa.and_(batch.c.retry, row.c.status == tables.FAILED)),
    )
    query = sa.select(sa.func.count()).select_from(batch.join(row, reach))
    return int(connection.execute(query.where(batch.c.run_id == run_id, batch.c.done_at.is_(None))).scalar_one())
