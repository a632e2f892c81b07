"""SQL of asks that a campaign has made and that have not left, when it is switched off."""

from datetime import datetime
from typing import Final

import sqlalchemy as sa

from caseline.feedback.drafting import BY_HAND

OFF: Final = "switched off"
"""Why nobody is asked any more."""
_WAITS: Final = """
campaign_id = :campaign AND state IN ('draft', 'needs_data', 'awaiting_address', 'queued')
  AND NOT starts_with(period, :by_hand)
"""
# Their periods make room: switched on again from an earlier day, the campaign asks about the same.
_CANCEL: Final = sa.text(f"""
UPDATE feedback.ask AS a SET state = 'cancelled', state_at = greatest(state_at, :now), state_by = :by, reason = :off,
  period = :off || ' ' || id
WHERE {_WAITS} AND letter_id IS NULL AND NOT EXISTS (SELECT FROM feedback.dialogue AS d WHERE d.ask_id = a.id)
""")  # noqa: S608 - our own words
_BEGUN: Final = sa.text(f"SELECT id FROM feedback.ask WHERE {_WAITS} ORDER BY id FOR UPDATE")  # noqa: S608 - as above


def cancel(connection: sa.Connection, campaign_id: int, *, by: str, now: datetime) -> int:
    """Cancel those of which nothing was written yet, but for what somebody has asked by hand; answers how many."""
    values = {"campaign": campaign_id, "by_hand": BY_HAND, "by": by, "now": now, "off": OFF}
    return connection.execute(_CANCEL, values).rowcount


def begun(connection: sa.Connection, campaign_id: int) -> list[int]:
    """The others, held: their letters wait in the outbox, or their chats were begun."""
    return list(connection.execute(_BEGUN, {"campaign": campaign_id, "by_hand": BY_HAND}).scalars())
