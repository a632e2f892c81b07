"""SQL of the sites of others that send answers, and of their keys."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from caseline.feedback.site_tables import site


@dataclass(frozen=True, slots=True)
class Site:
    """A site whose signature is taken."""

    code: str
    made_by: str
    made_at: datetime


def add(connection: sa.Connection, code: str, key: bytes, *, by: str, now: datetime) -> bool:
    """Take the signature of a site from now on; False where there is one of this code."""
    made = insert(site).values(code=code, key=key, made_by=by, made_at=now)
    running = {"index_elements": ["code"], "index_where": site.c.ended_at.is_(None)}
    kept = made.on_conflict_do_nothing(**running).returning(site.c.id)  # type: ignore[arg-type] # both are what it takes
    return connection.execute(kept).scalar_one_or_none() is not None


def every(connection: sa.Connection) -> list[Site]:
    """All sites by code."""
    query = sa.select(site.c.code, site.c.made_by, site.c.made_at).where(site.c.ended_at.is_(None))
    return [Site(*row) for row in connection.execute(query.order_by(site.c.code))]


def end(connection: sa.Connection, code: str, *, now: datetime) -> bool:
    """Take its signature no more; False where there is none of this code."""
    ended = sa.update(site).where(site.c.code == code, site.c.ended_at.is_(None)).values(ended_at=now)
    return bool(connection.execute(ended).rowcount)


def key(connection: sa.Connection, code: str) -> bytes | None:
    """The key of a site."""
    query = sa.select(site.c.key).where(site.c.code == code, site.c.ended_at.is_(None))
    found: bytes | None = connection.execute(query).scalar_one_or_none()
    return found
