"""SQL of what an erasure leaves: a line that it was done, an event, and by whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from caseline.privacy.tables import erasure

EVENT: Final = "erased"
_TELL: Final = """
INSERT INTO crm.event (entity, record_id, type, at, data) VALUES ('contact', :contact, :event, :at, CAST('{}' AS jsonb))
"""


@dataclass(frozen=True, slots=True)
class Erasure:
    """That data of a person were erased."""

    at: datetime
    by: str


def note(
    connection: sa.Connection, contact_id: int | None, counts: Mapping[str, int], *, by: str, now: datetime
) -> None:
    """Write down that it was done, and tell the event log; no word about whom."""
    values = {"contact_id": contact_id, "at": now, "by": by, "counts": dict(counts)}
    connection.execute(sa.insert(erasure).values(values))
    if contact_id is not None:
        connection.execute(sa.text(_TELL), {"contact": contact_id, "event": EVENT, "at": now})


def last(connection: sa.Connection, contact_id: int) -> Erasure | None:
    """When a contact was erased last."""
    query = sa.select(erasure.c.at, erasure.c.by).where(erasure.c.contact_id == contact_id)
    row = connection.execute(query.order_by(erasure.c.id.desc()).limit(1)).one_or_none()
    return None if row is None else Erasure(row.at, row.by)
