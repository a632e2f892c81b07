"""SQL of what is told on from the event log: requests that were closed, and answers that count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

_EVENTS: Final = sa.text("""
SELECT e.id, e.type, e.at, e.data, r.id AS record_id, coalesce(r.number, r.id::text) AS number, r.kind, r.category,
  a.public_id, a.subject, a.subject_id, c.code AS campaign
FROM crm.event AS e JOIN crm.record AS r ON r.id = e.record_id
LEFT JOIN feedback.ask AS a ON e.type = 'feedback_received' AND a.id = CAST(e.data ->> 'ask' AS bigint)
LEFT JOIN feedback.campaign AS c ON c.id = a.campaign_id
WHERE e.id = ANY (CAST(:ids AS bigint[])) AND e.entity = 'request' ORDER BY e.id
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """A line of the event log with what is told of it."""

    id: int
    type: str
    at: datetime
    data: Mapping[str, Any]
    record_id: int
    number: str
    kind: str
    category: str | None
    public_id: str | None
    """Of the ask, where it is about an answer."""
    subject: str | None
    subject_id: int | None
    campaign: str | None


def happened(connection: sa.Connection, ids: Sequence[int]) -> list[Happened]:
    """These events of records, the oldest first; none of a record that is gone."""
    rows = connection.execute(_EVENTS, {"ids": list(ids)}).mappings()
    return [Happened(**{**row, "data": row["data"] or {}}) for row in rows]
