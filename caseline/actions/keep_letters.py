"""Lists letters of the outbox, and does with them what people order: try again, cancel, hold, release."""

from collections.abc import Sequence
from datetime import datetime

from caseline.actions.wiring import House
from caseline.outbox import care, keys
from caseline.outbox.care import Line, Shown
from caseline.outbox.letters import State


def lines(
    house: House, *, state: State | None = None, record_id: int | None = None, most: int = 50
) -> tuple[list[Line], dict[State, int]]:
    """The newest letters, and how many there are in each state."""
    with house.engine.connect() as connection:
        return care.lines(connection, state=state, record_id=record_id, most=most), care.counts(connection)


def show(house: House, letter_id: int) -> Shown:
    """A letter with its secret links blanked; raises `OutboxFault` when there is none."""
    with house.engine.connect() as connection:
        return care.show(connection, letter_id)


def retry(house: House, letter_ids: Sequence[int], *, now: datetime) -> None:
    """Try letters with the next run, as if for the first time; all of them or none."""
    with house.engine.begin() as connection:
        for letter_id in letter_ids:
            care.retry(connection, letter_id, now=now)


def cancel(house: House, letter_ids: Sequence[int], *, now: datetime) -> None:
    """Letters that have not left will not leave; all of them or none."""
    with house.engine.begin() as connection:
        for letter_id in letter_ids:
            care.cancel(connection, letter_id, now=now)


def hold(house: House, letter_ids: Sequence[int]) -> None:
    """Letters wait until they are released; all of them or none."""
    with house.engine.begin() as connection:
        for letter_id in letter_ids:
            care.hold(connection, letter_id)


def release(house: House, letter_ids: Sequence[int] | None, *, now: datetime) -> int:
    """Held letters leave with the next run; None: all of them. Answers how many."""
    with house.engine.begin() as connection:
        return care.release(connection, letter_ids, now=now)


def rotate_secret(house: House, *, now: datetime) -> int:
    """Mint with a new secret from now on; answers how many older ones are still good for reading."""
    with house.engine.begin() as connection:
        return keys.rotate(connection, now=now)
