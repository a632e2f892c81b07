"""Takes in mails that were received, each in one transaction with its settling; one that fails holds up no other.

May be killed at any point and run by several at once: a mail is claimed by lease, and its row is locked while it is
taken in.
"""

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import psycopg
import sqlalchemy as sa

from caseline.actions.wiring import House
from caseline.crm.port import TryLater
from caseline.db import sqlstate
from caseline.files.faults import StoreTrouble
from caseline.mail import queue_store, raw_store
from caseline.mail.outcome import Outcome, State
from caseline.mail.queue_store import Claimed
from caseline.mail.transfer import Raw

Clock = Callable[[], datetime]
TakeIn = Callable[[sa.Connection, Claimed, Raw], Outcome]
"""Makes of a mail what it is to be, in the caller's transaction; the bytes of a very large one lie in a file.

Whatever it raises leaves nothing behind, and the mail is tried again. It is never called twice for a mail whose outcome
was committed.
"""

_PREPARE: Final = 5
"""Executions after which the plan of a statement is kept."""
_PAUSE: Final = timedelta(minutes=1)
"""Before the second attempt; twice as long before each further one."""
_OF_THE_SERVER: Final = frozenset({"08", "53", "57"})
"""Classes of SQLSTATE in which the database is at fault: connection, resources, an operator."""


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What became of the mails that waited."""

    at: datetime
    done: int = 0
    tray: int = 0
    same: int = 0
    failed: int = 0
    """Attempts that failed; those mails are tried again."""
    quarantine: int = 0
    reasons: tuple[tuple[int, str], ...] = ()
    """(mail, why) of what failed."""
    left: str | None = None
    """Why none is taken in at all, where that is as it should be: mails are stored and wait."""


@dataclass(slots=True)
class _Tally:
    counts: dict[State, int] = field(default_factory=dict)
    reasons: list[tuple[int, str]] = field(default_factory=list)

    def count(self, state: State) -> None:
        self.counts[state] = self.counts.get(state, 0) + 1


class _Stale(Exception):
    """Somebody else has the mail by now; nothing of ours stays."""


def take_in_mails(house: House, take_in: TakeIn, *, clock: Clock, most: int | None = None) -> TakenIn:
    """Take in what waits, the oldest first, `most` attempts at most.

    Raises what is no mail's fault: database or store of files do not work, or the system of record answers later.
    """
    at, tally = clock(), _Tally()
    with house.engine.connect() as connection:
        prepare(connection)
        work = _Work(house, connection, take_in, clock, f"{socket.gethostname()}:{os.getpid()}")
        mail = work.first() if most is None or most > 0 else None
        taken = 0
        while mail is not None:
            taken += 1
            mail = work.take(mail, tally, more=most is None or taken < most)
    made = tally.counts.get
    return TakenIn(
        at=at,
        done=made(State.DONE, 0),
        tray=made(State.TRAY, 0),
        same=made(State.SAME, 0),
        failed=made(State.RECEIVED, 0),
        quarantine=made(State.QUARANTINE, 0),
        reasons=tuple(tally.reasons),
    )


class Overtaken(Exception):
    """Somebody has changed what a mail was just judged by; nothing of ours stays, and it is judged anew."""


@dataclass(frozen=True, slots=True)
class _Work:
    """Takes in one mail after the other on one connection; whoever is killed has one mail in hand."""

    house: House
    connection: sa.Connection
    take_in: TakeIn
    clock: Clock
    owner: str

    def first(self) -> Claimed | None:
        with self.connection.begin():
            return self._claim()

    def take(self, mail: Claimed, tally: _Tally, *, more: bool) -> Claimed | None:
        """Take a mail in; answers the next one, which is claimed with the settling of this one."""
        try:
            with self.connection.begin():
                settled = self._attempt(mail)
                following = self._claim() if more else None
        except _Stale:
            return self.first() if more else None
        except Exception as error:  # noqa: BLE001 - the gate: one mail is at fault, or what it stands on is, and raises
            if isinstance(error, Overtaken) or sqlstate.broken_off(error):
                return self._again(mail)
            self._failed(mail, error, tally)
            return self.first() if more else None
        if settled is not None:
            tally.count(settled)
        return following

    def _again(self, mail: Claimed) -> Claimed | None:
        """Somebody was in the way for this moment: the mail is judged anew, and no attempt counts."""
        with self.connection.begin():
            queue_store.give_back(self.connection, mail)
        return self.first()

    def _claim(self) -> Claimed | None:
        now = self.clock()
        until = now + timedelta(seconds=self.house.settings.lease_seconds)
        return queue_store.claim(self.connection, owner=self.owner, now=now, until=until)

    def _attempt(self, mail: Claimed) -> State | None:
        """How the mail is settled; None when somebody else has claimed it."""
        in_memory = self.house.settings.mail_largest
        held = queue_store.hold(self.connection, mail, content=mail.size <= in_memory)
        if held is None:
            return None
        raw: Raw | None = held.content
        if raw is None:
            raw = raw_store.opened(self.connection, mail.raw_id, mail.size, in_memory=in_memory)
        outcome = self.take_in(self.connection, mail, raw)
        if not queue_store.settle(self.connection, mail, outcome, now=self.clock()):
            raise _Stale
        return outcome.state

    def _failed(self, mail: Claimed, error: Exception, tally: _Tally) -> None:
        """Note why, for another attempt or for quarantine; raises again what is no mail's fault."""
        if _not_its_fault(error):
            # The connection may be what is broken.
            with self.house.engine.begin() as connection:
                queue_store.give_back(connection, mail)
            raise error
        now = self.clock()
        reason = f"{type(error).__name__}: {error}"
        with self.connection.begin():
            again = now + _PAUSE * 2 ** (mail.attempts - 1)
            state = queue_store.fail(self.connection, mail, reason, now=now, again=again)
        if state is not None:
            tally.count(state)
            tally.reasons.append((mail.id, reason))


def prepare(connection: sa.Connection) -> None:
    """Let the server keep the plans of statements: each mail asks the same, of single rows by their keys."""
    driver = connection.connection.driver_connection
    if isinstance(driver, psycopg.Connection):
        driver.prepare_threshold = _PREPARE


def _not_its_fault(error: Exception) -> bool:
    if isinstance(error, sa.exc.DBAPIError):
        code = sqlstate.of(error)
        if code is None:  # it never came to the server: a value that the driver refuses, or a connection that is lost
            lost = isinstance(error, (sa.exc.OperationalError, sa.exc.InterfaceError))
            return error.connection_invalidated or lost
        return error.connection_invalidated or code[:2] in _OF_THE_SERVER
    return isinstance(error, TryLater | StoreTrouble)
