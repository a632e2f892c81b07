"""Tells other systems of every line of the ledger of bonuses, where they are to hear of it."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from caseline.feedback import bonus_store, hooks


def tell(connection: sa.Connection, lines: Sequence[int], *, now: datetime) -> None:
    """Queue what they are told of these lines, in the transaction that has added them; each line once."""
    if not lines:
        return
    listening = [one.id for one in hooks.every(connection) if one.active and one.bonuses]
    for line in bonus_store.by_id(connection, lines) if listening else ():
        body = {
            "event": "bonus",
            "line": line.id,
            "kind": line.kind.value,
            "amount": line.amount,
            "contact": line.contact_id,
            "record": line.record_id,
            "ask": line.ask_id,
            "credit": line.credit_id or line.id,
            "expires_at": line.expires_at.isoformat() if line.expires_at else None,
            "at": line.at.isoformat(),
        }
        for hook_id in listening:
            hooks.queue(connection, hook_id, f"bonus:{line.key}", body, now=now)
