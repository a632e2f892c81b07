"""Takes away what is older than the settings let it be kept; nothing unless they say so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from caseline.actions.wiring import House
from caseline.people import logins
from caseline.privacy import ageing
from staging import erased_lines

LANDED: Final = "landed lines"
"""Source lines that no staging row is made of any more, of sources of which somebody was erased."""
_AT_ONCE: Final = 1_000
"""Rows of one transaction."""


@dataclass(frozen=True, slots=True)
class Aged:
    """What went of a kind, or would go."""

    kind: str
    days: int | None
    """For how long it is kept; None: for good."""
    rows: int


def run(house: House, *, now: datetime, dry_run: bool = False) -> Sequence[Aged]:
    """Take away what has grown old, some rows in each transaction; killed anywhere, the next call goes on."""
    found = []
    for kind, days in house.settings.retained().items():
        rows = 0
        if days is not None:
            before = now - timedelta(days=days)
            rows = sum(_part(house, part, before, now=now, dry_run=dry_run) for part in ageing.parts(kind))
        found.append(Aged(kind, days, rows))
    with house.engine.begin() as connection:
        found.append(Aged(LANDED, None, erased_lines.sweep(connection, write=not dry_run)))
        gone = [f"{one.kind} {one.rows}" for one in found if one.rows]
        if gone and not dry_run:
            told = {"rows": sum(one.rows for one in found), "kinds": ", ".join(gone)}
            logins.note(connection, None, "personal_retained", "", told, now=now)
    return found


def _part(house: House, part: str, before: datetime, *, now: datetime, dry_run: bool) -> int:
    if dry_run:
        with house.engine.connect() as connection:
            return ageing.count(connection, part, before)
    rows = 0
    while True:
        with house.engine.begin() as connection:
            gone = ageing.take(connection, part, before, now=now, most=_AT_ONCE)
        rows += gone
        if gone < _AT_ONCE:
            return rows
