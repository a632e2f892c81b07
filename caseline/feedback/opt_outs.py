"""SQL of those who want to be asked no more."""

import hashlib
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from caseline.crm.client_tables import contact_merge
from caseline.feedback.answer_tables import opt_out


def add(connection: sa.Connection, *, address: str | None, contact_id: int | None, by: str, now: datetime) -> None:
    """Ask somebody no more, by his address and as the contact who he is; said again it changes nothing.

    Without either of them there is nobody whom it could be about, and nothing is kept.
    """
    values = {"address": address.strip().lower() if address else None, "contact_id": contact_id, "at": now, "by": by}
    if values["address"]:
        known = {"contact_id": sa.func.coalesce(opt_out.c.contact_id, contact_id)}
        running = {"index_elements": ["address"], "index_where": opt_out.c.ended_at.is_(None)}
        connection.execute(insert(opt_out).values(values).on_conflict_do_update(**running, set_=known))  # type: ignore[arg-type] # both are what it takes
    elif contact_id is not None and not holds(connection, address=None, contact_id=contact_id):
        connection.execute(sa.insert(opt_out).values(values))


def holds(connection: sa.Connection, *, address: str | None, contact_id: int | None) -> bool:
    """Whether somebody is not to be asked."""
    gone = sa.select(contact_merge.c.gone_id).where(contact_merge.c.into_id == contact_id)
    plain = (address or "").strip().lower()
    same = sa.or_(
        opt_out.c.address == plain,
        opt_out.c.digest == hashlib.sha256(plain.encode("utf-8", "replace")).digest(),  # he was erased since
        opt_out.c.contact_id == sa.literal(contact_id, sa.BigInteger),  # whose contact nobody knows is not everybody
        opt_out.c.contact_id.in_(gone),  # who was merged into him has spoken for him
    )
    query = sa.select(sa.exists().where(opt_out.c.ended_at.is_(None), same))
    return bool(connection.execute(query).scalar_one())
