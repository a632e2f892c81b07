"""SQL of agreements that may not be asked about any more although an ask about them waits."""

from typing import Final

import sqlalchemy as sa

STATUS_LEFT: Final = "status left"
"""A service that goes on is not in work any more, or what is rendered once is not done."""
AGREEMENT_GONE: Final = "agreement gone"

# What the trigger asks for, said once more: whether an agreement has come to the status or has left it is one question.
_FITS: Final = "CASE WHEN s.kind = 'once' THEN g.status = 'done' ELSE g.status = 'work' END"
_LEFT: Final = sa.text(f"""
SELECT a.id FROM feedback.ask AS a
LEFT JOIN crm.agreement AS g ON g.id = a.subject_id LEFT JOIN crm.service AS s ON s.id = g.service_id
WHERE a.subject = 'agreement' AND a.state IN ('draft', 'needs_data', 'awaiting_address', 'queued')
  AND ({_FITS}) IS NOT TRUE AND a.id > :after
ORDER BY a.id LIMIT :most
""")  # noqa: S608 - our own words
_ONE: Final = sa.text(f"""
SELECT {_FITS} FROM crm.agreement AS g JOIN crm.service AS s ON s.id = g.service_id WHERE g.id = :id
""")  # noqa: S608 - our own words


def left(connection: sa.Connection, *, after: int, most: int) -> list[int]:
    """Asks about such agreements that have not left the house, by id from one on."""
    return list(connection.execute(_LEFT, {"after": after, "most": most}).scalars())


def why_not(connection: sa.Connection, agreement_id: int) -> str | None:
    """Why an agreement may not be asked about any more; None where it may."""
    row = connection.execute(_ONE, {"id": agreement_id}).one_or_none()
    if row is None:
        return AGREEMENT_GONE
    return None if row[0] else STATUS_LEFT
