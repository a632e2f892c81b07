"""SQL of what people do with letters: list, try again, cancel, hold, release."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from caseline.outbox import store
from caseline.outbox.addresses import folded
from caseline.outbox.faults import OutboxFault
from caseline.outbox.letters import Delivery, Recipient, State
from caseline.outbox.showing import shown
from caseline.outbox.tables import attachment, letter, recipient

_BY_HAND: Final = "held by hand"
_CANCELLED: Final = "cancelled by hand"
_FIELDS: Final = (
    *("id", "record_id", "assignment_id", "nature", "occasion", "message_id", "state", "reason", "queued_at"),
    *("due_at", "attempts", "done_at", "subject", "blanked"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """A letter in a list; secret links in its subject are blanked."""

    id: int
    record_id: int | None
    """None: it belongs to no request."""
    assignment_id: int | None
    nature: str
    occasion: str | None
    message_id: str
    state: str
    reason: str | None
    queued_at: datetime
    due_at: datetime
    attempts: int
    done_at: datetime | None
    subject: str
    blanked: bool
    recipients: Sequence[Recipient]


@dataclass(frozen=True, slots=True)
class Shown:
    """A letter as people may see it: secret links are blanked."""

    line: Line
    text: str
    html: str | None
    attachments: Sequence[tuple[str, str, int]]
    """(name, content type, bytes)."""


def lines(
    connection: sa.Connection, *, state: State | None = None, record_id: int | None = None, most: int = 50
) -> list[Line]:
    """The newest letters, in a state or of a request where one is named."""
    query = sa.select(letter).order_by(letter.c.id.desc()).limit(most)
    query = query if state is None else query.where(letter.c.state == state.value)
    query = query if record_id is None else query.where(letter.c.record_id == record_id)
    return [_line(connection, row) for row in connection.execute(query).mappings()]


@dataclass(frozen=True, slots=True)
class Standing:
    """What has become of a letter."""

    id: int
    state: State
    reason: str | None


def standings(connection: sa.Connection, message_ids: Sequence[str]) -> dict[str, Standing]:
    """What has become of the letters that have these Message-IDs, with their angle brackets."""
    if not message_ids:
        return {}
    columns = (letter.c.message_id, letter.c.id, letter.c.state, letter.c.reason)
    query = sa.select(*columns).where(letter.c.message_id.in_(message_ids))
    return {name: Standing(number, State(state), reason) for name, number, state, reason in connection.execute(query)}


def counts(connection: sa.Connection) -> dict[State, int]:
    """Letters in each state."""
    query = sa.select(letter.c.state, sa.func.count()).group_by(letter.c.state)
    found = {State(state): number for state, number in connection.execute(query)}
    return {state: found.get(state, 0) for state in State}


def record_of(connection: sa.Connection, letter_id: int) -> int | None:
    """The request that a letter belongs to; None when there is no such letter."""
    return connection.execute(sa.select(letter.c.record_id).where(letter.c.id == letter_id)).scalar_one_or_none()


def show(connection: sa.Connection, letter_id: int) -> Shown:
    """A letter; raises `OutboxFault` when there is none of this id."""
    row = connection.execute(sa.select(letter).where(letter.c.id == letter_id)).mappings().one_or_none()
    if row is None:
        raise _missing(letter_id)
    size = sa.func.octet_length(store.CONTENT)
    files = store.files(letter_id, attachment.c.name, attachment.c.content_type, size)
    html = None if row["html"] is None else shown(row["html"], row["secret_links"])
    return Shown(
        _line(connection, row),
        shown(row["body"], row["secret_links"]),
        html,
        [(name, kind, size) for name, kind, size in connection.execute(files)],
    )


def retry(connection: sa.Connection, letter_id: int, *, now: datetime) -> None:
    """Try a letter at once: one that waits, one that has failed, or one that somebody did not get."""
    found = _locked(connection, letter_id)
    refused = [one.position for one in store.recipients(connection, letter_id) if one.state is Delivery.FAILED]
    if found["state"] not in {State.QUEUED, State.FAILED} and not (found["state"] == State.SENT and refused):
        raise _refused(letter_id, found["state"], "tried again")
    if found["blanked"]:
        gone = {"letter": letter_id, "assignment": found["assignment_id"]}
        if found["assignment_id"] is None:
            raise OutboxFault("letter %(letter)s: its secret links are gone since it was sent: write a new one", **gone)
        raise OutboxFault(
            "letter %(letter)s: its secret links are gone since it was sent:"
            " `caseline assignment resend %(assignment)s` writes a new one",
            **gone,
        )
    connection.execute(
        sa.update(recipient)
        .where(recipient.c.letter_id == letter_id, recipient.c.position.in_(refused))
        .values(state=Delivery.WAITING.value)
    )
    _put(connection, letter_id, state=State.QUEUED.value, reason=None, due_at=now, attempts=0, done_at=None)


def cancel(connection: sa.Connection, letter_id: int, *, now: datetime) -> None:
    """A letter that has not left will not leave."""
    found = _locked(connection, letter_id)
    if found["state"] not in {State.QUEUED, State.HELD, State.FAILED}:
        raise _refused(letter_id, found["state"], "cancelled")
    _put(connection, letter_id, state=State.CANCELLED.value, reason=_CANCELLED, done_at=now)


def withdraw(connection: sa.Connection, assignment_id: int, address: str, *, why: str, now: datetime) -> None:
    """Letters of an assignment that have not left to this address will not leave.

    Whoever sends one of them at this moment asks once more before its content leaves; if that was before, it is sent,
    and never tried again.
    """
    there = sa.exists().where(recipient.c.letter_id == letter.c.id, recipient.c.folded == folded(address))
    open_states = [State.QUEUED.value, State.HELD.value, State.SENDING.value]
    gone = sa.update(letter).where(letter.c.assignment_id == assignment_id, letter.c.state.in_(open_states), there)
    ended = {"state": State.CANCELLED.value, "reason": why, "done_at": now, "owner": None, "until": None}
    connection.execute(gone.values(ended))


def hold(connection: sa.Connection, letter_id: int) -> None:
    """A letter that waits to be sent waits until it is released."""
    found = _locked(connection, letter_id)
    if found["state"] != State.QUEUED:
        raise _refused(letter_id, found["state"], "held")
    _put(connection, letter_id, state=State.HELD.value, reason=_BY_HAND)


def release(connection: sa.Connection, letter_ids: Sequence[int] | None, *, now: datetime) -> int:
    """Letters that were held leave with the next run; None: all that are held. Answers how many."""
    query = sa.select(letter.c.id).where(letter.c.state == State.HELD.value).with_for_update()
    held = set(connection.execute(query).scalars())
    wanted = held if letter_ids is None else set(letter_ids)
    for letter_id in sorted(wanted - held):
        raise _refused(letter_id, _locked(connection, letter_id)["state"], "released")
    for letter_id in sorted(wanted):
        _put(connection, letter_id, state=State.QUEUED.value, reason=None, due_at=now, released_at=now)
    return len(wanted)


def _line(connection: sa.Connection, row: sa.RowMapping) -> Line:
    values = {name: row[name] for name in _FIELDS} | {"subject": shown(row["subject"], row["secret_links"])}
    return Line(**values, recipients=store.recipients(connection, row["id"]))


def _locked(connection: sa.Connection, letter_id: int) -> sa.RowMapping:
    columns = (letter.c.state, letter.c.blanked, letter.c.assignment_id)
    query = sa.select(*columns).where(letter.c.id == letter_id).with_for_update()
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise _missing(letter_id)
    return row


def _put(connection: sa.Connection, letter_id: int, **values: Any) -> None:  # noqa: ANN401 - values of columns
    connection.execute(sa.update(letter).where(letter.c.id == letter_id).values(**values))


def _missing(letter_id: int) -> OutboxFault:
    return OutboxFault(
        "there is no letter %(letter)s: `caseline outbox list` shows those that there are", letter=letter_id
    )


def _refused(letter_id: int, state: str, what: str) -> OutboxFault:
    values: dict[str, object] = {"letter": letter_id, "state": state, "what": what}
    if state == State.SENDING:
        return OutboxFault("letter %(letter)s is %(state)s and cannot be %(what)s: wait until it is settled", **values)
    return OutboxFault(
        "letter %(letter)s is %(state)s and cannot be %(what)s: `caseline outbox show` says more", **values
    )
