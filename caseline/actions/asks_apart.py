"""Keeps what is wrong with one ask from keeping back all others: it is said, and that ask waits for a while."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

from caseline.actions.wiring import House
from caseline.feedback import asks

PAUSE: Final = timedelta(minutes=30)
_LOG: Final = logging.getLogger(__name__)


@contextmanager
def apart(house: House, ask_id: int, *, now: datetime) -> Iterator[None]:
    """Around what is done for one ask in a round. What is due of it is tried again after a pause.

    Faults of the database itself are no faults of an ask and end the round.
    """
    try:
        yield
    except (AssertionError, LookupError, ValueError, ArithmeticError, RuntimeError) as error:
        _LOG.exception("ask %s: left alone for %s: %s", ask_id, PAUSE, error)
        with house.engine.begin() as connection:
            asks.postpone(connection, ask_id, now, now + PAUSE)
