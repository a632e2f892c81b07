"""Tells what an import makes the server do: processor seconds by kind of statement."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa

from benchmarks import meter

_KINDS: Final = (
    (r"^\s*WITH added", "staging rows"),
    (r"^\s*INSERT INTO \S*take", "checks and references"),
    (r"INSERT INTO crm\.record", "records with indexes, foreign keys and events"),
    (r"^\s*UPDATE staging\.row", "settle rows"),
    (r"^\s*INSERT INTO staging\.ledger", "ledger"),
    ("", "everything else"),
)
_BETWEEN: Final = "COPY and commits"
"""SQLAlchemy tells nothing of them: they are what the server did between two statements."""


@dataclass
class Steps:
    """What was spent so far."""

    cpu_s: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    calls: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    @classmethod
    @contextmanager
    def of(cls, engine: sa.Engine) -> Iterator["Steps"]:
        """Listen to every statement of an engine."""
        steps = cls()
        listeners: dict[str, Callable[..., None]] = {
            "before_cursor_execute": steps.begin,
            "after_cursor_execute": steps.end,
        }
        for name, listener in listeners.items():
            sa.event.listen(engine, name, listener)
        try:
            yield steps
        finally:
            for name, listener in listeners.items():
                sa.event.remove(engine, name, listener)

    def begin(self, connection: sa.Connection, *_: object) -> None:
        """A statement begins."""
        used = _used(connection)
        self.cpu_s[_BETWEEN] += used - connection.info.get("used", used)
        connection.info["used"] = used

    def end(self, connection: sa.Connection, _cursor: object, statement: str, *_: object) -> None:
        """A statement has ended."""
        kind = next(name for pattern, name in _KINDS if re.search(pattern, statement))
        used = _used(connection)
        self.cpu_s[kind] += used - connection.info["used"]
        self.calls[kind] += 1
        connection.info["used"] = used


def _used(connection: sa.Connection) -> float:
    driver: Any = connection.connection.driver_connection
    return meter.backend_cpu_s(driver.info.backend_pid)
