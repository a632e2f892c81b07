"""Judges an attempt to send a letter: where the letter stands now, and when it is tried again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from caseline.outbox.letters import Delivery, Recipient, State

DELAYS: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60, 120, 240, *([360] * 6)))
"""Pauses between attempts; after the last of them, two days after the first attempt, a letter has failed."""


@dataclass(frozen=True, slots=True)
class Said:
    """What became of a letter for one recipient."""

    state: Delivery
    answer: str


@dataclass(frozen=True, slots=True)
class Ending:
    """Where a letter stands after an attempt; `due_at` when it is QUEUED again."""

    state: State
    reason: str | None = None
    due_at: datetime | None = None


Verdict = tuple[Ending, Mapping[int, Said]]


def judge(recipients: Sequence[Recipient], said: Mapping[int, Said], *, attempts: int, now: datetime) -> Verdict:
    """Where a letter stands after so many attempts, with what is to be written of each recipient (by position).

    `said` of those who were waiting; who is not in it goes on waiting. Refusals of some do not keep it from the others.
    """
    if attempts > len(DELAYS):
        said = {position: _given_up(one, attempts) for position, one in said.items()}
    states = {one.position: one.state for one in recipients} | {position: one.state for position, one in said.items()}
    answers = [
        f"{one.address}: {said[one.position].answer}"
        for one in recipients
        if one.position in said and said[one.position].state is not Delivery.SENT
    ]
    answers += [f"{one.address}: {one.answer}" for one in recipients if one.position not in said and _refused(one)]
    reason = "; ".join(answers) or None
    if Delivery.WAITING in states.values():
        return Ending(State.QUEUED, reason, now + DELAYS[min(attempts, len(DELAYS)) - 1]), said
    if Delivery.SENT in states.values():
        return Ending(State.SENT, reason), said
    return Ending(State.FAILED, reason or "nobody is left to whom it could go"), said


def _refused(one: Recipient) -> bool:
    return one.state is Delivery.FAILED


def _given_up(one: Said, attempts: int) -> Said:
    if one.state is not Delivery.WAITING:
        return one
    return Said(Delivery.FAILED, f"given up after {attempts} attempts: {one.answer}")
