"""Decides what becomes of files that an interrupted run had begun to read when it is started again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from staging import tables
from staging.faults import FileFault
from staging.survey import Found

REPLACED: Final = " (replaced)"
"""Stands behind the digest of a file whose content was replaced before its run had ended."""


def settle_begun(connection: sa.Connection, run_id: int, found: Sequence[Found], *, now: datetime) -> None:
    """Give up files whose content was replaced since; refuse to go on without files that are not there at all.

    Otherwise the run would wait for them for ever. Raises `FileFault`.
    """
    file = tables.file
    query = sa.select(file.c.id, file.c.name, file.c.path, file.c.sha256)
    begun = connection.execute(query.where(file.c.run_id == run_id, file.c.loaded_at.is_(None))).all()
    present, names = {(item.file.name, item.sha256) for item in found}, {item.file.name for item in found}
    absent = [item for item in begun if (item.name, item.sha256) not in present]
    for item in absent:
        if item.name not in names:
            text = f"run {run_id} stopped before it was read to its end: give it again beside the other paths"
            raise FileFault(
                "FILE_MISSING", item.path, f"{text}, or take the run back with `caseline rollback {run_id}`"
            )
    of_run = connection.execute(query.where(file.c.run_id == run_id, file.c.sha256.not_like(f"%{REPLACED}"))).all()
    gone = [item.id for item in of_run if item.name in names and (item.name, item.sha256) not in present]
    # Under this digest the old content is not taken for one that was read whole, should it ever come back; and its rows
    # are met by the new content as those of an earlier run would be: as the same records, not as duplicates.
    values = {"loaded_at": sa.func.coalesce(file.c.loaded_at, now), "sha256": file.c.sha256.concat(REPLACED)}
    connection.execute(sa.update(file).values(values).where(file.c.id.in_(gone)))
