"""Sends the letters that are due: claims one, hands it over, settles it, so that none is lost wherever it dies.

A letter is SENDING, committed, before its first byte leaves. Whoever dies then leaves a lease that lapses, and the
letter is sent again with the same bytes: at least once, under one Message-ID.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from caseline.outbox import claims, limits, pauses, store
from caseline.outbox.carrier import Carrier, Parcel, Session
from caseline.outbox.claims import Claim
from caseline.outbox.compose import compose, smtp_utf8
from caseline.outbox.endings import DELAYS, Ending, Said, judge
from caseline.outbox.faults import Away, CannotSend
from caseline.outbox.letters import Delivery, Letter, Nature, State
from caseline.outbox.pauses import Patience, Pause

AWAY: Final = Patience(timedelta(seconds=30), timedelta(minutes=15))
"""For a server that is not there."""
BARRED: Final = Patience(timedelta(minutes=5), timedelta(hours=6))
"""For a wrong password or certificate: whoever tries often is locked out."""
MOST_LOST: Final = 3
"""Connections that may break one after another before the server is left alone."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How patient and how careful sending is."""

    lease: timedelta = timedelta(minutes=20)
    """Longer than the server may take over one letter, so that two senders never have the same one."""
    brake: int = 60
    """Automatic letters within a minute; the rest is held."""
    away: Patience = AWAY
    barred: Patience = BARRED


@dataclass(slots=True)
class Done:
    """What a run came to."""

    sent: int = 0
    failed: int = 0
    later: int = 0
    """To be tried again."""
    held: int = 0
    """Held by the brake against loops."""
    failures: list[str] = field(default_factory=list)
    """A line for each letter that failed, or that somebody did not get."""
    paused: Pause | None = None
    """Letters are due, and nothing is tried until then."""
    problem: str | None = None
    """Why this run could not go on: somebody has to do something, or the server is not there."""
    barred: bool = False
    """The problem needs somebody: password, certificate or address."""


class _Lost(Exception):
    """Somebody else has the letter."""


@dataclass(frozen=True)
class Sending:
    """A sender; any number of them may work at once."""

    engine: sa.Engine
    carrier: Carrier
    server: bytes
    """By what pauses of this server are known."""
    owner: str
    clock: Callable[[], datetime]
    rules: Rules = field(default_factory=Rules)

    def run(self, *, anyway: bool = False) -> Done:
        """Send all that is due; `anyway`: also where the server has a pause. May be repeated at any time."""
        with self.engine.connect() as connection:
            return _Run(self, connection).to_its_end(anyway=anyway)


@dataclass(frozen=True, slots=True)
class _Run:
    """A run on one connection to the database; each step of it is a transaction."""

    by: Sending
    connection: sa.Connection
    done: Done = field(default_factory=Done)

    def to_its_end(self, *, anyway: bool) -> Done:
        with self.connection.begin():
            now = self.by.clock()
            self._brake(now)
            if not claims.due(self.connection, now=now):
                return self.done
            self.done.paused = None if anyway else pauses.paused(self.connection, self.by.server, now=now)
        if self.done.paused is not None:
            return self.done
        try:
            self._until_nothing_is_due()
        except (Away, CannotSend) as error:
            self._stumble(error)
        return self.done

    def _until_nothing_is_due(self) -> None:
        lost = 0
        while True:
            before = self.done.sent + self.done.failed
            try:
                return self._session()
            except _Lost:
                continue
            except Away:
                lost = 1 if self.done.sent + self.done.failed > before else lost + 1
                if lost >= MOST_LOST:
                    raise

    def _session(self) -> None:
        """Send on one connection to the server."""
        with self.by.carrier.open() as session:
            with self.connection.begin():
                pauses.lift(self.connection, self.by.server)
            first = True
            while (mine := self._claim()) is not None:
                self._send(session, mine, first=first)
                first = False

    def _claim(self) -> Claim | None:
        with self.connection.begin():
            now = self.by.clock()
            self._brake(now)
            return claims.claim(self.connection, self.by.owner, now=now, until=now + self.by.rules.lease)

    def _send(self, session: Session, mine: Claim, *, first: bool) -> None:
        with self.connection.begin():
            letter = store.get(self.connection, mine.letter_id)
        assert letter is not None  # noqa: S101 - it is leased, and letters are never deleted
        if mine.attempts > len(DELAYS) + 1:
            self._settle(letter, mine, _for_all(letter, Delivery.WAITING, "every sender that tried has died over it"))
            return
        try:
            parcel = _parcel(letter)
        except Exception as error:  # noqa: BLE001 - the gate of letters: one that cannot be composed keeps none back
            why = f"it cannot be composed ({type(error).__name__}: {error}): cancel it and write it anew"
            self._settle(letter, mine, _for_all(letter, Delivery.FAILED, why))
            return
        try:
            said = session.send(parcel, before=lambda: self._renew(mine))
        except Away as error:
            if error.begun or first:
                self._settle(letter, mine, _for_all(letter, Delivery.WAITING, str(error)))
            else:  # a connection that has served may end: the letter is not at fault
                self._give_back(mine)
            raise
        except CannotSend:
            self._give_back(mine)
            raise
        self._settle(letter, mine, said)

    def _settle(self, letter: Letter, mine: Claim, said: Mapping[str, Said]) -> None:
        by_position = {one.position: said[one.address] for one in letter.waiting if one.address in said}
        now = self.by.clock()
        ending, final = judge(letter.recipients, by_position, attempts=mine.attempts, now=now)
        with self.connection.begin():
            ours = claims.settle(self.connection, mine, ending, final, now=now)
        if ours:
            _count(letter, ending, self.done)

    def _renew(self, mine: Claim) -> None:
        with self.connection.begin():
            ours = claims.renew(self.connection, mine, until=self.by.clock() + self.by.rules.lease)
        if not ours:
            raise _Lost

    def _give_back(self, mine: Claim) -> None:
        with self.connection.begin():
            claims.give_back(self.connection, mine)

    def _brake(self, now: datetime) -> None:
        claims.alone(self.connection)
        self.done.held += limits.hold_surplus(self.connection, most=self.by.rules.brake, now=now)

    def _stumble(self, error: Away | CannotSend) -> None:
        self.done.problem, self.done.barred = str(error), isinstance(error, CannotSend)
        patience = self.by.rules.barred if self.done.barred else self.by.rules.away
        with self.connection.begin():
            self.done.paused = pauses.stumble(
                self.connection, self.by.server, patience, str(error), now=self.by.clock()
            )


def _parcel(letter: Letter) -> Parcel:
    own = letter.sender.address
    waiting = [one.address for one in letter.waiting]
    quiet = letter.automatic and letter.nature is not Nature.ASK
    return Parcel(None if quiet else own, own, waiting, compose(letter), smtp_utf8(letter))


def _for_all(letter: Letter, state: Delivery, answer: str) -> dict[str, Said]:
    return {one.address: Said(state, answer) for one in letter.waiting}


def _count(letter: Letter, ending: Ending, done: Done) -> None:
    if ending.state is State.SENT:
        done.sent += 1
    elif ending.state is State.FAILED:
        done.failed += 1
    else:
        done.later += 1
    if ending.reason is not None and ending.state is not State.QUEUED:
        of = f" of request {letter.thread.record_id}" if letter.thread.record_id else ""
        done.failures.append(f"letter {letter.id}{of}: {ending.reason}")
