"""Writes a part in a transaction of its own while the next one is decided: two cores are busy instead of one."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

import sqlalchemy as sa

Deed = Callable[[sa.Connection], None]


class WriteBehind:
    """One connection that writes part after part, each in a transaction, in the order in which they are given.

    One part at most is on its way. What it failed by is raised by the next call; leaving the block waits for it.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="write-behind")
        self._connection: sa.Connection | None = None
        self._flying: Future[None] | None = None

    def __enter__(self) -> Self:
        """Nothing is opened until there is something to write."""
        return self

    def put(self, deed: Deed) -> None:
        """Let this be done, after what was given before has been committed."""
        self.drain()
        self._flying = self._thread.submit(self._do, deed)

    def drain(self) -> None:
        """Wait until all that was given is committed."""
        flying, self._flying = self._flying, None
        if flying is not None:
            flying.result()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connection; a failure of the last part is raised unless there is another one."""
        try:
            self._thread.shutdown(wait=True)
            if kind is None:
                self.drain()
        finally:
            if self._connection is not None:
                self._connection.close()

    def _do(self, deed: Deed) -> None:
        if self._connection is None:
            self._connection = self._engine.connect()
        with self._connection.begin():
            deed(self._connection)
