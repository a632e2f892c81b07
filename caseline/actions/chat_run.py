"""Carries chats: asks a gateway what came in, makes something of it, and sends what we say."""

import os
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from caseline.actions import chat_replies, settle_asks, wiring
from caseline.actions.wiring import House
from caseline.chat import chats, outgoing
from caseline.chat.faults import Away, Barred, Refused
from caseline.chat.gateway import ChatGateway, Received
from caseline.chat.outgoing import Queued
from caseline.db import named_locks
from caseline.feedback import asks, dialogues
from caseline.feedback.asks import Ask
from caseline.feedback.dialogue import Stage
from caseline.feedback.states import OPEN, State, may

AT_ONCE: Final = 500
"""Messages that one run makes something of; others wait for the next."""
LONGEST: Final = timedelta(minutes=1)
"""So long a run sends; a gateway that answers slowly holds up nothing else."""


@dataclass(slots=True)
class Ran:
    """What a run came to."""

    received: int = 0
    handled: int = 0
    sent: int = 0
    failed: int = 0
    later: int = 0
    """To be tried again."""
    problem: str | None = None
    """Why the gateway was left alone."""
    paused_until: datetime | None = None


def run(house: House, *, now: datetime, clock: Callable[[], datetime] | None = None) -> Ran:
    """Take in what waits at the gateway, handle what came, send what is due. May be repeated or killed at any time.

    `clock`: by which it is measured how long the gateway takes; a slow one is left to the next run after a minute.
    """
    ran = Ran()
    over = _over(clock, now)
    with closing(wiring.chat_gateway(house.settings)) as gateway:
        _guarded(house, gateway, ran, now, lambda: _poll(house, gateway, ran, now))
        while ran.handled < AT_ONCE and chat_replies.handle(house, now=now):
            ran.handled += 1
        _guarded(house, gateway, ran, now, lambda: _send(house, gateway, ran, now, over))
    return ran


def _guarded(house: House, gateway: ChatGateway, ran: Ran, now: datetime, step: Callable[[], None]) -> None:
    """Take a step that needs the gateway, unless it is left alone; a fault of it leaves it alone for a while."""
    with house.engine.begin() as connection:
        known = chats.asked(connection, gateway.name)
    if known.paused_until is not None and known.paused_until > now:
        ran.problem, ran.paused_until = known.reason, known.paused_until
        return
    try:
        step()
    except (Away, Barred) as error:
        wait = error.wait if isinstance(error, Away) else None
        with house.engine.begin() as connection:
            ran.paused_until = chats.stumbled(connection, gateway.name, str(error), wait=wait, now=now)
        ran.problem = str(error)
        return
    if known.failures:
        with house.engine.begin() as connection:
            chats.recovered(connection, gateway.name)


def _poll(house: House, gateway: ChatGateway, ran: Ran, now: datetime) -> None:
    """What came in and from where to ask next are kept together: killed between, the same is asked for again.

    One asks at a time, and no transaction is open while the gateway thinks.
    """
    if not gateway.polls:
        return
    with named_locks.alone(house.engine, f"chat poll {gateway.name}") as mine:
        while mine:
            with house.engine.connect() as connection:
                known = chats.asked(connection, gateway.name)
            batch = gateway.poll(known.next)
            with house.engine.begin() as connection:
                for one in batch.received:
                    ran.received += chat_replies.receive(house, connection, one, now=now) is not None
                chats.ask_from(connection, gateway.name, batch.offset)
            for one in batch.received:
                acknowledge(gateway, one)
            if not batch.received:
                return


def acknowledge(gateway: ChatGateway, one: Received) -> None:
    """Tell the gateway that a message is kept; where that fails, nothing is lost."""
    try:
        gateway.acknowledge(one)
    except (Away, Barred, Refused):
        return


def _over(clock: Callable[[], datetime] | None, now: datetime) -> Callable[[], bool]:
    """Whether a run has lasted long enough."""
    return lambda: clock is not None and clock() - now >= LONGEST


def _send(house: House, gateway: ChatGateway, ran: Ran, now: datetime, over: Callable[[], bool]) -> None:
    owner = f"{os.uname().nodename} {os.getpid()}"
    while not over():
        with house.engine.begin() as connection:
            mine = outgoing.claim(connection, gateway.name, owner, now=now)
        if mine is None:
            return
        _send_one(house, gateway, mine, ran, now)


def _send_one(house: House, gateway: ChatGateway, mine: Queued, ran: Ran, now: datetime) -> None:
    try:
        sent_id = gateway.send(mine.chat, mine.message, key=mine.key, again=mine.attempts > 1)
    except Refused as error:
        with house.engine.begin() as connection:
            _failed(connection, mine, str(error), now)
        ran.failed += 1
        return
    except Barred:
        with house.engine.begin() as connection:
            outgoing.give_back(connection, mine)
        raise
    except Away as error:
        with house.engine.begin() as connection:
            if not error.begun:
                outgoing.give_back(connection, mine)
            elif outgoing.later(connection, mine, str(error), now=now):
                ran.later += 1
            else:
                _failed(connection, mine, f"tried {mine.attempts} times: {error}", now)
                ran.failed += 1
        raise
    with house.engine.begin() as connection:
        ours = outgoing.sent(connection, mine, sent_id, now=now)
        if ours and mine.opening:
            _begun(house, connection, mine, now)
    ran.sent += ours


def _begun(house: House, connection: sa.Connection, mine: Queued, now: datetime) -> None:
    """The first words have left: the ask is sent, unless that is told by the letter that leads to them."""
    ask = _ask(connection, mine)
    if ask is not None and ask.state is State.QUEUED and ask.letter_id is None:
        settle_asks.sent(house, connection, ask, at=now)


def _failed(connection: sa.Connection, mine: Queued, reason: str, now: datetime) -> None:
    """The messenger never takes it: the dialogue is over, and of an ask that nobody has answered we say so."""
    ask = _ask(connection, mine)
    outgoing.failed(connection, mine, reason)
    if mine.dialogue_id is None or not dialogues.end(connection, mine.dialogue_id, Stage.FAILED, now=now):
        return
    outgoing.drop_queued(connection, mine.dialogue_id, "the dialogue has failed")
    if ask is not None and may(ask.state, State.FAILED) and (mine.opening or ask.state in OPEN):
        asks.move(connection, ask, State.FAILED, by="job", now=now, changes={"reason": reason[:500]})


def _ask(connection: sa.Connection, mine: Queued) -> Ask | None:
    kept = None if mine.dialogue_id is None else dialogues.one(connection, mine.dialogue_id)
    return None if kept is None else asks.hold(connection, kept.ask_id)
