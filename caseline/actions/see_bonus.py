"""Shows the bonus of a contact, and corrects it by hand where somebody may."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import sqlalchemy as sa

from caseline.actions import editing, tell_bonus
from caseline.actions.editing import Editor, Fault, Faulty
from caseline.actions.seen import Absent
from caseline.actions.wiring import House
from caseline.crm import connect
from caseline.feedback import bonus, bonus_store
from caseline.feedback.bonus import Kind
from caseline.feedback.bonus_store import Given, Purse, Told, Why

SHOWN: Final = 20
MOST: Final = 10_000_000
LONGEST_NOTE: Final = 300
MOST_DAYS: Final = 3650
PAGE: Final = 100


def of_contact(connection: sa.Connection, contact_id: int | None, service: str | None = None) -> Purse | None:
    """What a contact has, with the newest lines; None for one who never had anything.

    `service`: of the request on which it is shown, to which the bonus may not be meant.
    """
    return None if contact_id is None else bonus_store.purse(connection, contact_id, most=SHOWN, service=service)


def seen(house: House, contact_id: int) -> Purse | None:
    """The same in a transaction of its own."""
    with house.engine.connect() as connection:
        return of_contact(connection, contact_id)


def newest(house: House, *, before: int | None) -> Sequence[Told]:
    """Who got what, the newest first; those before a line."""
    with house.engine.connect() as connection:
        return bonus_store.told(connection, before=before, most=PAGE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What somebody corrects."""

    contact_id: int
    amount: int
    """Below zero: so much is taken."""
    note: str
    days: int = 180
    """For which what is given can be used."""
    once: str
    """Of the form: the same form sent twice is done once."""


def correct(house: House, wish: Correction, editor: Editor) -> None:
    """Give or take by hand, with a line in the audit log. Raises `Faulty`, and `Absent` for no contact."""
    _check(wish)
    with house.engine.begin() as connection:
        if connect.timelines(house.settings.crm).contact(connection, wish.contact_id) is None:
            raise Absent(f"contact {wish.contact_id}")
        contact_id = bonus_store.hold(connection, wish.contact_id)
        before = bonus_store.balance(connection, bonus_store.family(connection, contact_id))
        made = _give(connection, wish, contact_id, editor) if wish.amount > 0 else _take(connection, wish, editor)
        if not made:
            return
        tell_bonus.tell(connection, made, now=editor.at)
        told = {"balance": before + wish.amount, "note": wish.note}
        editing.note(connection, editor, "bonus.changed", str(contact_id), {"balance": before}, told)


def _give(connection: sa.Connection, wish: Correction, contact_id: int, editor: Editor) -> list[int]:
    given = Given(
        key=f"by hand:{wish.once}",
        contact_id=contact_id,
        amount=wish.amount,
        expires_at=editor.at + timedelta(days=wish.days),
        by=editor.login or "command line",
        note=wish.note,
    )
    number = bonus_store.credit(connection, given, now=editor.at)
    return [] if number is None else [number]


def _take(connection: sa.Connection, wish: Correction, editor: Editor) -> list[int]:
    family = bonus_store.family(connection, bonus_store.hold(connection, wish.contact_id))
    if bonus_store.known(connection, f"by hand:{wish.once}:0"):
        return []
    credits_ = sorted(bonus_store.credits_of(connection, family), key=lambda one: (one.expires_at, one.id))
    if sum(one.remaining for one in credits_) < -wish.amount:
        raise Faulty(Fault("amount", "the contact has not so much", "у контакта столько нет"))
    by = editor.login or "command line"
    made = [
        bonus_store.add(connection, line, Why(key=f"by hand:{wish.once}:{place}", by=by, note=wish.note), now=editor.at)
        for place, line in enumerate(bonus.take(credits_, -wish.amount, Kind.APPLY))
    ]
    return [one for one in made if one is not None]


def _check(wish: Correction) -> None:
    faults = []
    if not 0 < abs(wish.amount) <= MOST:
        faults.append(
            Fault("amount", "write a whole number, below zero to take", "целое число; чтобы списать — со знаком минус")
        )
    if not wish.note.strip() or len(wish.note) > LONGEST_NOTE:
        faults.append(
            Fault(
                "note", f"say why in {LONGEST_NOTE} characters at most", f"укажите причину, до {LONGEST_NOTE} символов"
            )
        )
    if not 0 < wish.days <= MOST_DAYS:
        faults.append(Fault("days", f"write a number from 1 to {MOST_DAYS}", f"число от 1 до {MOST_DAYS}"))
    if faults:
        raise Faulty(*faults)
