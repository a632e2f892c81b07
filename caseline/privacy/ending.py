"""SQL that ends what is under way to a person: asks, letters in the queue, mails that were not taken in."""

from datetime import datetime
from typing import Final

import sqlalchemy as sa

from caseline.db.arrays import bigints, texts
from caseline.privacy.fates import Of
from caseline.privacy.whom import Found

REASON: Final = "erased"
# What was sent ends as if its time were over, so that the funnel stays what it was; what waits is cancelled. An answer
# that is being judged is judged: its values stay, and the words go.
_ASKS: Final = """
UPDATE feedback.ask SET state = CASE WHEN state IN ('sent', 'visited') THEN 'expired' ELSE 'cancelled' END,
  reason = CASE WHEN state IN ('sent', 'visited') THEN reason ELSE :reason END,
  state_at = greatest(state_at, :now), state_by = 'job', due_at = NULL, remind_at = NULL
WHERE id = ANY (CAST(:ids AS bigint[])) AND (state IN ('draft', 'needs_data', 'awaiting_address', 'queued')
  OR state IN ('sent', 'visited'))
"""
_REMINDERS: Final = """
UPDATE feedback.ask SET remind_at = NULL WHERE id = ANY (CAST(:ids AS bigint[])) AND remind_at IS NOT NULL
"""
_LETTERS: Final = """
UPDATE outbox.letter SET state = 'cancelled', reason = :reason, done_at = coalesce(done_at, :now), until = NULL,
  owner = NULL, fence = fence + 1, blanked = true
WHERE id = ANY (CAST(:ids AS bigint[])) AND state IN ('queued', 'held', 'sending', 'failed')
"""
_BLANKED: Final = "UPDATE outbox.letter SET blanked = true WHERE id = ANY (CAST(:ids AS bigint[])) AND NOT blanked"
# A letter to others goes on without the person.
_RECIPIENTS: Final = """
UPDATE outbox.recipient SET address = '—', folded = '—', name = '', answer = NULL,
  state = CASE WHEN state = 'waiting' THEN 'failed' ELSE state END
WHERE letter_id = ANY (CAST(:ids AS bigint[])) AND folded = ANY (CAST(:addresses AS text[]))
"""
_RECIPIENT_COUNT: Final = """
SELECT count(*) FROM outbox.recipient
WHERE letter_id = ANY (CAST(:ids AS bigint[])) AND folded = ANY (CAST(:addresses AS text[]))
"""
_MAILS: Final = """
UPDATE mail.mail SET state = 'tray', automatic = :reason, error = NULL, owner = NULL, until = NULL, fence = fence + 1,
  done_at = :now
WHERE id = ANY (CAST(:ids AS bigint[])) AND state IN ('received', 'quarantine')
"""
_RAWS: Final = """
UPDATE mail.raw SET erased_at = :now WHERE id = ANY (CAST(:ids AS bigint[])) AND erased_at IS NULL
"""


def asks(connection: sa.Connection, found: Found, *, now: datetime) -> None:
    """Nothing more is sent for these asks."""
    values = {"ids": bigints(found.of(Of.ASK)), "reason": REASON, "now": now}
    connection.execute(sa.text(_ASKS), values)
    connection.execute(sa.text(_REMINDERS), values)


def letters(connection: sa.Connection, found: Found, *, now: datetime) -> None:
    """Letters to the person leave no more; whoever is sending one just then keeps nothing of it."""
    values = {"ids": bigints(found.of(Of.LETTER)), "reason": REASON, "now": now}
    connection.execute(sa.text(_LETTERS), values)
    connection.execute(sa.text(_BLANKED), values)


def recipients(connection: sa.Connection, found: Found, *, write: bool) -> int:
    """Take the person off letters to several; answers on how many. `write`: now."""
    values = {"ids": bigints(found.of(Of.OTHER_LETTER)), "addresses": texts(sorted(found.whom.addresses))}
    told = connection.execute(sa.text(_RECIPIENTS if write else _RECIPIENT_COUNT), values)
    return told.rowcount if write else int(told.scalar_one())


def mails(connection: sa.Connection, found: Found, *, now: datetime) -> None:
    """Mails that wait go to the tray, as nothing is left of them; none of these bytes is asked for any more."""
    connection.execute(sa.text(_MAILS), {"ids": bigints(found.of(Of.MAIL)), "reason": REASON, "now": now})
    connection.execute(sa.text(_RAWS), {"ids": bigints(found.of(Of.RAW)), "now": now})
