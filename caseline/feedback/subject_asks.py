"""SQL of the asks about one subject, as a card lists them."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from caseline.feedback.states import State
from caseline.feedback.tables import ask, campaign

MOST = 50


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
