"""One round of feedback: asks are made and sent, what came is judged, what follows is done, reminders go out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from caseline.actions import (
    ask_addresses,
    chat_asks,
    chat_run,
    follow_up,
    judge_ask,
    send_asks,
    send_hooks,
    trigger_asks,
    use_bonus,
)
from caseline.actions.counted import counted
from caseline.actions.wiring import House


@dataclass(frozen=True, slots=True)
class Done:
    """What a round came to."""

    triggered: trigger_asks.Done
    addresses: ask_addresses.Done
    sent: send_asks.Done
    judged: int
    followed: follow_up.Done
    reminded: int
    ended: int


def run(house: House, *, now: datetime, clock: Callable[[], datetime] | None = None) -> Done:
    """Do a round. It may die anywhere and run at once with others: the next goes on, and nothing is done twice.

    `clock`: by which calls of other systems are dated, since they may take long.
    """
    triggered = trigger_asks.run(house, now=now)
    addresses = ask_addresses.run(house, now=now)
    sent = send_asks.run(house, now=now, chat=chat_asks.start, clock=clock)
    if house.settings.chat_fault() is None:
        chat_run.run(house, now=now, clock=clock)
    judged = judge_ask.run(house, now=now)
    followed = follow_up.run(house, now=now)
    use_bonus.run(house, now=now)
    send_hooks.run(house, clock=clock or (lambda: now))
    reminded, ended = send_asks.remind(house, now=now)
    return Done(triggered, addresses, sent, judged, followed, reminded, ended)


def lines(done: Done) -> list[str]:
    """The round in words."""
    said = [made(done.triggered), f"{counted(done.sent.written, 'ask')} written, {done.sent.settled:,} settled"]
    if done.sent.problem is not None:
        said.append(f"some wait: {done.sent.problem}")
    said.append(f"{counted(done.judged, 'ask')} judged")
    said.append(f"{counted(done.reminded, 'reminder')} written, {counted(done.ended, 'link')} ended")
    return said


def made(done: trigger_asks.Done) -> str:
    """What came of looking for whom to ask."""
    skipped = ", ".join(f"{number:,} {reason}" for reason, number in done.skipped.most_common())
    said = f"{counted(done.asked, 'ask')} made, {done.cancelled:,} taken back"
    return f"{said}; skipped: {skipped}" if skipped else said
