"""SQL of the audit log as it is read: by whom, what, on what, when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from caseline.people import tables
from caseline.people.logins import Noted

_audit = tables.audit
_AT_ONCE: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which lines; what is empty asks for any."""

    login: str = ""
    action: str = ""
    """A deed, or what comes before its dot: `person` means `person.added`, too."""
    subject: str = ""
    """A part of what it was done to, whatever its case."""
    since: datetime | None = None
    until: datetime | None = None
    """Before this moment."""


def noted(connection: sa.Connection, wanted: Wanted, *, before: int | None, most: int) -> list[Noted]:
    """Lines, newest first, older than line `before`."""
    query = _chosen(wanted).order_by(_audit.c.id.desc()).limit(most)
    if before is not None:
        query = query.where(_audit.c.id < before)
    return [Noted(**row) for row in connection.execute(query).mappings()]


def all_of(connection: sa.Connection, wanted: Wanted) -> Iterator[Noted]:
    """All lines, newest first, a part at a time."""
    before: int | None = None
    while True:
        part = noted(connection, wanted, before=before, most=_AT_ONCE)
        yield from part
        if len(part) < _AT_ONCE:
            return
        before = part[-1].id


def _chosen(wanted: Wanted) -> sa.Select[Any]:
    query = sa.select(_audit)
    if wanted.login:
        query = query.where(_audit.c.login == wanted.login.lower())
    if wanted.action:
        family = _audit.c.action.startswith(f"{wanted.action}.", autoescape=True)
        query = query.where(sa.or_(_audit.c.action == wanted.action, family))
    if wanted.subject:
        query = query.where(_audit.c.subject.icontains(wanted.subject, autoescape=True))
    if wanted.since is not None:
        query = query.where(_audit.c.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(_audit.c.at < wanted.until)
    return query
