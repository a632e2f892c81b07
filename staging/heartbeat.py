"""Holds the lease of a batch while the CRM takes its time; whoever stands still or dies holds it no longer."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from staging import batches
from staging.batches import Batch

BEATS: Final = 3
"""How often in a term the lease is renewed."""


@contextmanager
def beating(engine: sa.Engine, batch: Batch, seconds: float, clock: Callable[[], datetime]) -> Iterator[None]:
    """Renew the lease of `seconds` again and again until the context ends, or the batch belongs to somebody else."""
    over = threading.Event()

    def beat() -> None:
        held = True
        while held and not over.wait(seconds / BEATS):
            # A database that is away for a moment is met by the worker itself.
            with suppress(sa.exc.DBAPIError), engine.begin() as connection:
                held = batches.hold(connection, batch, until=clock() + timedelta(seconds=seconds))

    thread = threading.Thread(target=beat, name=f"lease of batch {batch.id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
