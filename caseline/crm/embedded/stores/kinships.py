"""SQL of what a request has to do with others: links, and merges from both ends, asked for at once."""

from typing import Final

import sqlalchemy as sa

from caseline.crm.kin import Kin

_KIN: Final = sa.text("""
WITH RECURSIVE chain AS (
  SELECT record_id, into_id, at FROM crm.merge WHERE record_id = :id
  UNION
  SELECT further.record_id, further.into_id, further.at
  FROM crm.merge AS further JOIN chain ON chain.into_id = further.record_id
)
SELECT 'into' AS what, record_id, into_id AS other_id, NULL AS kind, at FROM chain
UNION ALL SELECT 'merged', record_id, into_id, NULL, at FROM crm.merge WHERE into_id = :id
UNION ALL SELECT 'link', record_id, other_id, kind, at FROM crm.link WHERE record_id = :id OR other_id = :id
ORDER BY at
""")


def of(connection: sa.Connection, record_id: int) -> Kin:
    """All of a request."""
    found = connection.execute(_KIN, {"id": record_id}).all()
    return Kin(
        links=tuple((row.record_id, row.other_id, row.kind) for row in found if row.what == "link"),
        merges={row.record_id: row.other_id for row in found if row.what == "into"},
        merged=tuple(row.record_id for row in found if row.what == "merged"),
    )
