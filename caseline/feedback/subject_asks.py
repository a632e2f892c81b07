"""SQL of the asks about one subject, as a card lists them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from caseline.db.arrays import bigints
from caseline.feedback.states import State
from caseline.feedback.tables import ask, campaign

MOST = 50
# A form on another site is written to nobody. Of two that wait the one that was made first goes on.
_BY_OTHERS: Final = sa.text("""
SELECT subject_id, min(coalesce(sent_at, state_at)) FROM feedback.ask
WHERE subject = 'request' AND subject_id = ANY (CAST(:ids AS bigint[])) AND campaign_id <> :campaign
  AND channel <> 'web'
  AND (state IN ('sent', 'visited', 'answering', 'answered', 'closed', 'expired', 'opted_out')
    OR state = 'queued' AND (letter_id IS NOT NULL OR id < coalesce(CAST(:own AS bigint), id + 1)))
GROUP BY subject_id
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An ask about a subject, in a line."""

    id: int
    campaign: str
    state: State
    state_at: datetime
    reason: str | None
    address: str | None
    sent_at: datetime | None
    answered_at: datetime | None
    happened_at: datetime


def of(connection: sa.Connection, subject: str, subject_id: int) -> list[Told]:
    """Asks about it, the newest first, `MOST` at the most."""
    names = ("id", "state", "state_at", "reason", "address", "sent_at", "answered_at", "happened_at")
    query = (
        sa.select(*(ask.c[name] for name in names), campaign.c.name.label("campaign"))
        .join(campaign, campaign.c.id == ask.c.campaign_id)
        .where(ask.c.subject == subject, ask.c.subject_id == subject_id)
        .order_by(ask.c.id.desc())
        .limit(MOST)
    )
    return [Told(**{**row, "state": State(row["state"])}) for row in connection.execute(query).mappings()]


def by_others(
    connection: sa.Connection, campaign_id: int, requests: Sequence[int], *, own: int | None = None
) -> dict[int, datetime]:
    """Of these requests those about which other campaigns ask, or have asked, with when the first of them did.

    `own`: an ask of this campaign, of which only those count that were made before it.
    """
    if not requests:
        return {}
    values = {"ids": bigints(requests), "campaign": campaign_id, "own": own}
    return dict(tuple(row) for row in connection.execute(_BY_OTHERS, values))
