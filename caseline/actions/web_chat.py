"""What somebody sees and says on the page of a web chat, who has its link."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import sqlalchemy as sa

from caseline.actions import chat_replies, wiring
from caseline.actions.wiring import House
from caseline.chat import chats, incoming, links, outgoing
from caseline.chat.gateway import LONGEST, Button, Received
from caseline.chat.links import Link
from caseline.chat.web import NAME
from caseline.feedback import asks, dialogues
from caseline.feedback.dialogue import Stage
from caseline.feedback.dialogues import Kept
from caseline.feedback.states import OPEN, State

MOST: Final = 40
"""Messages that one chat may send …"""
SPAN: Final = timedelta(minutes=10)
"""… within so much time."""
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{8,40}")


@dataclass(frozen=True, slots=True)
class Spoken:
    """A line of the chat."""

    ours: bool
    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """A chat as whoever has its link may see it."""

    lines: Sequence[Spoken]
    buttons: Sequence[Button]
    language: str
    zone: str
    stage: Stage
    takes: bool
    """Whether something can be said."""
    turn: int
    mark: str
    """Another one whenever something else is to be seen."""
    key: str = field(default_factory=lambda: secrets.token_urlsafe(9))
    """Of the message that is written on this page: sent twice, it is one."""


class Fault(StrEnum):
    """Why something was not taken."""

    TOO_LONG = "too long"
    TOO_MANY = "too many"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What somebody sends from the page."""

    text: str = ""
    button: str | None = None
    key: str = ""
    turn: int = 0
    """How often we had asked something, as the page showed it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of it."""

    sight: Sight
    fault: Fault | None = None


def see(house: House, tail: str) -> Sight | None:
    """The chat of a link; None for what is no link of ours. Changes nothing: mail scanners open every link.

    What we have said stands there at once, whether or not a run has marked it as sent.
    """
    with house.engine.connect().execution_options(postgresql_readonly=True) as connection:
        chat_id = _opened(connection, links.read(tail))
        kept = None if chat_id is None else dialogues.latest(connection, chat_id)
        return None if chat_id is None or kept is None else _sight(house, connection, chat_id, kept)


def post(house: House, tail: str, said: Said, *, now: datetime) -> Answer | None:
    """Say something; None for what is no link of ours. What was said already is not said again."""
    link = links.read(tail)
    with house.engine.begin() as connection:
        chat_id = _opened(connection, link)
        if chat_id is None or link is None:
            return None
        chats.hold(connection, chat_id)
        fault = _fault(connection, chat_id, said, now)
        number = None
        if fault is None and (said.text.strip() or said.button):
            one = _received(link, said, now)
            number = chat_replies.receive(house, connection, one, now=now, turn=said.turn)
    if number is not None:
        chat_replies.handle(house, now=now, only=number)
    found = see(house, tail)
    return None if found is None else Answer(found, fault)


def _received(link: Link, said: Said, now: datetime) -> Received:
    key = said.key if _KEY.fullmatch(said.key) else secrets.token_urlsafe(9)
    # What is pressed is shown as what it says.
    pressed = said.button[:80] if said.button else None
    text = pressed.rpartition(":")[2] if pressed else said.text
    return Received(gateway=NAME, message_id=f"{link.id}:{key}", chat=link.id, at=now, text=text, button=pressed)


def _fault(connection: sa.Connection, chat_id: int, said: Said, now: datetime) -> Fault | None:
    kept = dialogues.latest(connection, chat_id)
    if kept is None or not _takes(connection, kept):
        return Fault.ENDED
    if len(said.text) > LONGEST:
        return Fault.TOO_LONG
    return Fault.TOO_MANY if incoming.lately(connection, chat_id, since=now - SPAN) >= MOST else None


def _opened(connection: sa.Connection, link: Link | None) -> int | None:
    if link is None:
        return None
    chat_id, digests = chats.shown(connection, NAME, link.id)
    return chat_id if links.fits(link, digests) else None


def _takes(connection: sa.Connection, kept: Kept) -> bool:
    """Whether its ask is open; whoever was answered by a person, or has rated, may still say something."""
    ask = asks.one(connection, kept.ask_id)
    ended = kept.stage in {Stage.STOPPED, Stage.ENDED, Stage.FAILED}
    return ask is not None and not ended and ask.state in {*OPEN, State.QUEUED}


def _sight(house: House, connection: sa.Connection, chat_id: int, kept: Kept) -> Sight:
    theirs = incoming.of(connection, chat_id)
    ours = [one for one in outgoing.of(connection, chat_id) if one.state != "failed"]
    said = [(one.came_at, 0, one.id, Spoken(ours=False, text=one.text, at=one.came_at)) for one in theirs]
    said += [(one.made_at, 1, one.id, Spoken(ours=True, text=one.text, at=one.made_at)) for one in ours]
    lines = [line for *_, line in sorted(said, key=lambda one: one[:3])]
    takes = _takes(connection, kept)
    last = (ours[-1].id if ours else 0, theirs[-1].id if theirs else 0)
    return Sight(
        lines=lines,
        buttons=ours[-1].buttons if ours and takes and kept.stage is Stage.ASKING else (),
        language=kept.language,
        zone=wiring.intake(house).clocks.zone(connection, None),
        stage=kept.stage,
        takes=takes,
        turn=kept.turn,
        mark=f"{last[0]}-{last[1]}-{kept.stage}-{int(takes)}",
    )
