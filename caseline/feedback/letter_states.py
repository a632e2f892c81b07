"""SQL of how asks stand to their letters: which were accepted or refused, and what is due to be sent."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from caseline.feedback.asks import Ask

_LOOKED_BACK: Final = timedelta(days=92)
"""What became of letters before that was settled long ago; else every round would read all that ever failed."""
_SETTLED: Final = """
SELECT a.id AS ask_id, l.state, l.reason, l.done_at FROM feedback.ask AS a JOIN outbox.letter AS l ON l.id = a.letter_id
"""
_FRESH: Final = sa.text(
    _SETTLED + "WHERE a.state = 'queued' AND l.state IN ('sent', 'failed', 'cancelled') ORDER BY a.id LIMIT :most"
)
_AFTER_ALL: Final = sa.text(
    _SETTLED + "WHERE a.state = 'failed' AND a.state_at >= :since AND a.sent_at IS NULL AND l.state = 'sent'"
    " ORDER BY a.id LIMIT :most"
)
_LEFT: Final = sa.text("SELECT done_at FROM outbox.letter WHERE id = :id AND state = 'sent'")
_BOUNCED: Final = sa.text(
    _SETTLED + "WHERE l.nature = 'ask' AND l.state = 'failed' AND l.done_at >= :since"
    " AND a.state IN ('sent', 'visited', 'answering') ORDER BY a.id LIMIT :most"
)
_ONE: Final = sa.text(_SETTLED + "WHERE a.state = 'queued' AND a.id = :id AND l.state = 'sent'")
_DUE: Final = sa.text("""
SELECT id FROM feedback.ask WHERE state = 'queued' AND letter_id IS NULL AND due_at <= :now
  AND channel = ANY (:channels)
ORDER BY due_at, id LIMIT :most
""")
_MAIL: Final = ("mail_link", "mail_smileys")
_REMIND: Final = sa.text("""
SELECT id FROM feedback.ask WHERE remind_at <= :now AND state IN ('sent', 'visited') ORDER BY remind_at, id LIMIT :most
""")
_EXPIRED: Final = sa.text("""
UPDATE feedback.ask SET state = 'expired', state_at = greatest(state_at, :now), state_by = 'job', remind_at = NULL
WHERE id IN (SELECT id FROM feedback.ask WHERE state IN ('sent', 'visited', 'answering') AND expires_at <= :now
  AND judge_at IS NULL ORDER BY expires_at, id LIMIT :most FOR UPDATE SKIP LOCKED)
""")
# Only what waits is looked at, by an index of its own, however much was asked before.
_ADDRESSED: Final = sa.text("""
SELECT id, address FROM (
  SELECT a.id, CASE WHEN a.channel = 'chat' THEN nullif(trim(coalesce(nullif(trim(c.mobile), ''), c.phone)), '')
    ELSE nullif(trim(coalesce(nullif(trim(c.email), ''), o.email)), '') END AS address
  FROM feedback.ask AS a
  LEFT JOIN crm.record AS r ON a.subject = 'request' AND r.id = a.subject_id
  LEFT JOIN crm.contact AS c ON c.id = coalesce(r.contact_id, a.contact_id)
  LEFT JOIN crm.company AS o ON o.id = coalesce(r.company_id, c.company_id, a.company_id)
  WHERE a.state = 'needs_data'
) AS known WHERE address IS NOT NULL AND id > :after ORDER BY id LIMIT :most
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What became of the letter of an ask."""

    ask_id: int
    state: str
    """Of the letter."""
    reason: str | None
    done_at: datetime


def settled(connection: sa.Connection, most: int, *, now: datetime) -> list[Settled]:
    """Asks whose letters the mail server has taken or refused, or whose letters came back."""
    lately = {"most": most, "since": now - _LOOKED_BACK}
    rows = [
        *connection.execute(_FRESH, {"most": most}).mappings(),
        *connection.execute(_AFTER_ALL, lately).mappings(),
        *connection.execute(_BOUNCED, lately).mappings(),
    ]
    return [Settled(**row) for row in rows]


def accepted(connection: sa.Connection, ask_id: int) -> Settled | None:
    """What became of the letter of an ask that waits for it, if the mail server has taken it."""
    row = connection.execute(_ONE, {"id": ask_id}).mappings().one_or_none()
    return None if row is None else Settled(**row)


def left(connection: sa.Connection, ask: Ask) -> list[datetime]:
    """When the letters of an ask left, the first one first: the second is its reminder."""
    found = [ask.sent_at or ask.happened_at]
    if ask.reminder_id is not None:
        found += connection.execute(_LEFT, {"id": ask.reminder_id}).scalars()
    return found


def due(connection: sa.Connection, *, now: datetime, most: int, letters: bool = True) -> list[int]:
    """Asks that are to be sent by now, but for chats; without `letters` only those that need none."""
    return _due(connection, now, most, ["web", *(_MAIL if letters else ())])


def chats_due(connection: sa.Connection, *, now: datetime, most: int) -> list[int]:
    """Asks of which a dialogue is to be begun by now."""
    return _due(connection, now, most, ["chat"])


def _due(connection: sa.Connection, now: datetime, most: int, channels: list[str]) -> list[int]:
    return list(connection.execute(_DUE, {"now": now, "most": most, "channels": channels}).scalars())


def to_remind(connection: sa.Connection, *, now: datetime, most: int) -> list[int]:
    """Asks that nobody has answered, of which a reminder is to be written by now."""
    return list(connection.execute(_REMIND, {"now": now, "most": most}).scalars())


def expire(connection: sa.Connection, *, now: datetime, most: int) -> int:
    """End the links whose time is over; answers how many. What is still being judged waits for that."""
    return connection.execute(_EXPIRED, {"now": now, "most": most}).rowcount


def addressed(connection: sa.Connection, *, after: int, most: int) -> list[tuple[int, str]]:
    """(ask, address) of those whose clients have an address by now, by id from one on."""
    return [tuple(row) for row in connection.execute(_ADDRESSED, {"after": after, "most": most})]
