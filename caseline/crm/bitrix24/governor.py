"""Seconds of operating: a method whose time on the portal is used up waits, and only that method."""

from collections.abc import Collection, Iterable
from typing import Final

import sqlalchemy as sa

from caseline.crm.bitrix24.line import Line
from caseline.crm.bitrix24.times import Operating

_USED: Final = 0.9
"""The part of the time that is used; the rest is for calls that are on their way meanwhile."""

_WAITS: Final = sa.text("""
    SELECT method, extract(epoch FROM greatest(closed_until, CASE WHEN seconds >= :budget THEN reset_at END)
      - clock_timestamp())::float8 AS wait
    FROM portal.operating WHERE webhook = :webhook AND method = ANY(:methods)
""")

_TOLD: Final = sa.text("""
    INSERT INTO portal.operating AS o (webhook, method, seconds, told_at, reset_at)
    VALUES (:webhook, :method, :seconds, :told_at, clock_timestamp() + make_interval(secs => :reset_in))
    ON CONFLICT (webhook, method) DO UPDATE
      SET seconds = excluded.seconds, told_at = excluded.told_at, reset_at = excluded.reset_at
      WHERE o.told_at <= excluded.told_at
""")

_USED_BY: Final = sa.text("""
    SELECT method, seconds FROM portal.operating WHERE webhook = :webhook AND method = ANY(:methods)
      AND told_at > extract(epoch FROM clock_timestamp()) - 600
""")

_CLOSE: Final = sa.text("""
    INSERT INTO portal.operating AS o (webhook, method, closed_until)
    VALUES (:webhook, :method, clock_timestamp() + make_interval(secs => :seconds))
    ON CONFLICT (webhook, method) DO UPDATE SET closed_until = greatest(o.closed_until, excluded.closed_until)
""")


class Governor:
    """The time that a webhook's methods may use: `budget` seconds in ten minutes, each method for itself."""

    def __init__(self, line: Line, webhook: str, *, budget: float) -> None:
        self._line = line
        self._webhook = webhook
        self._budget = budget * _USED

    def waits(self, methods: Collection[str]) -> dict[str, float]:
        """For each method in how many seconds it may be called: 0 is now."""
        names = {method: method.lower() for method in methods}
        values = {"webhook": self._webhook, "methods": sorted(set(names.values())), "budget": self._budget}
        found = {row.method: row.wait for row in self._line.ask(_WAITS, values)}
        return {method: max(0.0, found.get(name) or 0.0) for method, name in names.items()}

    def used(self, methods: Collection[str]) -> dict[str, float]:
        """Seconds that methods have used, as the portal told in the last ten minutes; others are left out."""
        names = {method.lower(): method for method in methods}
        values = {"webhook": self._webhook, "methods": sorted(names)}
        return {names[row.method]: row.seconds for row in self._line.ask(_USED_BY, values)}

    def told(self, used: Iterable[Operating]) -> None:
        """Remember what the portal told of its methods; of each the latest counts."""
        latest: dict[str, Operating] = {}
        for use in sorted(used, key=lambda use: use.told_at):
            latest[use.method] = use
        for method, use in sorted(latest.items()):
            values = {"webhook": self._webhook, "method": method, "seconds": use.seconds, "told_at": use.told_at}
            self._line.ask(_TOLD, values | {"reset_in": use.reset_in})

    def close(self, method: str, seconds: float) -> None:
        """The portal has refused the method for its operating time: nobody calls it for so long."""
        # A second more: a call in the very moment of the reset would be refused again.
        values = {"webhook": self._webhook, "method": method.lower(), "seconds": seconds + 1}
        self._line.ask(_CLOSE, values)
