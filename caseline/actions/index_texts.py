"""Makes requests searchable, afterwards: an import writes no vectors, nor does anybody who opens or changes a request.

Which requests wait is found by comparing versions, not by the event log: some ways of changing a record write no event,
and ids of events are committed in another order than they are given. The comparison reads no texts; over 1,000,000
requests it takes a second (`make bench ARGS="desk"`), and it is made once a minute.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from caseline.actions.wiring import House
from caseline.crm.connect import clients
from caseline.db import sqlstate
from caseline.listing import codes, index_store
from caseline.listing.index_store import State, Text

PART: Final = 500
"""Requests of one transaction, a fifth of a second."""
MANY: Final = 20_000
"""From so many on, into a table that holds little yet, the index is built when all vectors stand: that is faster by far
than to keep it up meanwhile."""
PHONES: Final = 1_000
"""Phones of one transaction."""
REST: Final = 0.25
"""After each part whoever works with requests has the server for this share of the time that it took."""
_TIDY_FROM: Final = 2_000
_PATIENCE: Final = 3
"""Attempts to take the index away while somebody reads."""


@dataclass(frozen=True, slots=True)
class Indexed:
    """How it went."""

    found: int
    """Requests that waited."""
    indexed: int
    busy: bool = False
    """Somebody else was at it, so nothing was done."""


Watch = Callable[[int, int], None]
"""Told (requests done, requests that waited)."""


def index(house: House, *, now: datetime, rest: float = REST, watch: Watch = lambda _done, _all: None) -> Indexed:
    """Make vectors for all requests that wait, the newest first.

    Every part is committed by itself: stopped anywhere and started again, it goes on. Started twice at once, the second
    one does nothing and says so.
    """
    with index_store.alone(house.engine) as alone:
        if not alone:
            return Indexed(0, 0, busy=True)
        with house.engine.begin() as connection:
            parts = index_store.parts(connection, PART)
            total = sum(part[2] for part in parts)
            index_store.note(connection, waiting=total, at=now)
            first_load = total >= MANY and index_store.vectors(connection) < total / 4
        if first_load:
            _without_index(house)
        done = _fill(house, parts, total, rest, watch)
        _finish(house, done)
        _read_phones(house)
        return Indexed(total, done)


def _read_phones(house: House) -> None:
    """Clients are found by phones, too: those of an import are read here, and not by whoever opens a client first."""
    store = clients(house.settings.crm)
    unread = True
    while unread:
        with house.engine.begin() as connection:
            unread = store.know_phones(connection, house.settings.phone_region, PHONES) > 0


def state(house: House) -> State:
    """How far the search is, as it was when somebody last looked; asks for one row."""
    with house.engine.connect() as connection:
        return index_store.state(connection)


def _fill(house: House, parts: list[tuple[int, int, int]], total: int, rest: float, watch: Watch) -> int:
    looked_at = done = 0
    for first, last, number in parts:
        begun = time.monotonic()
        with house.engine.begin() as connection:
            done += _part(connection, (first, last))
            looked_at += number
            index_store.note(connection, waiting=total - looked_at)
        watch(looked_at, total)
        if looked_at < total:
            time.sleep(rest * (time.monotonic() - begun))
    return done


def _part(connection: sa.Connection, part: tuple[int, int]) -> int:
    texts = index_store.texts(connection, part)
    return index_store.write(connection, [(text, _codes(text)) for text in texts]) if texts else 0


def _codes(text: Text) -> list[str]:
    own = codes.of_number(text.number) + codes.of_number(text.origin)
    return list(dict.fromkeys([*own, *codes.tokens(text.subject), *codes.tokens(text.description)]))


def _without_index(house: House) -> None:
    for _attempt in range(_PATIENCE):
        try:
            with house.engine.begin() as connection:
                index_store.drop_index(connection)
        except sa.exc.OperationalError as error:
            if not sqlstate.kept_waiting(error):
                raise
        else:
            return


def _finish(house: House, done: int) -> None:
    with house.engine.connect() as connection:
        stands = index_store.index_stands(connection)
    if not stands:
        index_store.build_index(house.engine)
    if done >= _TIDY_FROM or not stands:
        index_store.tidy(house.engine)
    with house.engine.begin() as connection:
        index_store.note(connection, ready=True)
