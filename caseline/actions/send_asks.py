"""Sends asks whose time has come, reminds of them once, and ends those whose time is over."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

import sqlalchemy as sa

from caseline.actions import asks_apart, campaign_ground, look_again, settle_asks, trigger_agreements, write_ask
from caseline.actions.wiring import House
from caseline.crm.vocabulary import REQUEST
from caseline.feedback import (
    asks,
    books,
    drafting,
    letter_states,
    opt_outs,
    schedule,
    subject_asks,
    taken_steps,
)
from caseline.feedback.asks import Ask
from caseline.feedback.audience import Answer, Skip
from caseline.feedback.campaign import MAIL, Campaign, Channel
from caseline.feedback.states import State
from caseline.outbox.faults import OutboxFault

AT_ONCE: Final = 500


class Started(Protocol):
    """What came of beginning dialogues."""

    begun: int
    problem: str | None


class Chat(Protocol):
    """Begins the dialogues of asks, as far as they are ready and time allows; it moves the asks itself."""

    def __call__(  # noqa: D102 - see the class
        self,
        house: House,
        ids: Sequence[int],
        ready: Callable[[sa.Connection, int], bool],
        *,
        now: datetime,
        clock: Callable[[], datetime],
    ) -> Started: ...


@dataclass(slots=True)
class Done:
    """What a round came to."""

    addressed: int = 0
    """Asks that waited for an address and go on with one."""
    written: int = 0
    failed: int = 0
    settled: int = 0
    problem: str | None = None
    """Which setting is missing, for which letters or chats wait."""


def run(house: House, *, now: datetime, chat: Chat | None = None, clock: Callable[[], datetime] | None = None) -> Done:
    """Write what is due, each in a transaction of its own, and settle what was sent. May die anywhere.

    As long as nobody has said our addresses, letters wait; what needs none goes on. Chats come last, since messengers
    may answer slowly. `clock`: by which their time is measured.
    """
    done = Done()
    done.addressed = look_again.run(house, now=now)
    done.problem = letters_wait(house)
    with house.engine.connect() as connection:
        due = letter_states.due(connection, now=now, most=AT_ONCE, letters=done.problem is None)
    for ask_id in due:
        with asks_apart.apart(house, ask_id, now=now), house.engine.begin() as connection:
            written = _send(house, connection, ask_id, now)
            done.written += written is True
            done.failed += written is False
    done.settled = settle_asks.run(house, now=now)
    _chats(house, chat, done, now, clock or (lambda: now))
    return done


def _chats(house: House, chat: Chat | None, done: Done, now: datetime, clock: Callable[[], datetime]) -> None:
    no_chat = house.settings.chat_fault()
    done.problem = done.problem or no_chat
    if chat is None or no_chat is not None:
        return
    with house.engine.connect() as connection:
        due = letter_states.chats_due(connection, now=now, most=AT_ONCE)
    if due:
        found = chat(
            house, due, lambda connection, ask_id: _ready(house, connection, ask_id, now), now=now, clock=clock
        )
        done.written += found.begun
        done.problem = done.problem or found.problem


def remind(house: House, *, now: datetime) -> tuple[int, int]:
    """(reminders that were written, asks that have ended)."""
    with house.engine.begin() as connection:
        ended = letter_states.expire(connection, now=now, most=AT_ONCE * 20)
        due = letter_states.to_remind(connection, now=now, most=AT_ONCE) if letters_wait(house) is None else []
    count = 0
    for ask_id in due:
        with asks_apart.apart(house, ask_id, now=now), house.engine.begin() as connection:
            ask = asks.hold(connection, ask_id)
            if ask is None or ask.state not in {State.SENT, State.VISITED}:
                continue
            begins = _wakes(house, connection, ask, _campaign(connection, ask), now)
            if begins > now:
                asks.remind_at(connection, ask_id, begins)
                continue
            letter_id = None
            if ask.channel in MAIL and not _wants_no_more(connection, ask):
                letter_id = _remind(house, connection, ask, now)
            asks.reminded(connection, ask_id, letter_id, now=now)
            count += letter_id is not None
    return count, ended


def letters_wait(house: House) -> str | None:
    """Why letters with links cannot be written yet: a setting that is missing; None where they can."""
    if house.settings.mail_address is None:
        return "CASELINE_MAIL_ADDRESS: nobody has said our own address; set it (support@example.org)"
    if house.settings.public_url is None:
        return "CASELINE_PUBLIC_URL: nobody has said at which address `caseline public serve` is reached; set it"
    return None


def _remind(house: House, connection: sa.Connection, ask: Ask, now: datetime) -> int | None:
    """The letter; None: it cannot be written, as when the record is gone, and the ask goes without."""
    try:
        with connection.begin_nested():
            return write_ask.write(house, connection, ask, _campaign(connection, ask), reminder=True, now=now)
    except OutboxFault:
        return None


def _send(house: House, connection: sa.Connection, ask_id: int, now: datetime) -> bool | None:
    """True: it was written; False: it cannot be; None: somebody else had it, or it waits."""
    ask = asks.hold(connection, ask_id)
    if ask is None or ask.state is not State.QUEUED or ask.letter_id is not None:
        return None
    if _kept_back(connection, ask, now):
        return False
    if ask.channel == Channel.WEB:
        return settle_asks.sent(house, connection, ask, at=now)
    campaign = _campaign(connection, ask)
    if _asleep(house, connection, ask, campaign, now):
        return None
    return _write(house, connection, ask, campaign, now)


def _ready(house: House, connection: sa.Connection, ask_id: int, now: datetime) -> bool:
    """Whether a dialogue is to be begun now."""
    ask = asks.hold(connection, ask_id)
    if ask is None or ask.state is not State.QUEUED or ask.letter_id is not None or _kept_back(connection, ask, now):
        return False
    return not _asleep(house, connection, ask, _campaign(connection, ask), now)


def _kept_back(connection: sa.Connection, ask: Ask, now: datetime) -> bool:
    """Whether something has happened since the ask was made for which nobody is asked any more."""
    if _wants_no_more(connection, ask):
        changes = {"reason": Skip.OPTED_OUT.value}
        return asks.move(connection, ask, State.SKIPPED, by="job", now=now, changes=changes)
    if (elsewhere := _elsewhere(connection, ask)) is not None:
        return asks.move(connection, ask, State.SKIPPED, by="job", now=now, changes={"reason": elsewhere})
    return trigger_agreements.left(connection, ask.id, now=now)


def _elsewhere(connection: sa.Connection, ask: Ask) -> str | None:
    """Why nobody is asked where another campaign asks about the same request; whoever asks by hand knows of it."""
    by_hand = ask.period.startswith(drafting.BY_HAND) or ask.channel == Channel.WEB
    if ask.subject != REQUEST or by_hand or _campaign(connection, ask).beside:
        return None
    at = subject_asks.by_others(connection, ask.campaign_id, [ask.subject_id], own=ask.id).get(ask.subject_id)
    if at is None:
        return None
    reason = Answer(Skip.ELSEWHERE, at).reason
    told = any(one.reason == reason for one in taken_steps.steps(connection, ask.id))
    return None if told else reason  # somebody has read it, and wants it all the same


def _write(house: House, connection: sa.Connection, ask: Ask, campaign: Campaign, now: datetime) -> bool:
    try:
        with connection.begin_nested():
            letter_id = write_ask.write(house, connection, ask, campaign, reminder=False, now=now)
    except OutboxFault as error:
        asks.move(connection, ask, State.FAILED, by="job", now=now, changes={"reason": str(error)})
        return False
    asks.lettered(connection, ask.id, letter_id)
    return True


def _asleep(house: House, connection: sa.Connection, ask: Ask, campaign: Campaign, now: datetime) -> bool:
    """Whether it has to wait until people are awake: somebody chose the address late, or nothing ran for hours."""
    begins = _wakes(house, connection, ask, campaign, now)
    if begins > now:
        asks.postpone(connection, ask.id, now, begins)
    return begins > now


def _wakes(house: House, connection: sa.Connection, ask: Ask, campaign: Campaign, now: datetime) -> datetime:
    """From when on the client may be written to, by his own clock; now where he may be."""
    zone, works = campaign_ground.hours_of(house, connection, ask.contact_id)
    return schedule.send_at(replace(campaign.schedule, delay=timedelta()), now, zone, works)


def _wants_no_more(connection: sa.Connection, ask: Ask) -> bool:
    """Whether somebody has said since the ask was made that he wants no more questions."""
    return opt_outs.holds(connection, address=ask.address, contact_id=ask.contact_id)


def _campaign(connection: sa.Connection, ask: Ask) -> Campaign:
    kept = books.campaign(connection, ask.campaign_id)
    assert kept is not None  # noqa: S101 - the database keeps to it
    return kept.campaign.varied(books.variant_code(connection, ask.variant_id))
