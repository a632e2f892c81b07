"""Asks people in chats: begins the dialogues of asks, and says something more in them.

Every step is a transaction of its own and may be taken again: what comes in is kept before anything is made of it, what
goes out is kept before it leaves. Killed anywhere, the next run goes on; no message is lost, and none counts twice.
"""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from caseline.actions import asks_apart, chat_begin, chat_run, wiring
from caseline.actions.chat_begin import Ready
from caseline.actions.chat_run import Ran
from caseline.actions.wiring import House
from caseline.chat import chats, outgoing
from caseline.chat.faults import Away, Barred
from caseline.chat.gateway import Message
from caseline.chat.outgoing import New
from caseline.feedback import dialogues

LONGEST: Final = timedelta(minutes=1)
"""So long a round begins dialogues; a messenger that answers slowly holds up nothing else."""


@dataclass(slots=True)
class Started:
    """What a round came to."""

    begun: int = 0
    otherwise: int = 0
    """Asks that go on by another channel, later, or not at all."""
    problem: str | None = None
    """Why the messenger was left alone."""


def start(
    house: House,
    ids: Sequence[int],
    ready: Ready,
    *,
    now: datetime,
    clock: Callable[[], datetime],
) -> Started:
    """Begin the dialogues of queued asks, one after the other, for a minute at the most; the next round goes on.

    `ready`: see `chat_begin`. A messenger that is away is left alone for longer and longer, as `chat_run` does; it is
    asked for nothing until then.
    """
    done = Started()
    with closing(wiring.chat_gateway(house.settings)) as gateway:
        with house.engine.connect() as connection:
            known = chats.asked(connection, gateway.name)
        if known.paused_until is not None and known.paused_until > now:
            done.problem = known.reason
            return done
        for ask_id in ids:
            if done.problem is not None or clock() - now >= LONGEST:
                break
            with asks_apart.apart(house, ask_id, now=now):
                one = chat_begin.begin(house, gateway, ask_id, ready, now=now)
                if one is None:
                    continue
                done.begun += one.said is None
                done.otherwise += one.said is not None
                if one.fault is not None:
                    done.problem = _stumbled(house, gateway.name, one.fault, now)
    return done


def _stumbled(house: House, gateway: str, fault: Away | Barred, now: datetime) -> str:
    wait = fault.wait if isinstance(fault, Away) else None
    with house.engine.begin() as connection:
        chats.stumbled(connection, gateway, str(fault), wait=wait, now=now)
    return str(fault)


def run(house: House, *, now: datetime) -> Ran:
    """Take in what waits at the messenger, handle what came, send what is due. May be killed and repeated."""
    return chat_run.run(house, now=now)


def say(connection: sa.Connection, ask_id: int, text: str, *, key: str, now: datetime) -> bool:
    """Say something more in the chat of an ask, once for each `key`; False where it has none."""
    kept = dialogues.of_ask(connection, ask_id)
    if kept is None:
        return False
    new = New(message=Message(text), key=f"ask {ask_id} {key}")
    outgoing.queue(connection, kept.chat_id, new, now=now)
    return True
